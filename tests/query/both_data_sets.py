"""A query over both data sets, as a chart's goes: checked, written out, computed by the engine."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from msgspec import Struct

from clerestory.dashboards import Chart
from clerestory_query.duckdb_source import DuckDB
from clerestory_query.engine import Limits, QueryFailed, Session, needed
from clerestory_query.storage import Folder
from cli.check.sql_reads import columns_named, tables_read, wrong_reads
from cli.check.sql_tree import WrongSql, parse_select
from cli.check.sql_writing import written
from tests.query.two_data_sets import SCOPE, SOURCE, VARIABLES, write


class Outcome(Struct, frozen=True):
    """What a chart's viewer and its author get to see."""

    columns: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()
    failure: tuple[Any, ...] = ()


class Both(Struct, frozen=True):
    """`alone` has the tenant's rows only, `among` the others' too."""

    alone: Session
    among: Session

    def compared(self, chart: Chart, ordered: bool, seconds: float = 30) -> tuple[Outcome, Outcome]:
        """Rows as they come where they have an order, else sorted."""
        return outcome(self.alone, chart, ordered, seconds), outcome(self.among, chart, ordered, seconds)


@contextmanager
def opened(folder: Path, unscoped: bool = False) -> Iterator[Both]:
    """One thread: with more, what SQL leaves open differs from one run to the next of the same data."""
    with ExitStack() as stack:
        sessions = []
        for name, others in (("alone", False), ("among", True)):
            data = folder / name
            if not data.exists():
                data.mkdir(parents=True)
                write(data, others=others)
            engine = DuckDB(lambda data=data: Folder(data), Limits(threads=1))  # type: ignore[misc]
            opening = engine.opened(SOURCE, dict.fromkeys(SOURCE.tables), SCOPE, unscoped)
            sessions.append(stack.enter_context(opening))
        yield Both(*sessions)


def checked(sql: str) -> Chart | None:
    """The chart as it is compiled; None for SQL that the check refuses."""
    try:
        select = parse_select(sql)
        undeclared = [name for name in select.parameters if name.upper() not in VARIABLES]
        if undeclared or any(wrong_reads(select, SOURCE.tables)):
            return None
        query = written(select, VARIABLES)
    except WrongSql:
        return None
    return Chart(
        "",
        query.sql,
        parameters=query.parameters,
        reads=tables_read(select, SOURCE.tables),
        columns=columns_named(select),
    )


def alone_with_its_columns(folder: Path, chart: Chart, ordered: bool) -> Outcome:
    """What the chart gives where no more of the tenant's rows is copied than it names."""
    engine = DuckDB(lambda: Folder(folder / "alone"), Limits(threads=1))
    with engine.opened(SOURCE, needed([chart]), SCOPE, unscoped=False) as session:
        return outcome(session, chart, ordered)


def outcome(session: Session, chart: Chart, ordered: bool, seconds: float = 30) -> Outcome:
    try:
        shown = session.compute(chart, seconds)
    except QueryFailed as why:
        error = why.error
        return Outcome(
            failure=(why.problem.code, *((error.kind, error.message, error.position) if error else ()))
        )
    rows = [repr(row) for row in shown.rows]
    return Outcome(tuple(shown.columns), tuple(shown.types), tuple(rows if ordered else sorted(rows)))
