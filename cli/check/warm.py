"""A dashboard's `warm.sql`: its rows are the variables of the URLs that people will ask for."""

from collections.abc import Collection, Iterator, Mapping

from clerestory.dashboards import Variable, Warm
from cli.check.fields import Fields
from cli.check.mistakes import did_you_mean
from cli.check.sql_reads import Finding, wrong_reads
from cli.check.sql_tree import Select, Tree, WrongSql, parse_select
from cli.check.sql_writing import written


def read_warm(
    dashboard: Fields, tables: Collection[str] | None, variables: Mapping[str, Variable]
) -> Warm | None:
    """`tables` are None where the source isn't known, for a mistake that is noted already."""
    node = dashboard.node("warm")
    if node is None:
        return None
    fields = Fields(node, dashboard.mistakes, "warm", ("sql",))
    sql = fields.scalar("sql", required=True)
    if sql is None:
        return None
    text = str(sql.value)
    try:
        select = parse_select(text)
        findings = [*_wrong_parameters(select), *_wrong_columns(select, variables)]
        findings += wrong_reads(select, tables) if tables is not None else ()
        text = written(select, {}).sql
    except WrongSql as why:
        findings = [(why.offset, str(why))]
    for offset, message in findings:
        fields.wrong(sql.line_at(offset), f"sql {message}")
    return Warm(text, sql.line_at(0))


def _wrong_parameters(select: Select) -> Iterator[Finding]:
    for name in select.parameters:
        message = f"must have no parameters, not ${name}: its rows give the values"
        yield select.offset_of_parameter(name), message


def _wrong_columns(select: Select, variables: Mapping[str, Variable]) -> Iterator[Finding]:
    """Each column must name a variable, and each locked variable needs its column. What `*` stands
    for isn't known without the data."""
    chosen = _select_list(select.tree)
    if any(expression["class"] == "STAR" for expression in chosen):
        return
    named: set[str] = set()
    for expression in chosen:
        name = _name(expression)
        named.add(name.upper())
        if name.upper() not in variables:
            column = f'the column "{name}"' if name else "a column without a name"
            message = f"has {column}, which isn't a variable{did_you_mean(name, variables)}"
            yield select.offset_of(expression), message
    for name, variable in variables.items():
        if variable.locked and name.upper() not in named:
            yield 0, f'gives no value for the locked variable {name}: name a column with "AS {name}"'


def _select_list(query: Tree) -> list[Tree]:
    """The columns of the first SELECT, which name those of a UNION."""
    while query["type"] != "SELECT_NODE":
        query = query["left"]
    return list(query["select_list"])


def _name(expression: Tree) -> str:
    columns = expression.get("column_names") or [""]
    return str(expression["alias"] or columns[-1])
