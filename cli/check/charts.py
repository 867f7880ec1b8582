"""A dashboard's charts: `charts:` in its file, each one query and one way to show it."""

import re
from collections.abc import Collection
from collections.abc import Mapping as Named

from msgspec import Struct

from clerestory.dashboards import Chart, Number, Table, Variable
from cli.check.fields import Fields, described
from cli.check.mistakes import did_you_mean
from cli.check.sql_reads import wrong_reads
from cli.check.sql_tree import Select, WrongSql, parse_select
from cli.check.tenants import Leak, Locked, leaks, limited_column, reads_tables
from cli.check.vega_lite import read_vega_lite
from cli.check.yaml_nodes import Broken, Mapping, Node, ScalarNode

KEYS = ("title", "description", "span", "sql", "number", "table", "vega_lite", "unscoped")
WAYS = ("number", "table", "vega_lite")
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
    """`number` names a chart that has no title."""
    fields = Fields(node, dashboard.mistakes, _subject(node, number), KEYS)
    title = fields.text("title", required=True)
    sql = fields.scalar("sql", required=True)
    select = _parsed(fields, sql) if sql else None
    _check_ways(fields)
    chart = Chart(
        title=title,
        sql=str(sql.value) if sql else "",
        parameters=select.parameters if select else (),
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


def check_isolation(
    drafts: Collection[Draft], tables: Collection[str], variables: Named[str, Variable]
) -> None:
    """Notes each table that a chart reads without being limited by each locked variable."""
    for name, variable in variables.items():
        if not variable.locked:
            continue
        locked = Locked(name.upper(), variable.list)
        selects = [draft.select for draft in drafts if draft.select]
        known = (limited_column(select, tables, locked) for select in selects)
        advice = _advice(locked, next((column for column in known if column), None))
        for draft in drafts:
            if draft.select and not draft.chart.unscoped:
                _check_isolation(draft, draft.select, tables, locked, advice)


def _check_isolation(
    draft: Draft, select: Select, tables: Collection[str], locked: Locked, advice: str
) -> None:
    mentioned = locked.name in (name.upper() for name in select.parameters)
    aside = " (where it stands it doesn't limit the rows)" if mentioned else ""
    if not reads_tables(select, tables):
        draft.wrong(0, f"doesn't use the locked variable {locked.name}: {advice}, or say unscoped: true")
    for leak in leaks(select, tables, locked):
        draft.wrong(leak.offset, _leak_message(leak, locked, advice, aside))


def _leak_message(leak: Leak, locked: Locked, advice: str, aside: str) -> str:
    if leak.loose_from:
        aside = ""
        advice = (
            f"join it to {leak.loose_from} with an equality between their columns, "
            "each written with its table's name"
        )
    reads = f"reads {leak.table} without the locked variable {locked.name}{aside}"
    return f"{reads}: {advice}, or say unscoped: true"


def _advice(locked: Locked, column: str | None) -> str:
    if column is None:
        return f"compare one of its columns with ${locked.name} in its WHERE"
    condition = f"list_contains(${locked.name}, {column})" if locked.is_list else f"{column} = ${locked.name}"
    return f'add "{condition}" to its WHERE'


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
    for column, found in fields.entries("formats").items():
        if isinstance(found, ScalarNode) and isinstance(found.value, str):
            formats[column] = found.value
            _check_format(fields, found.line, found.value)
        elif not isinstance(found, Broken):
            fields.wrong(found.line, f"the format of {column} must be text, not {described(found)}")
    return Table(formats)


def _check_format(fields: Fields, line: int, spelt: str) -> None:
    if not spelt or not _FORMAT.fullmatch(spelt):
        fields.wrong(line, f'"{spelt}" isn\'t a d3 format: write one such as ",d", ".1f" or ".0%"')
