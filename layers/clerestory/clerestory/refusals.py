"""Which rule an embed token breaks, for whoever holds the token and has it explained.

The reason is private: no answer and no log of what is deployed tells one rule from another of the same
kind. It names a rule and a part, never a value.
"""

from typing import Literal

from clerestory.problems import INVALID_TOKEN, Kind, Problem

Rule = Literal[
    "length",
    "parts",
    "form",
    "unreadable",
    "object",
    "algorithm",
    "parameters",
    "kid",
    "missing",
    "type",
    "undated",
    "unissued",
    "early",
    "expired",
    "value",
]


class Refused(Problem):
    """A token is refused by `rule`. `part` is what broke it: the token's header, payload or signature, a
    parameter of its header, a claim, or a variable, by its name."""

    def __init__(self, rule: Rule, part: str = "", kind: Kind = INVALID_TOKEN) -> None:
        super().__init__(kind)
        self.rule: Rule = rule
        self.part = part
