"""What a SELECT may read: its source's tables and nothing else, through functions that only compute."""

from collections.abc import Collection, Iterator
from functools import cache

from cli.check.mistakes import did_you_mean
from cli.check.sql_tree import Place, Select, Tree, engine, places

TABLE_FUNCTIONS = frozenset({"unnest", "range", "generate_series"})
_RELATIONS = frozenset(
    {"BASE_TABLE", "JOIN", "SUBQUERY", "TABLE_FUNCTION", "EXPRESSION_LIST", "EMPTY", "PIVOT"}
)
_QUERIES = frozenset({"SELECT_NODE", "SET_OPERATION_NODE", "RECURSIVE_CTE_NODE", "CTE_NODE"})
# They read settings, sequences or the session, wait, write, or run SQL that stands in a text.
_OUTSIDE = frozenset(
    {
        *("current_setting", "getenv", "getvariable", "nextval", "currval", "setseed"),
        *("write_log", "sleep_ms"),
        *("json_serialize_plan", "json_execute_serialized_sql", "parse_duckdb_log_message", "in_search_path"),
        *("current_query", "current_connection_id", "current_schemas", "query", "query_table", "read_text"),
        *("read_blob", "read_csv", "read_json", "read_parquet", "glob"),
    }
)
_OUTSIDE_PREFIXES = ("pg_", "inet_", "has_", "__internal_", "duckdb_", "pragma_")
_HARMLESS = frozenset({"pg_typeof", "pg_size_pretty"})

Found = tuple[int, str]


def wrong_reads(select: Select, tables: Collection[str]) -> Iterator[Found]:
    """What reads something else than `tables`: the character and the message of each."""
    table_functions: set[int] = set()
    for place in places(select.tree):
        if place.node.get("type") == "TABLE_FUNCTION":
            table_functions.add(id(place.node["function"]))
        if id(place.node) not in table_functions:
            yield from ((select.offset_of(place.node), message) for message in _wrong(place, tables))


def is_own_table(node: Tree, tables: Collection[str]) -> bool:
    """Whether a BASE_TABLE is one of the source's, named without a schema."""
    plain = not node["schema_name"] and not node["catalog_name"]
    return plain and node["table_name"].lower() in {table.lower() for table in tables}


def _wrong(place: Place, tables: Collection[str]) -> Iterator[str]:
    node, kind = place.node, place.node.get("type")
    if node.get("class") in ("FUNCTION", "WINDOW"):
        yield from _wrong_function(node["function_name"].lower())
    elif kind == "BASE_TABLE":
        yield from _wrong_table(place, tables)
    elif kind == "TABLE_FUNCTION":
        name = node["function"].get("function_name", "")
        if name.lower() not in TABLE_FUNCTIONS:
            yield f"must not read from {name}(): only from {', '.join(sorted(tables))}"
    elif kind == "SHOW_REF":
        yield "must be a SELECT, not DESCRIBE, SUMMARIZE or SHOW"
    elif {"alias", "sample"} <= node.keys() and kind not in _RELATIONS:
        yield "reads from something that isn't a table of the source"
    elif isinstance(kind, str) and kind.endswith("_NODE") and kind not in _QUERIES:
        yield "holds a statement that isn't a SELECT"
    for entry in (node.get("cte_map") or {}).get("map", ()):
        if entry["key"].lower() in {table.lower() for table in tables}:
            yield f'must not name a WITH query "{entry["key"]}": a table of the source has that name'


def _wrong_table(place: Place, tables: Collection[str]) -> Iterator[str]:
    node = place.node
    plain = not node["schema_name"] and not node["catalog_name"]
    if is_own_table(node, tables) or (plain and node["table_name"].lower() in place.ctes):
        return
    parts = (node["catalog_name"], node["schema_name"], node["table_name"])
    name = ".".join(part for part in parts if part)
    nearest = did_you_mean(name, tables) if plain else ""
    yield f'must not read "{name}": it isn\'t a table of the source{nearest}'


def _wrong_function(name: str) -> Iterator[str]:
    reaches_out = name in _OUTSIDE or (name.startswith(_OUTSIDE_PREFIXES) and name not in _HARMLESS)
    if reaches_out:
        yield f"must not call {name}(): it reaches outside of the source"
    elif name not in _functions() and name not in TABLE_FUNCTIONS:
        yield f"calls {name}(), which DuckDB doesn't have{did_you_mean(name, _functions())}"


@cache
def _functions() -> frozenset[str]:
    rows = engine().execute(
        "SELECT DISTINCT lower(function_name) FROM duckdb_functions() "
        "WHERE function_type IN ('scalar', 'aggregate', 'macro')"
    )
    return frozenset(row[0] for row in rows.fetchall())
