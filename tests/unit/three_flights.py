"""A source of one table with three flights, and queries over it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pytest

from clerestory.dashboards import Source, SourceTable, Variable
from clerestory_query.duckdb_source import DuckDB
from clerestory_query.duckdb_tables import DuckDBTables
from clerestory_query.engine import Limits, QueryFailed, Scope
from clerestory_query.results import ChartRows
from clerestory_query.storage import Folder
from tests.charts import chart

FLIGHTS = """
    SELECT * FROM (VALUES
        (DATE '2013-01-01', 'UA', 'EWR', 1400),
        (DATE '2013-01-02', 'UA', 'JFK', 2475),
        (DATE '2013-02-01', 'AA', 'JFK', 1089)
    ) AS flights(day, carrier, origin, distance)
"""
VARIABLES = {
    "ACCT_ID": Variable(type="string", claim="acct"),
    "DATE_RANGE": Variable(type="date", list=True),
    "ORIGIN": Variable(type="string", list=True),
    "DAY": Variable(type="date"),
    "MILES": Variable(type="number"),
    "FLAG": Variable(type="boolean"),
}
NOTHING = dict.fromkeys(VARIABLES)
SOURCE = Source("duckdb", {"flights": SourceTable(("flights.parquet",), "parquet")})
Ran = Callable[..., ChartRows]


def flights_folder(folder: Path) -> Path:
    """The folder, with the source's file and others beside it."""
    for name in ("flights", "other"):
        duckdb.sql(FLIGHTS).write_parquet(str(folder / f"{name}.parquet"))
    (folder / "secret.csv").write_text("a,b\n1,2\n")
    return folder


@contextmanager
def engine(
    folder: Path, limits: Limits | None = None, env: dict[str, Any] | None = None
) -> Iterator[DuckDBTables]:
    opened = DuckDB(lambda: Folder(folder), limits or Limits())
    scope = Scope(VARIABLES, NOTHING | (env or {}))
    with opened.opened(SOURCE, {"flights": None}, scope, unscoped=True) as tables:
        yield tables


def running(folder: Path) -> Ran:
    """Runs a query with those values of its variables."""

    def run(sql: str, env: dict[str, Any] | None = None, seconds: float = 5) -> ChartRows:
        parameters = tuple(name for name in VARIABLES if f"${name}" in sql)
        with engine(folder, env=env) as tables:
            return tables.compute(chart(sql, parameters=parameters, reads=("flights",)), seconds)

    return run


def problem(ran: Ran, sql: str, seconds: float = 5) -> str:
    with pytest.raises(QueryFailed) as failed:
        ran(sql, seconds=seconds)
    return failed.value.problem.code
