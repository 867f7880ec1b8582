"""Whether an answer is as expected, where not all of it can be known beforehand.

In what is expected, `"<int>"`, `"<text>"` and `"<any>"` stand for such a value, `"~REGEX"` for text that
it matches in full, `"...": true` for more members of an object, and a last `"..."` for more of a list.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

MORE = "..."
_KINDS: dict[str, Callable[[Any], bool]] = {
    "<int>": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "<text>": lambda value: isinstance(value, str) and value != "",
    "<any>": lambda value: True,
}


def differences(expected: Any, actual: Any, where: str = "it") -> list[str]:
    """What is otherwise, each with its place; empty where all is as expected."""
    return list(_differences(expected, actual, where))


def matches(expected: Any, actual: Any) -> bool:
    return not differences(expected, actual)


def _differences(expected: Any, actual: Any, where: str) -> Iterator[str]:
    if isinstance(expected, dict) and isinstance(actual, dict):
        yield from _of_objects(expected, actual, where)
    elif isinstance(expected, list) and isinstance(actual, list):
        yield from _of_lists(expected, actual, where)
    elif not _same(expected, actual):
        yield f"{where} is {actual!r}, not {expected!r}"


def _of_objects(expected: dict[str, Any], actual: dict[str, Any], where: str) -> Iterator[str]:
    wanted = expected.keys() - {MORE}
    for name in sorted(wanted - actual.keys()):
        yield f"{where} has no {name}"
    if MORE not in expected:
        for name in sorted(actual.keys() - wanted):
            yield f"{where} has {name}, {actual[name]!r}, too"
    for name in sorted(wanted & actual.keys()):
        yield from _differences(expected[name], actual[name], f"{where}.{name}")


def _of_lists(expected: list[Any], actual: list[Any], where: str) -> Iterator[str]:
    more = expected[-1:] == [MORE]
    wanted = expected[:-1] if more else expected
    if len(actual) < len(wanted) or (len(actual) > len(wanted) and not more):
        yield f"{where} has {len(actual)} elements, not {len(wanted)}"
    for index, (one, other) in enumerate(zip(wanted, actual, strict=False)):
        yield from _differences(one, other, f"{where}[{index}]")


def _same(expected: Any, actual: Any) -> bool:
    if isinstance(expected, str) and expected in _KINDS:
        return _KINDS[expected](actual)
    if isinstance(expected, str) and expected.startswith("~"):
        return isinstance(actual, str) and re.fullmatch(expected[1:], actual, re.DOTALL) is not None
    return type(expected) is type(actual) and bool(expected == actual)
