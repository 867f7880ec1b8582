"""What an engine is: it opens a source for one run, and computes charts over it.

Each engine is a module of its own, named in `engines.py`. Tenancy is the engine's to keep: what a chart's SQL
calls a table is only the scope's rows of it, made so before any SQL of a chart runs.
"""

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from typing import Protocol

from msgspec import Struct

from clerestory.dashboards import Chart, Source, Value, Variable
from clerestory_query.results import CellType, ChartProblem, ChartRows


class Limits(Struct, frozen=True):
    """What an engine that runs here may take. `memory` is in DuckDB's spelling."""

    memory: str = "1GB"
    threads: int = 2


class SourceUnavailable(Exception):
    """The source can't be reached just now."""


class EngineError(Struct, frozen=True):
    """What the engine said. `message` may quote rows: it is for the author of a dashboard, who may see them,
    and for no log. `position` is a byte of the chart's SQL, where the engine knows."""

    kind: str
    message: str
    position: int | None = None


class QueryFailed(Exception):
    """Why a chart has no rows: what its viewer is told, and what the engine said."""

    def __init__(self, problem: ChartProblem, error: EngineError | None = None) -> None:
        super().__init__(problem.code)
        self.problem = problem
        self.error = error


class Scope(Struct, frozen=True):
    """Whose run it is: the dashboard's variables and the token's values, by names in upper case."""

    variables: Mapping[str, Variable]
    env: Mapping[str, Value | None]

    def locked(self, name: str) -> Variable | None:
        """The variable, if only the session fills it: no other may say whose rows they are."""
        variable = self.variables.get(name)
        return variable if variable is not None and variable.locked else None


Needed = Mapping[str, frozenset[str] | None]
"""The tables that are needed, and of each the columns, by their names in lower case; None for all of them."""


def needed(charts: Iterable[Chart]) -> Needed:
    """What all of them need together."""
    tables: dict[str, frozenset[str] | None] = {}
    for chart in charts:
        for table in chart.reads:
            before = tables.get(table, frozenset())
            names = None if chart.columns is None else frozenset(chart.columns)
            tables[table] = None if before is None or names is None else before | names
    return tables


class Column(Struct, frozen=True):
    name: str
    type: CellType


class Session(Protocol):
    def describe(self, chart: Chart) -> tuple[Column, ...]:
        """What the chart's query would give, without running it. Raises QueryFailed."""
        ...

    def compute(self, chart: Chart, seconds: float) -> ChartRows:
        """Runs the chart's query for at most that long. Raises QueryFailed. A table with more than MAX_ROWS
        has one row more than that."""
        ...


class Engine(Protocol):
    def opened(
        self, source: Source, tables: Needed, scope: Scope, unscoped: bool
    ) -> AbstractContextManager[Session]:
        """The source with those tables of it: the rows of the scope's tenant, or unscoped all. Raises
        SourceUnavailable."""
        ...
