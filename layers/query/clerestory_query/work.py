"""What a lane's process does with a chart."""

import time
from collections.abc import Callable
from contextlib import ExitStack

from msgspec import structs

from clerestory.dashboards import Chart
from clerestory_query.answers import TOO_LARGE, Answer, Head, answer_of, failed
from clerestory_query.engine import (
    EngineError,
    Limits,
    QueryFailed,
    Scope,
    Session,
    SourceUnavailable,
    needed,
)
from clerestory_query.engines import engine_of
from clerestory_query.fitting import MAX_BYTES
from clerestory_query.jobs import Job
from clerestory_query.results import MAX_ROWS, OUT_OF_MEMORY, QUERY_FAILED, ChartRows

ENGINES_PART = 0.7
"""Of a lane's memory. The rest is for the rows on their way out."""
LARGEST_FIGURE = 50_000
"""Bytes of a figure, and of the columns' names of any chart: no other chart would give way to them."""
SECONDS_TO_COUNT = 2.0
"""For the rows of a table that is cut: its first ones should not wait long for their number."""


Key = tuple[str, bool, frozenset[str], bool]


class Work:
    """Sessions for the charts of one lane. `memory` is the lane's; `begun` is called when it begins with a
    chart."""

    def __init__(
        self,
        job: Job,
        memory: int,
        begun: Callable[[], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._job = job
        self._begun = begun
        self._limits = Limits(memory=f"{int(memory * ENGINES_PART) >> 20}MiB", threads=job.threads)
        self._open = ExitStack()
        self._sessions: dict[Key, Session] = {}
        self._clock = clock

    def answer(self, chart: Chart, seconds: float) -> Answer:
        """Whatever goes wrong with the chart is its answer."""
        ends = self._clock() + seconds
        try:
            return self._sized(chart, self._computed(chart, ends), ends)
        except QueryFailed as why:
            return failed(chart, why.problem, why.error)
        except SourceUnavailable as unavailable:
            return Answer(Head(unavailable=str(unavailable) or "unavailable"))
        except MemoryError:
            return failed(chart, OUT_OF_MEMORY)
        except Exception as error:
            return failed(chart, QUERY_FAILED, EngineError(type(error).__name__, str(error)))

    def _computed(self, chart: Chart, ends: float) -> ChartRows:
        self._begun()  # to open the data may be what takes long
        return self._session(chart).compute(chart, ends - self._clock())

    def _session(self, chart: Chart) -> Session:
        """One for all charts that copy the same rows: what another chart copies may not fit, or take long."""
        key = self._key(chart)
        if key not in self._sessions:
            source = self._job.sources[chart.source]
            alike = [each for each in self._job.charts if self._key(each) == key]
            tables = needed(alike)
            scope = Scope(self._job.variables, self._job.env)
            engine = engine_of(source, self._job.data, self._limits)
            session = self._open.enter_context(engine.opened(source, tables, scope, chart.unscoped))
            self._sessions[key] = session
        return self._sessions[key]

    def _key(self, chart: Chart) -> Key:
        tables = self._job.sources[chart.source].tables
        copied = (each for each in chart.reads if tables[each].tenant or tables[each].format != "parquet")
        return chart.source, chart.unscoped, frozenset(copied), chart.columns is None

    def _sized(self, chart: Chart, rows: ChartRows, ends: float) -> Answer:
        most = LARGEST_FIGURE if chart.number is not None else MAX_BYTES
        answer = answer_of(rows) if chart.table is None else self._cut(chart, rows, ends)
        named = answer_of(structs.replace(rows, rows=[])).size
        is_empty = bool(rows.rows) and not answer.rows  # not even its first row had room
        fits = answer.size <= most and named <= LARGEST_FIGURE and not is_empty
        return answer if fits else failed(chart, TOO_LARGE)

    def _cut(self, chart: Chart, rows: ChartRows, ends: float) -> Answer:
        """A session gives one row more than there may be where there are more."""
        whole = len(rows.rows) <= MAX_ROWS
        answer = answer_of(structs.replace(rows, rows=rows.rows[:MAX_ROWS]))
        if not whole:
            answer = Answer(structs.replace(answer.head, cut=self._count(chart, ends)), answer.rows)
        return answer if answer.size <= MAX_BYTES else answer.cut_to(MAX_BYTES)

    def _count(self, chart: Chart, ends: float) -> int | None:
        """None where there isn't the time for it."""
        counting = structs.replace(chart, sql=f"SELECT count(*) FROM ({chart.sql})")  # noqa: S608  checked
        try:
            seconds = min(ends - self._clock(), SECONDS_TO_COUNT)
            counted = self._session(chart).compute(counting, seconds)
        except QueryFailed:
            return None
        return int(counted.rows[0][0])
