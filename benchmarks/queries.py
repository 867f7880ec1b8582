"""What a run adds to DuckDB's own time for the same SQL over the same files."""

import os
import struct
import time
from collections.abc import Callable, Iterator

import duckdb

from benchmarks.comparing import Comparison, alternated
from benchmarks.stage import MEMORY, ROOT, compiled, dashboard_of
from clerestory.dashboards import Dashboard, Organization, Value
from clerestory.variables import token_env
from clerestory_query.duckdb_tables import bound
from clerestory_query.engine import Limits
from clerestory_query.jobs import Data, Job
from clerestory_query.lanes import Lanes

ROUNDS = 15
LIMITS = Limits()


def queries() -> Iterator[Comparison]:
    organization, dashboard = dashboard_of(compiled())
    env = token_env(dashboard, {"ACCT_ID": "UA"})
    data = Data(str(ROOT / ".data"))
    job = Job(organization.sources, data, dashboard.charts, dashboard.variables, env, 60, MEMORY)

    def ours() -> float:
        began = time.perf_counter()
        for _ in Lanes(job).answers():
            pass
        return time.perf_counter() - began

    medians = alternated(ours, lambda: _forked(lambda: _duckdb(organization, dashboard, env)), ROUNDS)
    yield Comparison("query: every chart of a dashboard", *medians, "the same SQL in DuckDB", 1.15)


def _forked(measure: Callable[[], float]) -> float:
    """Measures in a process of its own, whose making isn't measured: this one must stay without a
    connection, or it could not fork."""
    reading, writing = os.pipe()
    if (pid := os.fork()) == 0:
        os.write(writing, struct.pack("d", measure()))
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as file:
        (seconds,) = struct.unpack("d", file.read())
    os.waitpid(pid, 0)
    return float(seconds)


def _duckdb(organization: Organization, dashboard: Dashboard, env: dict[str, Value | None]) -> float:
    began = time.perf_counter()
    with duckdb.connect(config={"threads": LIMITS.threads, "memory_limit": LIMITS.memory}) as connection:
        for name in {table for chart in dashboard.charts for table in chart.reads}:
            table = organization.sources[dashboard.source].tables[name]
            rows = connection.read_parquet(str(ROOT / ".data" / table.files[0]))
            for column in table.tenant:
                rows = rows.filter(f"{column} = 'UA'")
            rows.create_view(name)
        for chart in dashboard.charts:
            given = {name: bound(dashboard.variables[name], env[name]) for name in chart.parameters}
            connection.execute(chart.sql, given).fetchall()
    return time.perf_counter() - began
