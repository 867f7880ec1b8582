"""YAML with the line of everything, and nothing that YAML could do to a reader.

Only plain data is read: no tag but YAML's own, no merge keys, each key once, and limits on size,
depth and what aliases unfold to. Keys are always text, so that `on:` and `2013:` are what they say.
"""

import re
from dataclasses import dataclass
from datetime import date
from math import isfinite
from pathlib import Path

import yaml

from cli.check.mistakes import Mistakes

MAX_BYTES = 262_144
MAX_DEPTH = 50
MAX_NODES = 20_000
_TAG = "tag:yaml.org,2002:"
_PLAIN_INT = re.compile(r"[-+]?(0|[1-9][0-9]{0,15})", re.ASCII)
_PLAIN_FLOAT = re.compile(r"[-+]?([0-9]+\.[0-9]*|\.[0-9]+)([eE][-+][0-9]{1,2})?", re.ASCII)
# One visible character as the file writes it; blanks move when YAML folds lines, these don't.
_VISIBLE = {
    '"': re.compile(r"\\(?:x..|u.{4}|U.{8}|[^ntrxuU\s])|(?<!\\)[^\s\\]"),
    "'": re.compile(r"''|\S"),
}
_ANY_VISIBLE = re.compile(r"\S")

Plain = str | int | float | bool | date | None


@dataclass(frozen=True, slots=True)
class ScalarNode:
    """`written` is the file's text from where the value starts; `style` is YAML's (`|`, `>`, a quote)."""

    line: int
    value: Plain
    written: str = ""
    style: str | None = None

    def line_at(self, offset: int) -> int:
        """The file's line of a character of the text."""
        before = len(_ANY_VISIBLE.findall(str(self.value)[:offset]))
        start = self.written.find("\n") + 1 if self.style in ("|", ">") else int(self.style is not None)
        position = start
        characters = _VISIBLE.get(self.style or "", _ANY_VISIBLE)
        for count, visible in enumerate(characters.finditer(self.written, start)):
            position = visible.start()
            if count == before:
                break
        return self.line + self.written.count("\n", 0, position)


@dataclass(frozen=True, slots=True)
class Sequence:
    line: int
    items: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Mapping:
    """`lines` are the keys' own lines."""

    line: int
    items: dict[str, "Node"]
    lines: dict[str, int]


@dataclass(frozen=True, slots=True)
class Broken:
    """A value whose mistake is noted already."""

    line: int


Node = ScalarNode | Sequence | Mapping | Broken


class _Unreadable(Exception):
    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


def read_file(file: Path, mistakes: Mistakes) -> Node | None:
    """The file's one document, or None with the mistake noted."""
    try:
        text = _text(file)
        return _Reading(text, mistakes).node(_composed(text), None, 1)
    except _Unreadable as why:
        mistakes.add(why.line, str(why))
        return None


def _text(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            raw = opened.read(MAX_BYTES + 1)
    except OSError as why:
        raise _Unreadable(1, f"can't be read: {why.strerror or type(why).__name__}") from None
    if len(raw) > MAX_BYTES:
        raise _Unreadable(1, f"is too large: at most {MAX_BYTES // 1024} KiB")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as why:
        raise _Unreadable(raw.count(b"\n", 0, why.start) + 1, "isn't UTF-8 text") from None


def _composed(text: str) -> yaml.Node:
    loader = None
    try:
        loader = yaml.SafeLoader(text)
        root = loader.get_single_node()
    except yaml.MarkedYAMLError as why:
        mark = why.problem_mark or why.context_mark
        problem = why.problem or why.context or "can't be understood"
        raise _Unreadable(mark.line + 1 if mark else 1, f"isn't YAML: {problem}") from None
    except yaml.reader.ReaderError as why:
        raise _Unreadable(text.count("\n", 0, why.position) + 1, "isn't YAML: a control character") from None
    except RecursionError:
        raise _Unreadable(loader.line + 1 if loader else 1, "is nested too deeply") from None
    except (yaml.YAMLError, ValueError, OverflowError):
        raise _Unreadable(loader.line + 1 if loader else 1, "isn't YAML: what stands here can't be") from None
    if root is None:
        raise _Unreadable(1, "is empty")
    return root


class _Reading:
    """One pass over PyYAML's nodes, which aliases may make a graph."""

    def __init__(self, text: str, mistakes: Mistakes) -> None:
        self.text = text
        self.mistakes = mistakes
        self.left = MAX_NODES

    def node(self, node: yaml.Node, key_line: int | None, depth: int) -> Node:
        """A collection's line is its key's, a scalar's its own."""
        line = node.start_mark.line + 1
        self.left -= 1
        if self.left < 0:
            raise _Unreadable(line, f"is too large: more than {MAX_NODES} values, aliases unfolded")
        if depth > MAX_DEPTH:
            raise _Unreadable(line, f"is nested too deeply: more than {MAX_DEPTH} levels")
        if isinstance(node, yaml.ScalarNode):
            return self.scalar(node, line)
        line = line if key_line is None else key_line
        if isinstance(node, yaml.SequenceNode) and node.tag == _TAG + "seq":
            return Sequence(line, tuple(self.node(each, None, depth + 1) for each in node.value))
        if isinstance(node, yaml.MappingNode) and node.tag == _TAG + "map":
            return self.mapping(node, line, depth)
        return self.broken(line, f"the tag {node.tag} isn't read here: only plain YAML is")

    def mapping(self, node: yaml.MappingNode, line: int, depth: int) -> Mapping:
        items: dict[str, Node] = {}
        lines: dict[str, int] = {}
        for key, value in node.value:
            key_line = key.start_mark.line + 1
            if not _is_text(key):
                self.broken(key_line, "a key must be text")
            elif key.tag == _TAG + "merge":
                self.broken(key_line, "merge keys (<<) aren't read here: write the keys out")
            elif key.value in items:
                self.broken(key_line, f'the key "{key.value}" is here twice: also on line {lines[key.value]}')
            else:
                items[key.value] = self.node(value, key_line, depth + 1)
                lines[key.value] = key_line
        return Mapping(line, items, lines)

    def scalar(self, node: yaml.ScalarNode, line: int) -> Node:
        written = self.text[node.start_mark.index : node.end_mark.index]
        try:
            return ScalarNode(line, _plain(node), written, node.style)
        except ValueError as why:
            return self.broken(line, str(why))

    def broken(self, line: int, message: str) -> Broken:
        self.mistakes.add(line, message)
        return Broken(line)


def _plain(scalar: yaml.ScalarNode) -> Plain:
    """The scalar's value. Raises ValueError for what isn't plain data, or isn't what it looks like."""
    kind: str = scalar.tag.removeprefix(_TAG)
    text: str = scalar.value
    if kind in ("str", "value"):
        if not _encodes(text):
            raise ValueError("half a surrogate pair isn't a character")
        return text
    if kind == "null":
        return None
    if kind == "bool" and text.lower() in yaml.SafeLoader.bool_values:
        return bool(yaml.SafeLoader.bool_values[text.lower()])
    if kind == "int" and _PLAIN_INT.fullmatch(text):
        return int(text)
    if kind == "float" and _PLAIN_FLOAT.fullmatch(text) and isfinite(float(text)):
        return float(text)
    if kind == "timestamp":
        return _date(scalar)
    if kind in ("bool", "int", "float"):
        raise ValueError(f'"{text}" isn\'t a plain number: write it in digits, or put it in quotes')
    raise ValueError(f"the tag {scalar.tag} isn't read here: only plain YAML is")


def _is_text(key: yaml.Node) -> bool:
    return isinstance(key, yaml.ScalarNode) and key.tag.startswith(_TAG) and _encodes(key.value)


def _encodes(text: str) -> bool:
    """Whether it can be written as UTF-8: YAML's escapes can name half a surrogate pair."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _date(scalar: yaml.ScalarNode) -> date:
    try:
        made = yaml.SafeLoader("").construct_yaml_timestamp(scalar)
    except (ValueError, OverflowError, AttributeError):
        raise ValueError(f'"{scalar.value}" isn\'t a date') from None
    if not isinstance(made, date):
        raise ValueError(f'"{scalar.value}" isn\'t a date')
    return made
