"""What a run adds to DuckDB's own time for the same SQL over the same files."""

import time
from collections.abc import Iterator

import duckdb
from clerestory_query.charts import bound, computed

from benchmarks.comparing import Comparison, alternated
from benchmarks.stage import ROOT, compiled, dashboard_of
from clerestory.dashboards import Dashboard, Organization, Value
from clerestory.variables import token_env
from clerestory_query.duckdb_source import Folder, Limits, opened

ROUNDS = 15
LIMITS = Limits()


def queries() -> Iterator[Comparison]:
    organization, dashboard = dashboard_of(compiled())
    env = token_env(dashboard, {"ACCT_ID": "UA"})

    def ours() -> float:
        began = time.perf_counter()
        source = organization.sources[dashboard.source]
        with opened(source, Folder(ROOT / ".data"), LIMITS) as connection:
            for chart in dashboard.charts:
                computed(connection, chart, dashboard.variables, env, 60)
        return time.perf_counter() - began

    medians = alternated(ours, lambda: _duckdb(organization, dashboard, env), ROUNDS)
    yield Comparison("query: every chart of a dashboard", *medians, "the same SQL in DuckDB", 1.3)


def _duckdb(organization: Organization, dashboard: Dashboard, env: dict[str, Value | None]) -> float:
    began = time.perf_counter()
    with duckdb.connect(config={"threads": LIMITS.threads, "memory_limit": LIMITS.memory}) as connection:
        for table, file in organization.sources[dashboard.source].files.items():
            connection.read_parquet(str(ROOT / ".data" / file)).create_view(table)
        for chart in dashboard.charts:
            given = {
                name: bound(dashboard.variables[name.upper()], env[name.upper()]) for name in chart.parameters
            }
            connection.execute(chart.sql, given).fetchall()
    return time.perf_counter() - began
