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
LARGEST_NUMBER = 2**53 - 1

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
OUT_OF_MEMORY = ChartProblem("out-of-memory", "This chart's query needs more memory than there is")
TOO_MANY_ROWS = ChartProblem("too-many-rows", f"This chart's query gives more than {MAX_ROWS:,} rows")


def computed(
    connection: duckdb.DuckDBPyConnection,
    chart: Chart,
    variables: Mapping[str, Variable],
    env: Mapping[str, Value | None],
    seconds: float,
) -> ChartRows | ChartFailure:
    """Runs the chart's query for at most that long. Whatever fails stays with this chart. A table with more
    than MAX_ROWS has one row more than that."""
    if seconds <= 0:
        return ChartFailure(chart.title, QUERY_TIMED_OUT)
    try:
        parameters = {
            name: bound(variables[name.upper()], env.get(name.upper())) for name in chart.parameters
        }
        with _bounded(connection, seconds):
            cursor = connection.execute(_select(connection, chart.sql), parameters)
            columns = [column[0] for column in cursor.description or []]
            rows = cursor.fetchmany(MAX_ROWS + 1)
    except duckdb.InterruptException:
        return ChartFailure(chart.title, QUERY_TIMED_OUT)
    except (duckdb.OutOfMemoryException, MemoryError):
        return ChartFailure(chart.title, OUT_OF_MEMORY)
    except Exception:  # DuckDB's own, and Python's for cells that it has no type for
        return ChartFailure(chart.title, QUERY_FAILED)
    if len(rows) > MAX_ROWS and chart.table is None:
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
    """JSON has neither dates nor decimals: ISO 8601 text and numbers stand for them. An integer that a
    browser could not hold exactly stays exact as text (RFC 8259, section 6)."""
    if cell is None or isinstance(cell, str | bool):
        return cell
    if isinstance(cell, int):
        return cell if abs(cell) <= LARGEST_NUMBER else str(cell)
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


def _select(connection: duckdb.DuckDBPyConnection, sql: str) -> duckdb.Statement:
    """The SQL's only statement. COPY could write even to a file that may only be read."""
    (statement,) = connection.extract_statements(sql)
    if statement.type != duckdb.StatementType.SELECT:
        raise duckdb.PermissionException("not a SELECT")
    return statement


@contextmanager
def _bounded(connection: duckdb.DuckDBPyConnection, seconds: float) -> Iterator[None]:
    """Interrupts the connection's query when its time is up, and again until it has ended: an
    interrupt between two steps of a query is lost."""
    ended = threading.Event()

    def watch() -> None:
        pause = seconds
        while not ended.wait(pause):
            connection.interrupt()
            pause = 0.05

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        ended.set()
        watcher.join()  # or its interrupt might hit the next chart's query
