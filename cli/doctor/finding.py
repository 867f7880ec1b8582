"""What the doctor says: one thing about an embed, and what to do about it."""

import re
from typing import Literal, NamedTuple

Weight = Literal["cause", "warning", "ok"]
_PLAIN = re.compile(r"(?!eyJ)[A-Za-z0-9_#-]{1,40}", re.ASCII)
_UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))


class Finding(NamedTuple):
    """A `cause` keeps the embed from working. `code` is that of the problem by which the server says
    the same, where it does. Nothing here holds a token or a value."""

    weight: Weight
    text: str
    advice: str = ""
    code: str = ""

    def __str__(self) -> str:
        return f"{self.weight:<9}{self.text} {self.advice}".rstrip()


def shown(name: object) -> str:
    """An id, a slug, or a variable's, parameter's or algorithm's name. What may be something else, such as
    a part of a token that stands in the wrong place, or plays tricks with a terminal, isn't shown."""
    text = str(name)
    return text if _PLAIN.fullmatch(text) else "(not shown)"


def duration(seconds: float) -> str:
    """Its two largest units, such as `2 h 5 min`."""
    left, parts = round(abs(seconds)), []
    for length, unit in _UNITS:
        count, left = divmod(left, length)
        if count:
            parts.append(f"{count} {unit}")
    return " ".join(parts[:2]) or "0 s"
