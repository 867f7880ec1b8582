"""The engines, by the type of source that each reads."""

from clerestory.dashboards import Source
from clerestory_query.engine import Engine, Limits
from clerestory_query.jobs import Data


def engine_of(source: Source, data: Data, limits: Limits) -> Engine:
    """Loads the module of no engine but the source's own."""
    match source.type:
        case "duckdb":
            from clerestory_query.duckdb_source import DuckDB

            return DuckDB(data.storage, limits)
