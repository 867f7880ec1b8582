"""What a SELECT may read: its source's tables and nothing else, through functions that only compute."""

from collections.abc import Collection, Iterator
from functools import cache

from cli.check.mistakes import did_you_mean
from cli.check.sql_functions import FUNCTIONS, TABLE_FUNCTIONS
from cli.check.sql_tree import Place, Select, Tree, engine, places

_RELATIONS = frozenset(
    {"BASE_TABLE", "JOIN", "SUBQUERY", "TABLE_FUNCTION", "EXPRESSION_LIST", "EMPTY", "PIVOT"}
)
_QUERIES = frozenset({"SELECT_NODE", "SET_OPERATION_NODE", "RECURSIVE_CTE_NODE", "CTE_NODE"})
_EXPRESSIONS = frozenset(
    {"BETWEEN", "CASE", "CAST", "COLLATE", "COLUMN_REF", "COMPARISON", "CONJUNCTION", "CONSTANT", "FUNCTION"}
    | {"LAMBDA", "LAMBDA_REF", "OPERATOR", "PARAMETER", "POSITIONAL_REFERENCE", "STAR", "SUBQUERY", "WINDOW"}
    | {"TYPE"}
)

# What stands under these keys of a tree is the parser's own.
_NO_NAMES = frozenset(
    {
        "class",
        "type",
        "id",
        "ref_type",
        "join_type",
        "function_name",
        "schema",
        "catalog",
        "aggregate_handling",
    }
)

Finding = tuple[int, str]


def wrong_reads(select: Select, tables: Collection[str]) -> Iterator[Finding]:
    """What reads something else than `tables`: the character and the message of each."""
    table_functions: set[int] = set()
    for place in places(select.tree):
        if place.node.get("type") == "TABLE_FUNCTION":
            table_functions.add(id(place.node["function"]))
        if id(place.node) not in table_functions:
            yield from ((select.offset_of(place.node), message) for message in _wrong(place, tables))


def tables_read(select: Select, tables: Collection[str]) -> tuple[str, ...]:
    """Those of the source's tables that it names, as the source spells them."""
    named = {
        place.node["table_name"].lower()
        for place in places(select.tree)
        if place.node.get("type") == "BASE_TABLE" and _is_plain(place.node)
    }
    return tuple(table for table in tables if table.lower() in named)


def columns_named(select: Select) -> tuple[str, ...] | None:
    """In lower case, every name that could be that of a column which the SELECT needs, and more. None where
    it may need columns that it doesn't name, or a whole row."""
    tables: set[str] = set()
    references: list[list[str]] = []
    for place in places(select.tree):
        node = place.node
        if _needs_unnamed(node):
            return None
        if {"alias", "sample"} <= node.keys():
            tables |= {str(node["alias"]).lower(), str(node.get("table_name", "")).lower()}
        if node.get("class") == "COLUMN_REF":
            references.append([name.lower() for name in node["column_names"]])
    if any(last in tables and not tables & set(before) for *before, last in references):
        return None
    return tuple(sorted(_texts(select.tree)))


def _needs_unnamed(node: Tree) -> bool:
    """By `*` and `#2`, a pivot, a natural join, or names that columns get by their places."""
    if node.get("class") in ("STAR", "POSITIONAL_REFERENCE") or node.get("type") == "PIVOT":
        return True
    return node.get("ref_type") == "NATURAL" or bool(node.get("column_name_alias"))


def _texts(value: object) -> set[str]:
    if isinstance(value, str):
        return {value.lower()} - {""}
    if isinstance(value, dict):
        value = [inner for key, inner in value.items() if key not in _NO_NAMES]
    return set().union(*map(_texts, value)) if isinstance(value, list) else set()


def _is_plain(node: Tree) -> bool:
    """Whether a table is named without a schema."""
    return not node["schema_name"] and not node["catalog_name"]


def _wrong(place: Place, tables: Collection[str]) -> Iterator[str]:
    node, kind = place.node, place.node.get("type")
    if "class" in node and node["class"] not in _EXPRESSIONS:
        yield f"holds what isn't read here: {str(node['class']).lower()}"
    if node.get("class") in ("FUNCTION", "WINDOW"):
        yield from _wrong_function(node)
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
    own = {table.lower() for table in tables}
    if node.get("at_clause"):
        yield "must not name a version of a table: there is only one"
    if _is_plain(node) and node["table_name"].lower() in own | place.ctes:
        return
    parts = (node["catalog_name"], node["schema_name"], node["table_name"])
    name = ".".join(part for part in parts if part)
    nearest = did_you_mean(name, tables) if _is_plain(node) else ""
    yield f'must not read "{name}": it isn\'t a table of the source{nearest}'


def _wrong_function(node: Tree) -> Iterator[str]:
    """DuckDB's parser itself writes `main.` before what it has other spellings for."""
    name = node["function_name"].lower()
    if node.get("catalog") or node.get("schema", "").lower() not in ("", "main"):
        yield f"must not name a schema before {name}()"
    elif name not in FUNCTIONS | TABLE_FUNCTIONS and name in known_functions():
        yield f"must not call {name}(): it isn't one of the functions that only compute"
    elif name not in FUNCTIONS | TABLE_FUNCTIONS:
        yield f"calls {name}(), which DuckDB doesn't have{did_you_mean(name, FUNCTIONS)}"


@cache
def known_functions() -> frozenset[str]:
    """All that DuckDB has, allowed or not."""
    rows = engine().execute("SELECT DISTINCT lower(function_name) FROM duckdb_functions()")
    return frozenset(row[0] for row in rows.fetchall())
