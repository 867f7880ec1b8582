"""JavaScript in fewer bytes, as far as that takes no understanding of it.

White space that separates nothing goes, and private names, which nothing outside of their class can see,
become short. Texts and comments stay as they are. A template inside a template, or a regular expression that
holds a quote, `#` or a space, is not known for what it is: none may have one.
"""

import re
from string import ascii_letters

_TEXT = r"""(?P<text>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`|//.*\n?)"""
_SEPARATING = r"(?<=[\w$]) +(?=[\w$#])|(?<=[+-]) +(?=[+-])"
_PART = re.compile(rf"{_TEXT}|(?P<private>#\w+)|(?!{_SEPARATING}) +|(?<=[{{;,])\n")


def shorten(code: str) -> str:
    """The same module. It still ends a line where a block ends, for whoever compares two of them."""
    names: dict[str, str] = {}

    def shortened(part: re.Match[str]) -> str:
        if part["private"]:
            return names.setdefault(part[0], f"#{_name(len(names))}")
        return part["text"] or ""

    return _PART.sub(shortened, code)


def _name(number: int) -> str:
    """Another for each number: a, b, … Z, aa, bb, …"""
    return ascii_letters[number % len(ascii_letters)] * (1 + number // len(ascii_letters))
