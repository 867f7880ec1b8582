"""The dashboards against their data: each query is prepared, none is run.

What only the data can tell: that a column isn't there or has another type, that a chart draws a field which
its query doesn't give, that a format doesn't fit. Tables whose files aren't within reach are passed over.
"""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

from clerestory.catalog import Catalog
from clerestory.dashboards import Chart, Dashboard, Source
from clerestory_query.duckdb_source import DuckDB
from clerestory_query.engine import Column, EngineError, Limits, QueryFailed, Scope, Session
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
    opened = _Opened(dashboard, sources, data)
    with opened:
        for chart, node in zip(dashboard.charts, nodes, strict=True):
            session = opened.session(chart)
            if session is None or not isinstance(node, MappingNode):
                continue
            try:
                findings = list(_wrong_chart(chart, node, session.describe(chart)))
            except QueryFailed as why:
                findings = [_wrong_query(chart, node, why)]
            for line, message in findings:
                mistakes.add(line, f'chart "{chart.title}": {message}')
    yield from mistakes.noted


class _Opened(ExitStack):
    """A dashboard's sources, each opened once, with those tables whose files are within reach."""

    def __init__(self, dashboard: Dashboard, sources: Mapping[str, Source], data: Path) -> None:
        super().__init__()
        self._charts = dashboard.charts
        self._sources = sources
        self._data = data
        self._engine = DuckDB(lambda: Folder(data), Limits())
        self._scope = Scope(dashboard.variables, dict.fromkeys(dashboard.variables))
        self._sessions: dict[tuple[str, bool], Session] = {}

    def session(self, chart: Chart) -> Session | None:
        """None where the chart's data isn't within reach."""
        source, key = self._sources[chart.source], (chart.source, chart.unscoped)
        if not all(_within_reach(source, table, self._data) for table in chart.reads):
            return None
        if key not in self._sessions:
            alike = (each for each in self._charts if (each.source, each.unscoped) == key)
            tables = {table for each in alike for table in each.reads}
            there = {table: None for table in tables if _within_reach(source, table, self._data)}
            opening = self._engine.opened(source, there, self._scope, chart.unscoped)
            self._sessions[key] = self.enter_context(opening)
        return self._sessions[key]


def _within_reach(source: Source, table: str, data: Path) -> bool:
    return all(any(data.glob(file)) for file in source.tables[table].files)


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
