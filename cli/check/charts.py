"""A dashboard's charts: `charts:` in its file, each one query and one way to show it."""

import re
from collections.abc import Collection
from collections.abc import Mapping as Named

from msgspec import Struct
from msgspec.structs import replace

from clerestory.dashboards import Chart, Number, Source, Table, Variable
from cli.check.fields import Fields, described
from cli.check.mistakes import did_you_mean
from cli.check.slugs import read_slug
from cli.check.sql_reads import columns_named, tables_read, wrong_reads
from cli.check.sql_tree import Select, WrongSql, parse_select
from cli.check.sql_writing import Written, written
from cli.check.vega_lite import read_vega_lite
from cli.check.yaml_nodes import Broken, Mapping, Node, ScalarNode

WAYS = ("number", "table", "vega_lite")
KEYS = ("title", "slug", "description", "span", "source", "sql", "seconds", "unscoped", *WAYS)
LONGEST = 50
"""Seconds that a chart may ask for: query has a minute for all of them."""
_FORMAT = re.compile(r"(?:.?[<>=^])?[-+( ]?[$#]?0?[0-9]{0,2},?(?:\.[0-9]{1,2})?~?[bcdefgnoprsxX%]?")


class Draft(Struct, frozen=True):
    """A chart as it was read, and its query where that is one SELECT."""

    chart: Chart
    fields: Fields
    sql: ScalarNode | None = None
    select: Select | None = None

    def wrong(self, offset: int, message: str) -> None:
        """Notes a mistake at a character of the SQL."""
        self.fields.wrong(self.sql.line_at(offset) if self.sql else self.fields.line, message)


def read_chart(node: Node, dashboard: Fields, number: int) -> Draft:
    """`number` names a chart that has no title. Its SQL is written by `complete`."""
    fields = Fields(node, dashboard.mistakes, _subject(node, number), KEYS)
    title = fields.text("title", required=True)
    sql = fields.scalar("sql", required=True)
    select = _parsed(fields, sql) if sql else None
    _check_ways(fields)
    chart = Chart(
        title=title,
        sql=str(sql.value) if sql else "",
        slug=read_slug(fields) if fields.has("slug") else "",
        source=fields.text("source"),
        seconds=fields.whole("seconds", 1, LONGEST) or Chart("", "").seconds,
        description=fields.text("description") or None,
        span=fields.whole("span", 1, 12) or None,
        vega_lite=read_vega_lite(fields),
        number=_number(fields),
        table=_table(fields),
        unscoped=fields.flag("unscoped"),
    )
    return Draft(chart, fields, sql, select)


def check_reads(draft: Draft, tables: Collection[str]) -> None:
    """Notes what the chart's SQL reads beside `tables`."""
    for offset, message in wrong_reads(draft.select, tables) if draft.select else ():
        draft.wrong(offset, f"sql {message}")


def check_parameters(draft: Draft, variables: Collection[str]) -> None:
    """Notes each parameter that isn't a variable."""
    if draft.select is None:
        return
    for name in draft.select.parameters:
        offset = draft.select.offset_of_parameter(name)
        if name.isdigit():
            draft.wrong(offset, "sql must name its parameters: $NAME, not ? or $1")
        elif name.upper() not in variables:
            nearest = did_you_mean(name, variables)
            draft.wrong(offset, f'sql uses ${name}, which "variables" doesn\'t declare{nearest}')


def check_tenants(draft: Draft, source: Source, variables: Named[str, Variable]) -> None:
    """Notes each table that the chart reads whose tenants' variables the session doesn't fill."""
    if draft.select is None or draft.chart.unscoped:
        return
    for table in tables_read(draft.select, source.tables):
        for name in source.tables[table].tenant.values():
            if name not in variables or not variables[name].locked:
                wanted = "a claim" if name in variables else 'its place in "variables", with a claim'
                message = f"sql reads {table}, whose rows are a tenant's: {name} needs {wanted}"
                draft.wrong(draft.select.offset_of_table(table), f"{message} (or say unscoped: true)")


def complete(draft: Draft, source: str, tables: Collection[str], variables: Named[str, Variable]) -> Chart:
    """The chart as it is compiled."""
    if draft.select is None or draft.sql is None:
        return draft.chart
    try:
        query = written(draft.select, variables)
    except WrongSql as why:
        draft.wrong(why.offset, f"sql {why}")
        return draft.chart
    return replace(
        draft.chart,
        sql=query.sql,
        source=source,
        parameters=query.parameters,
        reads=tables_read(draft.select, tables),
        columns=columns_named(draft.select),
        lines=_lines(query, draft.sql),
    )


def _lines(query: Written, sql: ScalarNode) -> tuple[tuple[int, int], ...]:
    """Where another line of the file begins in the query."""
    lines: list[tuple[int, int]] = [(0, sql.line_at(0))]
    for position, character in query.origins:
        line = sql.line_at(character)
        if line != lines[-1][1]:
            lines.append((position, line))
    return tuple(lines)


def _subject(node: Node, number: int) -> str:
    title = node.items.get("title") if isinstance(node, Mapping) else None
    titled = isinstance(title, ScalarNode) and isinstance(title.value, str) and title.value.strip()
    return f'chart "{titled}"' if titled else f"chart {number}"


def _parsed(fields: Fields, sql: ScalarNode) -> Select | None:
    try:
        return parse_select(str(sql.value))
    except WrongSql as why:
        fields.wrong(sql.line_at(why.offset), f"sql {why}")
        return None


def _check_ways(fields: Fields) -> None:
    given = [way for way in WAYS if fields.has(way)]
    if len(given) > 1:
        fields.wrong(fields.line_of(given[1]), f"shows itself in more than one way: {' and '.join(given)}")
    elif not given and fields.mapping:
        fields.wrong(fields.line, "needs one of number, table or vega_lite")


def _number(chart: Fields) -> Number | None:
    node = chart.node("number")
    if node is None:
        return None
    fields = Fields(node, chart.mistakes, f"{chart.subject}: number", ("format", "prefix", "suffix"))
    spelt = fields.text("format") or Number().format
    _check_format(fields, fields.line_of("format"), spelt)
    return Number(spelt, _affix(fields, "prefix"), _affix(fields, "suffix"))


def _affix(fields: Fields, key: str) -> str:
    """Text that may be blank: a suffix of one space is a suffix."""
    node = fields.node(key)
    return node.value if isinstance(node, ScalarNode) and isinstance(node.value, str) else fields.text(key)


def _table(chart: Fields) -> Table | None:
    node = chart.node("table")
    if node is None:
        return None
    fields = Fields(node, chart.mistakes, f"{chart.subject}: table", ("formats",))
    formats: dict[str, str] = {}
    for column, form in fields.entries("formats").items():
        if isinstance(form, ScalarNode) and isinstance(form.value, str):
            formats[column] = form.value
            _check_format(fields, form.line, form.value)
        elif not isinstance(form, Broken):
            fields.wrong(form.line, f"the format of {column} must be text, not {described(form)}")
    return Table(formats)


def _check_format(fields: Fields, line: int, spelt: str) -> None:
    if not spelt or not _FORMAT.fullmatch(spelt):
        fields.wrong(line, f'"{spelt}" isn\'t a d3 format: write one such as ",d", ".1f" or ".0%"')
