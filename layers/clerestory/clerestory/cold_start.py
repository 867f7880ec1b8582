"""The start of a function on Lambda, all of which its first visitor waits for.

What a start makes stays, so to look through it for garbage is time lost. And Lambda lends a function
more of a processor until it has started, so what the first request needs is made by then.
"""

import gc
from collections.abc import Callable, Mapping

gc.disable()  # from the import of this module, the first of a function's own, to `finish`


def finish(environment: Mapping[str, str], make: Callable[[], object]) -> None:
    """To be called at the end of a function's module. On Lambda, makes all that its requests share."""
    if "AWS_LAMBDA_RUNTIME_API" in environment:
        make()
        gc.freeze()
    gc.enable()
