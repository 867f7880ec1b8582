"""One chart's query: bound parameters in, plain columns and rows out."""

import math
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import duckdb
from msgspec import Struct

from clerestory.dashboards import Chart, Value, Variable

MAX_ROWS = 10_000

Cell = str | int | float | bool | None | list["Cell"] | dict[str, "Cell"]


class ChartProblem(Struct, frozen=True):
    code: str
    title: str


class ChartRows(Struct, frozen=True):
    title: str
    columns: list[str]
    rows: list[list[Any]]


class ChartFailure(Struct, frozen=True):
    title: str
    problem: ChartProblem


QUERY_FAILED = ChartProblem("query-failed", "This chart's query failed")
QUERY_TIMED_OUT = ChartProblem("query-timed-out", "This chart's query took too long")
TOO_MANY_ROWS = ChartProblem("too-many-rows", f"This chart's query gives more than {MAX_ROWS:,} rows")


def computed(
    connection: duckdb.DuckDBPyConnection,
    chart: Chart,
    variables: Mapping[str, Variable],
    env: Mapping[str, Value | None],
    seconds: float,
) -> ChartRows | ChartFailure:
    """Runs the chart's query for at most that long. Whatever fails stays with this chart."""
    parameters = {name: bound(variables[name.upper()], env.get(name.upper())) for name in chart.parameters}
    try:
        with _bounded(connection, seconds):
            cursor = connection.execute(chart.sql, parameters)
            columns = [column[0] for column in cursor.description or []]
            rows = cursor.fetchmany(MAX_ROWS + 1)
    except duckdb.InterruptException:
        return ChartFailure(chart.title, QUERY_TIMED_OUT)
    except duckdb.Error:
        return ChartFailure(chart.title, QUERY_FAILED)
    if len(rows) > MAX_ROWS:
        return ChartFailure(chart.title, TOO_MANY_ROWS)
    return ChartRows(chart.title, columns, [[plain(cell) for cell in row] for row in rows])


def bound(variable: Variable, value: Value | None) -> Any:
    """The value as DuckDB should see it, so that dates bind as dates and lists as lists."""
    if value is None:
        return None
    if isinstance(value, tuple | list):
        return [_bound_scalar(variable, each) for each in value]
    return _bound_scalar(variable, value)


def plain(cell: Any) -> Cell:
    """JSON has neither dates nor decimals: ISO 8601 text and numbers stand for them."""
    if cell is None or isinstance(cell, str | bool | int):
        return cell
    if isinstance(cell, float | Decimal):
        return float(cell) if math.isfinite(cell) else None
    if isinstance(cell, date | datetime | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return cell.total_seconds()
    if isinstance(cell, list | tuple):
        return [plain(each) for each in cell]
    if isinstance(cell, dict):
        return {str(name): plain(each) for name, each in cell.items()}
    return str(cell) if isinstance(cell, UUID) else None


def _bound_scalar(variable: Variable, value: Any) -> Any:
    return date.fromisoformat(value) if variable.type == "date" else value


@contextmanager
def _bounded(connection: duckdb.DuckDBPyConnection, seconds: float) -> Iterator[None]:
    """Interrupts the connection's query when its time is up."""
    timer = threading.Timer(max(0.0, seconds), connection.interrupt)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
