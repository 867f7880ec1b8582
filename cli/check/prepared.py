"""The dashboards against their data: each query is prepared, none is run.

What only the data can tell: that a column isn't there or has another type, that a chart draws a field which
its query doesn't give, that a format doesn't fit. Tables whose files aren't within reach are passed over.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

from clerestory.catalog import Catalog
from clerestory.dashboards import Chart, Dashboard, Source
from clerestory_query.duckdb_source import DuckDB
from clerestory_query.engine import Column, EngineError, Limits, QueryFailed, Scope
from clerestory_query.results import CellType
from clerestory_query.storage import Folder
from cli.check.drawn_fields import NUMERIC, Finding, wrong_fields
from cli.check.mistakes import Mistake, Mistakes, did_you_mean
from cli.check.yaml_nodes import Mapping as MappingNode
from cli.check.yaml_nodes import Node, ScalarNode, Sequence, read_file


def all_wrong_queries(folder: Path, catalog: Catalog, data: Path) -> Iterator[Mistake]:
    for organization in catalog.organizations():
        for dashboard in catalog.definitions(organization):
            yield from wrong_queries(folder, dashboard, organization.sources, data)


def wrong_queries(
    folder: Path, dashboard: Dashboard, sources: Mapping[str, Source], data: Path
) -> Iterator[Mistake]:
    """What is wrong in a dashboard of that folder, which has no mistake by itself."""
    file = folder / dashboard.file
    mistakes = Mistakes(file)
    root = read_file(file, mistakes)
    charts = root.items.get("charts") if isinstance(root, MappingNode) else None
    nodes = charts.items if isinstance(charts, Sequence) else ()
    engine = DuckDB(lambda: Folder(data), Limits())
    scope = Scope(dashboard.variables, dict.fromkeys(dashboard.variables))
    for chart, node in zip(dashboard.charts, nodes, strict=True):
        source = sources[chart.source]
        if not _within_reach(source, chart, data) or not isinstance(node, MappingNode):
            continue
        with engine.opened(source, dict.fromkeys(chart.reads), scope, chart.unscoped) as session:
            try:
                findings = list(_wrong_chart(chart, node, session.describe(chart)))
            except QueryFailed as why:
                findings = [_wrong_query(chart, node, why)]
        for line, message in findings:
            mistakes.add(line, f'chart "{chart.title}": {message}')
    yield from mistakes.noted


def _within_reach(source: Source, chart: Chart, data: Path) -> bool:
    files = (file for table in chart.reads for file in source.tables[table].files)
    return all(any(data.glob(file)) for file in files)


def _wrong_query(chart: Chart, node: MappingNode, why: QueryFailed) -> Finding:
    error = why.error or EngineError(why.problem.code, why.problem.title)
    at = 0 if error.position is None else error.position
    line = chart.line_of(at) or node.lines.get("sql", node.line)
    return Finding(line, f"sql: {error.message}")


def _wrong_chart(chart: Chart, node: MappingNode, columns: tuple[Column, ...]) -> Iterator[Finding]:
    types = {column.name: column.type for column in columns}
    twice = [column.name for column in columns if [each.name for each in columns].count(column.name) > 1]
    if twice and chart.vega_lite is not None:
        message = f'sql gives the column "{twice[0]}" more than once: name each with AS'
        yield Finding(node.lines["sql"], message)
    if chart.vega_lite is not None:
        yield from wrong_fields(node.items["vega_lite"], types)
    elif chart.number is not None:
        yield from _wrong_number(node.items["number"], columns[0])
    elif chart.table is not None:
        yield from _wrong_formats(node.items["table"], types)


def _wrong_number(node: Node, column: Column) -> Iterator[Finding]:
    form = node.items.get("format") if isinstance(node, MappingNode) else None
    if form is not None and column.type not in NUMERIC:
        yield Finding(form.line, f'number\'s format is for numbers, "{column.name}" is {column.type}')


def _wrong_formats(node: Node, types: Mapping[str, CellType]) -> Iterator[Finding]:
    formats = node.items.get("formats") if isinstance(node, MappingNode) else None
    for name, form in formats.items.items() if isinstance(formats, MappingNode) else ():
        if name not in types:
            message = (
                f'table has a format for "{name}", which the query doesn\'t give{did_you_mean(name, types)}'
            )
            yield Finding(form.line, message)
        elif types[name] not in NUMERIC and isinstance(form, ScalarNode):
            yield Finding(form.line, f'table\'s format of "{name}" is for numbers, but it is {types[name]}')
