"""Reading a mapping key by key.

A key that is missing or wrong is noted and reads as nothing (None, "" or 0), so that reading goes on
and one run finds every mistake.
"""

import re
from collections.abc import Sequence as Keys
from datetime import date

from cli.check.mistakes import Mistakes, did_you_mean
from cli.check.yaml_nodes import Broken, Mapping, Node, ScalarNode, Sequence

MAX_ID = 2**53 - 1
_DURATION = re.compile(r"([0-9]{1,9})([smhd])", re.ASCII)
_SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
_MAX_DURATION = 3_650 * 86_400


class Fields:
    """`subject` begins each message: `chart "Flights"`, or nothing for the file itself."""

    def __init__(self, node: Node, mistakes: Mistakes, subject: str, known: Keys[str]) -> None:
        self.mistakes = mistakes
        self.subject = subject
        self.line = node.line
        self.mapping = node if isinstance(node, Mapping) else None
        if self.mapping is None:
            if not isinstance(node, Broken):
                self.wrong(node.line, f"must be a mapping of keys, not {described(node)}")
            return
        for key in self.mapping.items:
            if key not in known:
                self.wrong(self.mapping.lines[key], f'unknown key "{key}"{did_you_mean(key, known)}')

    def wrong(self, line: int, message: str) -> None:
        self.mistakes.add(line, f"{self.subject}: {message}" if self.subject else message)

    def wrong_at(self, key: str, message: str) -> None:
        """Notes a mistake on the key's own line."""
        self.wrong(self.line_of(key), f"{key} {message}")

    def line_of(self, key: str) -> int:
        return self.mapping.lines.get(key, self.line) if self.mapping else self.line

    def has(self, key: str) -> bool:
        return self.mapping is not None and key in self.mapping.items

    def node(self, key: str, required: bool = False) -> Node | None:
        """The key's value. None if it isn't there, or is broken."""
        if self.mapping is None:
            return None
        node = self.mapping.items.get(key)
        if node is None and required:
            self.wrong(self.line, f'the key "{key}" is missing')
        return None if isinstance(node, Broken) else node

    def scalar(self, key: str, required: bool = False) -> ScalarNode | None:
        """The key's text with its place in the file; not blank."""
        node = self.node(key, required)
        if node is None:
            return None
        if not isinstance(node, ScalarNode) or not isinstance(node.value, str):
            self.wrong(node.line, f"{key} must be text, not {described(node)}{_quote(node)}")
            return None
        if not node.value.strip():
            self.wrong(node.line, f"{key} must not be blank")
            return None
        return node

    def text(self, key: str, required: bool = False) -> str:
        scalar = self.scalar(key, required)
        return str(scalar.value) if scalar else ""

    def whole(self, key: str, low: int, high: int, required: bool = False) -> int:
        """An integer from `low` to `high`."""
        node = self.node(key, required)
        if node is None:
            return 0
        value = node.value if isinstance(node, ScalarNode) else None
        if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high:
            return value
        allowed = "a positive integer" if (low, high) == (1, MAX_ID) else f"an integer from {low} to {high}"
        self.wrong(node.line, f"{key} must be {allowed}, not {described(node)}")
        return 0

    def flag(self, key: str) -> bool:
        node = self.node(key)
        if node is None:
            return False
        if isinstance(node, ScalarNode) and isinstance(node.value, bool):
            return node.value
        self.wrong(node.line, f"{key} must be true or false, not {described(node)}")
        return False

    def duration(self, key: str) -> int:
        """Seconds; 0 if it isn't there."""
        node = self.node(key)
        if node is None:
            return 0
        seconds = _seconds(node.value) if isinstance(node, ScalarNode) else 0
        if not 0 < seconds <= _MAX_DURATION:
            allowed = "a time such as 90s, 15m, 24h or 30d, or whole seconds"
            self.wrong(node.line, f"{key} must be {allowed}, not {described(node)}")
            return 0
        return seconds

    def items(self, key: str, required: bool = False) -> tuple[Node, ...]:
        """A list's items; () if it isn't there."""
        node = self.node(key, required)
        if isinstance(node, Sequence):
            return node.items
        if node is not None:
            self.wrong(node.line, f"{key} must be a list, not {described(node)}")
        return ()

    def entries(self, key: str, required: bool = False) -> dict[str, Node]:
        """A mapping's entries, of any keys; {} if it isn't there."""
        node = self.node(key, required)
        if isinstance(node, Mapping):
            return node.items
        if node is not None:
            self.wrong(node.line, f"{key} must be a mapping of keys, not {described(node)}")
        return {}


def described(node: Node) -> str:
    """A value in words, for the end of a message."""
    if isinstance(node, Sequence):
        return "a list"
    if isinstance(node, Mapping):
        return "a mapping"
    if isinstance(node, Broken) or node.value is None:
        return "nothing"
    if isinstance(node.value, bool):
        return "true" if node.value else "false"
    if isinstance(node.value, date):
        return f"the date {node.value.isoformat()}"
    if isinstance(node.value, int | float):
        return f"the number {node.value}"
    text = node.value if len(node.value) <= 40 else node.value[:40] + "…"
    return f'"{text}"'


def _quote(node: Node) -> str:
    """The advice for a text that YAML takes for something else, such as NO or 2013."""
    return ": put it in quotes" if isinstance(node, ScalarNode) and node.value is not None else ""


def _seconds(value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    match = _DURATION.fullmatch(value) if isinstance(value, str) else None
    return int(match[1]) * _SECONDS[match[2]] if match else 0


def spelt_duration(seconds: int) -> str:
    """Seconds in the largest unit that divides them."""
    unit = next(unit for unit in reversed(_SECONDS) if seconds % _SECONDS[unit] == 0)
    return f"{seconds // _SECONDS[unit]}{unit}"
