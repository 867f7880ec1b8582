"""What becomes of a chart: its rows, or why there are none (`GET …/results`, docs/openapi.yaml)."""

from typing import Any, Literal

from msgspec import UNSET, Struct, UnsetType

MAX_ROWS = 10_000

CellType = Literal[
    "integer",
    "number",
    "decimal",
    "text",
    "boolean",
    "date",
    "timestamp",
    "instant",
    "time",
    "interval",
    "json",
]


class ChartProblem(Struct, frozen=True, omit_defaults=True):
    """`detail` is for the dashboard's author, and said only where they develop."""

    code: str
    title: str
    detail: str | None = None


class ChartRows(Struct, frozen=True):
    """`types` are the columns'. `cut` says how many rows there were where these are the first of them; None
    where that isn't known."""

    title: str
    slug: str
    columns: list[str]
    types: list[CellType]
    rows: list[list[Any]]
    cut: int | UnsetType | None = UNSET


class ChartFailure(Struct, frozen=True):
    title: str
    slug: str
    problem: ChartProblem


QUERY_FAILED = ChartProblem("query-failed", "This chart's query failed")
QUERY_TIMED_OUT = ChartProblem("query-timed-out", "This chart's query took too long")
OUT_OF_MEMORY = ChartProblem("out-of-memory", "This chart's query needs more memory than there is")
TOO_MANY_ROWS = ChartProblem("too-many-rows", f"This chart's query gives more than {MAX_ROWS:,} rows")
DATA_UNREADABLE = ChartProblem("data-unreadable", "This chart's data can't be read")
NOT_SHOWN = ChartProblem("type-not-shown", "This chart's query gives a column that can't be shown")
