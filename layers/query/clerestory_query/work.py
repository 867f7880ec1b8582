"""What a lane's process does with a chart. All that knows the engine is here."""

import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from msgspec import structs

from clerestory.dashboards import Chart
from clerestory_query.answers import TOO_LARGE, Answer, Head, answer_of, failed
from clerestory_query.charts import MAX_ROWS, OUT_OF_MEMORY, QUERY_FAILED, ChartFailure, ChartRows, computed
from clerestory_query.duckdb_source import Limits, SourceUnavailable, opened
from clerestory_query.fitting import MAX_BYTES
from clerestory_query.jobs import Job

ENGINES_PART = 0.7
"""Of a lane's memory. The rest is for the rows on their way out."""
SECONDS_TO_COUNT = 2.0
"""For the rows of a table that is cut: its first ones should not wait long for their number."""


class Work:
    """One connection, for the charts of one lane. `memory` is the lane's; `begun` is called when a chart's
    query begins."""

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
        self._connection: Any = None
        self._clock = clock

    def answer(self, chart: Chart, seconds: float) -> Answer:
        """Whatever goes wrong with the chart is its answer."""
        ends = self._clock() + seconds
        try:
            return self._sized(chart, self._computed(chart, ends), ends)
        except SourceUnavailable as unavailable:
            return Answer(Head(unavailable=str(unavailable) or "unavailable"))
        except MemoryError:
            return failed(chart.title, OUT_OF_MEMORY)
        except Exception:
            return failed(chart.title, QUERY_FAILED)

    def _computed(self, chart: Chart, ends: float) -> ChartRows | ChartFailure:
        job = self._job
        if self._connection is None:
            self._connection = self._open.enter_context(opened(job.source, job.data.storage(), self._limits))
        self._begun()
        return computed(self._connection, chart, job.variables, job.env, ends - self._clock())

    def _sized(self, chart: Chart, result: ChartRows | ChartFailure, ends: float) -> Answer:
        if isinstance(result, ChartFailure):
            return answer_of(result)
        if chart.table is not None:
            return self._cut(chart, result, ends)
        if chart.number is not None:
            result = structs.replace(result, rows=result.rows[:1])  # all that a figure shows
        answer = answer_of(result)
        return answer if answer.size <= MAX_BYTES else failed(chart.title, TOO_LARGE)

    def _cut(self, chart: Chart, result: ChartRows, ends: float) -> Answer:
        """`computed` gives one row more than there may be where there are more."""
        whole = len(result.rows) <= MAX_ROWS
        answer = answer_of(structs.replace(result, rows=result.rows[:MAX_ROWS]))
        if not whole:
            count = self._count(chart, ends)
            answer = Answer(structs.replace(answer.head, cut=count), answer.rows)
        return answer if answer.size <= MAX_BYTES else answer.cut_to(MAX_BYTES)

    def _count(self, chart: Chart, ends: float) -> int | None:
        sql = chart.sql.rstrip().rstrip(";")
        counting = structs.replace(chart, sql=f"SELECT count(*) FROM ({sql}\n)")  # noqa: S608  the chart's own
        counted = self._computed(counting, min(ends, self._clock() + SECONDS_TO_COUNT))
        return int(counted.rows[0][0]) if isinstance(counted, ChartRows) else None
