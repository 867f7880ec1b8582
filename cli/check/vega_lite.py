"""A chart's `vega_lite`: Vega-Lite as it is, without data and without addresses.

The rows are the data, and the embedded page asks nobody else for anything. Beyond that only what a
typing error would turn into an empty picture is looked at.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

from cli.check.fields import Fields, described
from cli.check.mistakes import did_you_mean
from cli.check.yaml_nodes import Mapping, Node, ScalarNode, Sequence

VIEWS = ("mark", "layer", "concat", "hconcat", "vconcat", "spec")
KEYS = (
    *VIEWS,
    *("$schema", "align", "autosize", "background", "bounds", "center", "columns", "config", "description"),
    *("encoding", "facet", "height", "name", "padding", "params", "projection", "repeat", "resolve"),
    *("spacing", "title", "transform", "view", "width"),
)
MARKS = (
    *("arc", "area", "bar", "boxplot", "circle", "errorband", "errorbar", "geoshape", "image", "line"),
    *("point", "rect", "rule", "square", "text", "tick", "trail"),
)
_FORBIDDEN = {
    "data": "the chart's rows are the data",
    "datasets": "the chart's rows are the data",
    "url": "the page asks no other address for anything",
    "usermeta": "it would change how the page embeds the chart",
}


def read_vega_lite(chart: Fields) -> dict[str, Any] | None:
    node = chart.node("vega_lite")
    if node is None:
        return None
    if not isinstance(node, Mapping):
        chart.wrong(node.line, f"vega_lite must be a mapping of keys, not {described(node)}")
        return None
    for line, key in _keys(node):
        if key in _FORBIDDEN:
            chart.wrong(line, f'vega_lite must not have the key "{key}": {_FORBIDDEN[key]}')
    _check_view(chart, node)
    return {key: _json(value) for key, value in node.items.items()}


def _check_view(chart: Fields, node: Mapping) -> None:
    for key in node.items:
        if key not in KEYS and key not in _FORBIDDEN:
            chart.wrong(node.lines[key], f'vega_lite has no key "{key}"{did_you_mean(key, KEYS)}')
    if not any(view in node.items for view in VIEWS):
        chart.wrong(node.line, f"vega_lite draws nothing: it needs one of {', '.join(VIEWS)}")
    schema = node.items.get("$schema")
    if schema is not None and not (isinstance(schema, ScalarNode) and "/vega-lite/" in str(schema.value)):
        chart.wrong(schema.line, f"vega_lite's $schema must be Vega-Lite's, not {described(schema)}")
    if "mark" in node.items:
        _check_mark(chart, node.items["mark"])


def _check_mark(chart: Fields, node: Node) -> None:
    named = node.items.get("type") if isinstance(node, Mapping) else node
    mark = named.value if isinstance(named, ScalarNode) else None
    if mark not in MARKS:
        shown = described(named) if named is not None else "nothing"
        chart.wrong(node.line, f"vega_lite's mark can't be {shown}{did_you_mean(str(mark or ''), MARKS)}")


def _keys(node: Node) -> Iterator[tuple[int, str]]:
    if isinstance(node, Mapping):
        yield from ((node.lines[key], key) for key in node.items)
    inside = node.items.values() if isinstance(node, Mapping) else ()
    for child in node.items if isinstance(node, Sequence) else inside:
        yield from _keys(child)


def _json(node: Node) -> Any:
    if isinstance(node, Mapping):
        return {key: _json(value) for key, value in node.items.items()}
    if isinstance(node, Sequence):
        return [_json(item) for item in node.items]
    value = node.value if isinstance(node, ScalarNode) else None
    return value.isoformat() if isinstance(value, date) else value
