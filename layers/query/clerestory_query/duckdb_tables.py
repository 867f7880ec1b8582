"""Charts computed over tables that are open: bound parameters in, typed columns and plain rows out."""

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Any

import duckdb

from clerestory.dashboards import Chart, Value, Variable
from clerestory_query.duckdb_cells import NotShown, cell_type, plain, single
from clerestory_query.engine import Column, EngineError, QueryFailed, Scope
from clerestory_query.results import (
    MAX_ROWS,
    NOT_SHOWN,
    OUT_OF_MEMORY,
    QUERY_FAILED,
    QUERY_TIMED_OUT,
    TOO_MANY_ROWS,
    ChartRows,
)

_DESCRIBE = "DESCRIBE "
# What Python and DuckDB say where the system gives them no more memory, under names of other errors.
_WITHOUT_MEMORY = ("can't start new thread", "Cannot resize vector")


class DuckDBTables:
    """`unreadable` are those tables that can't be read, and why."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, unreadable: Mapping[str, QueryFailed], scope: Scope
    ) -> None:
        self.connection = connection
        self._unreadable = unreadable
        self._scope = scope

    def compute(self, chart: Chart, seconds: float) -> ChartRows:
        """Raises QueryFailed, and nothing else."""
        if seconds <= 0:
            raise QueryFailed(QUERY_TIMED_OUT)
        with self._failing(chart), _bounded(self.connection, seconds):
            return self._rows(chart)

    def describe(self, chart: Chart) -> tuple[Column, ...]:
        """Raises QueryFailed, and nothing else."""
        with self._failing(chart, offset=len(_DESCRIBE)):
            parameters = self._parameters(chart)
            names = self.connection.execute(f"{_DESCRIBE}{chart.sql}", parameters).fetchall()
            # The SQL is the pack's own, and checked
            cursor = self.connection.execute(f"SELECT * FROM ({chart.sql}) LIMIT 0", parameters)  # noqa: S608
            types = [cell_type(kind) for _, kind, *_ in cursor.description or ()]
            return tuple(Column(name, kind) for (name, *_), kind in zip(names, types, strict=True))

    @contextmanager
    def _failing(self, chart: Chart, offset: int = 0) -> Iterator[None]:
        """Raises whatever fails as QueryFailed. The engine's positions count from `offset`."""
        for table in chart.reads:
            if table in self._unreadable:
                raise self._unreadable[table]
        try:
            yield
        except QueryFailed:
            raise
        except duckdb.InterruptException:
            raise QueryFailed(QUERY_TIMED_OUT) from None
        except (duckdb.OutOfMemoryException, MemoryError) as error:
            raise _out_of_memory(error) from None
        except NotShown as kind:
            why = f"a column of type {kind} can't be shown: cast it"
            raise QueryFailed(NOT_SHOWN, EngineError("NotShown", why)) from None
        except Exception as error:  # DuckDB's own, and Python's for cells that it has no type for
            if any(words in str(error) for words in _WITHOUT_MEMORY):
                raise _out_of_memory(error) from None
            raise QueryFailed(QUERY_FAILED, _engine_error(error, offset)) from None

    def _rows(self, chart: Chart) -> ChartRows:
        cursor = self.connection.execute(_select(self.connection, chart.sql), self._parameters(chart))
        description = list(cursor.description or [])
        types = [cell_type(kind) for _, kind, *_ in description]
        rows = cursor.fetchmany(1 if chart.number is not None else MAX_ROWS + 1)
        if len(rows) > MAX_ROWS and chart.table is None:
            raise QueryFailed(TOO_MANY_ROWS)
        shown = [single if kind.id == "float" else plain for _, kind, *_ in description]
        cells = [[show(cell) for show, cell in zip(shown, row, strict=True)] for row in rows]
        return ChartRows(chart.title, chart.slug, [name for name, *_ in description], types, cells)

    def _parameters(self, chart: Chart) -> dict[str, Any]:
        scope = self._scope
        return {name: bound(scope.variables[name], scope.env.get(name)) for name in chart.parameters}


def _out_of_memory(error: Exception) -> QueryFailed:
    return QueryFailed(OUT_OF_MEMORY, EngineError(type(error).__name__, OUT_OF_MEMORY.title))


def bound(variable: Variable, value: Value | None) -> Any:
    """The value as DuckDB should see it, so that dates bind as dates and lists as lists."""
    if value is None:
        return None
    if isinstance(value, tuple | list):
        return [_bound_scalar(variable, each) for each in value]
    return _bound_scalar(variable, value)


def _bound_scalar(variable: Variable, value: Any) -> Any:
    return date.fromisoformat(value) if variable.type == "date" else value


def _select(connection: duckdb.DuckDBPyConnection, sql: str) -> duckdb.Statement:
    """The SQL's only statement. COPY could write even to a file that may only be read."""
    (statement,) = connection.extract_statements(sql)
    if statement.type != duckdb.StatementType.SELECT:
        raise duckdb.PermissionException("not a SELECT")
    return statement


def _engine_error(error: Exception, offset: int) -> EngineError:
    """DuckDB's errors are JSON after their class here (`errors_as_json`)."""
    kind = type(error).__name__
    try:
        stated = json.loads(str(error).partition(": ")[2])
        position = int(stated["position"]) - offset if "position" in stated else None
        return EngineError(kind, stated["exception_message"], position)
    except (ValueError, KeyError, TypeError, AttributeError):
        return EngineError(kind, str(error))


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
