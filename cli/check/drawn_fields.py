"""Whether a `vega_lite` draws what its query gives: its fields, their types, and their formats."""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from clerestory_query.results import CellType
from cli.check.mistakes import did_you_mean
from cli.check.yaml_nodes import Mapping as MappingNode
from cli.check.yaml_nodes import Node, ScalarNode, Sequence

NUMERIC = frozenset({"integer", "number", "decimal", "interval"})
TYPES = ("quantitative", "temporal", "ordinal", "nominal", "geojson")
TEMPORAL = frozenset({"date", "timestamp", "instant", "time"})
# Made by a transform that says no names, or whose names depend on the rows.
_UNKNOWN = frozenset({"pivot", "lookup", "fold", "density", "quantile", "flatten", "timeUnit"})
_TIME_DIRECTIVE = re.compile(r"%[-_0]?[a-zA-Z]")
_FIRST = re.compile(r"""\[(?:"((?:\\.|[^"\\])*)"|'((?:\\.|[^'\\])*)')\]|((?:\\.|[^.\[\]\\])+)""")


class Finding(NamedTuple):
    line: int
    message: str


def wrong_fields(view: Node, columns: Mapping[str, CellType]) -> Iterator[Finding]:
    """What is drawn that isn't there, or isn't what it is drawn as."""
    derived = set(_derived(view))
    if not derived & _UNKNOWN:
        for node in _mappings(view):
            yield from _wrong_field(node, columns, derived)


def column_of(field: str) -> str:
    """The column that a Vega field names first: `a.b` and `a[0]` look into `a`, `a\\.b` is one name."""
    match = _FIRST.match(field)
    first = next((each for each in match.groups() if each is not None), field) if match else field
    return re.sub(r"\\(.)", r"\1", first)


def _wrong_field(node: MappingNode, columns: Mapping[str, CellType], derived: set[str]) -> Iterator[Finding]:
    field = node.items.get("field")
    if not isinstance(field, ScalarNode) or not isinstance(field.value, str):
        return
    stated = node.items.get("type")
    if stated is not None and _text(stated) not in TYPES:
        nearest = did_you_mean(_text(stated), TYPES)
        yield Finding(stated.line, f'vega_lite has no type "{_text(stated)}"{nearest}')
    column = column_of(field.value)
    if column in derived:
        return
    if column not in columns:
        yield Finding(field.line, _missing(field.value, column, columns))
    elif column == field.value:
        yield from _misfit(node, column, columns[column])


def _missing(field: str, column: str, columns: Mapping[str, CellType]) -> str:
    if field in columns:
        escaped = re.sub(r"([.\[\]])", r"\\\1", field)
        return (
            f'vega_lite has the field "{field}", which would be looked for in "{column}": write \'{escaped}\''
        )
    return f'vega_lite has the field "{column}", which the query doesn\'t give{did_you_mean(column, columns)}'


def _misfit(node: MappingNode, column: str, kind: CellType) -> Iterator[Finding]:
    stated = _text(node.items.get("type"))
    computed = any(key in node.items for key in ("aggregate", "bin", "timeUnit"))
    if stated == "quantitative" and kind not in NUMERIC and not computed:
        yield Finding(node.lines["type"], f'vega_lite draws "{column}" as quantitative, but it is {kind}')
    for inside in _mappings(node):
        form = inside.items.get("format")
        if isinstance(form, ScalarNode) and isinstance(form.value, str) and not computed:
            is_time = bool(_TIME_DIRECTIVE.search(form.value))
            if is_time and kind in NUMERIC and stated != "temporal" and "formatType" not in inside.items:
                yield Finding(
                    form.line, f'vega_lite\'s format "{form.value}" is for times, "{column}" is {kind}'
                )
            if not is_time and kind in TEMPORAL and form.value:
                yield Finding(
                    form.line, f'vega_lite\'s format "{form.value}" is for numbers, "{column}" is {kind}'
                )


def _derived(view: Node) -> Iterator[str]:
    """The names that the view's own transforms make, and the transforms whose names can't be told."""
    for node in _mappings(view):
        if isinstance(node.items.get("transform"), Sequence):
            steps = node.items["transform"]
            for step in steps.items if isinstance(steps, Sequence) else ():
                yield from step.items if isinstance(step, MappingNode) else ()
        yield from _scalars(node.items.get("as"))


def _scalars(node: Node | None) -> Iterator[str]:
    nodes = node.items if isinstance(node, Sequence) else (node,)
    for each in nodes:
        if isinstance(each, ScalarNode) and isinstance(each.value, str):
            yield each.value


def _mappings(node: Node) -> Iterator[MappingNode]:
    """The node and all within it that have keys; `bind`, `params` and the like have no fields of rows."""
    if isinstance(node, MappingNode):
        yield node
        for key, child in node.items.items():
            if key not in ("params", "config", "repeat", "title"):
                yield from _mappings(child)
    elif isinstance(node, Sequence):
        for child in node.items:
            yield from _mappings(child)


def _text(node: Node | None) -> str:
    return node.value if isinstance(node, ScalarNode) and isinstance(node.value, str) else ""
