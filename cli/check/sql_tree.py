"""DuckDB's own reading of one SELECT, as a tree of dictionaries.

Positions in the tree are bytes of the UTF-8 text, in errors they are characters; outside of this
module they are characters.
"""

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import duckdb
from msgspec import Struct

Tree = dict[str, Any]
MAX_SQL = 20_000
MAX_DEPTH = 400
NOWHERE = 2**64 - 1
"""The position of a node that has none."""
_KIND_OF_ERROR = re.compile(r"^[A-Z][A-Za-z ]* Error: ")


class WrongSql(Exception):
    """Why a text isn't one SELECT, and at which character."""

    def __init__(self, message: str, offset: int = 0) -> None:
        super().__init__(message)
        self.offset = offset


class Select(Struct, frozen=True):
    """`parameters` are spelt as in the SQL, in its order."""

    sql: str
    tree: Tree
    parameters: tuple[str, ...]

    def offset_of(self, node: Tree) -> int:
        """The character where a node stands; 0 where DuckDB doesn't say."""
        return self.character(node.get("query_location", NOWHERE))

    def character(self, position: int) -> int:
        """The character that begins at a byte of the text; 0 where there is none."""
        raw = self.sql.encode()
        return len(raw[:position].decode(errors="ignore")) if 0 <= position <= len(raw) else 0

    def offset_of_table(self, table: str) -> int:
        """The character where a table is first named."""
        nodes = (place.node for place in places(self.tree) if place.node.get("type") == "BASE_TABLE")
        named = [self.offset_of(node) for node in nodes if node["table_name"].lower() == table.lower()]
        return min(named, default=0)

    def offset_of_parameter(self, name: str) -> int:
        match = _spelt(self.sql, name)
        return match.start() if match else 0


class Place(Struct, frozen=True):
    """A node and the names, in lower case, of the CTEs that can be read there."""

    node: Tree
    ctes: frozenset[str]


@cache
def engine() -> duckdb.DuckDBPyConnection:
    """A DuckDB that parses, and could reach nothing if it did more."""
    return duckdb.connect(
        config={
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "enable_external_access": False,
        }
    )


def parse_select(sql: str) -> Select:
    """Raises WrongSql for anything that isn't exactly one SELECT."""
    if len(sql) > MAX_SQL:
        raise WrongSql(f"is too long: at most {MAX_SQL} characters")
    try:
        statements = engine().extract_statements(sql)
        answer = engine().execute("SELECT json_serialize_sql(?)", [sql]).fetchone()
        parsed = json.loads(answer[0]) if answer else {}
    except RecursionError:
        raise WrongSql("is nested too deeply") from None
    except (duckdb.Error, UnicodeError, ValueError) as why:
        raise WrongSql(_sentence(why), _position_of_error(sql)) from None
    kinds = [statement.type.name for statement in statements]
    if len(kinds) != 1:
        raise WrongSql(f"must be exactly one SELECT, not {len(kinds)} statements" if kinds else "is empty")
    if kinds != ["SELECT"] or parsed.get("error") or len(parsed.get("statements", ())) != 1:
        raise WrongSql(f"must be one SELECT, not {kinds[0]}" if kinds != ["SELECT"] else "must be one SELECT")
    tree = parsed["statements"][0]["node"]
    if _depth(tree) > MAX_DEPTH:
        raise WrongSql("is nested too deeply")
    spelt = sorted(statements[0].named_parameters, key=lambda name: (_first(sql, name), name))
    return Select(sql, tree, tuple(spelt))


def places(tree: Tree) -> Iterator[Place]:
    """Every node with what it can see. A CTE sees those before it, itself only where it is recursive."""
    waiting: list[tuple[Any, frozenset[str]]] = [(tree, frozenset())]
    while waiting:
        value, ctes = waiting.pop()
        if isinstance(value, list):
            waiting.extend((each, ctes) for each in reversed(value))
        elif isinstance(value, dict):
            yield Place(value, ctes)
            waiting.extend(reversed(list(_inside(value, ctes))))


def _inside(node: Tree, ctes: frozenset[str]) -> Iterator[tuple[Any, frozenset[str]]]:
    for entry in (node.get("cte_map") or {}).get("map", ()):
        yield entry["value"], ctes
        ctes |= {entry["key"].lower()}
    itself = {node["cte_name"].lower()} if node.get("type") == "RECURSIVE_CTE_NODE" else set()
    for key, value in node.items():
        if key != "cte_map":
            yield value, ctes | itself if key == "right" else ctes


def _depth(tree: Any) -> int:
    depth, level = 0, [tree]
    while level:
        lists = (list(each.values()) if isinstance(each, dict) else each for each in level)
        level = [child for each in lists for child in each if isinstance(child, dict | list)]
        depth += 1
    return depth


def _sentence(why: Exception) -> str:
    """DuckDB's sentence, without its drawing of the line."""
    return "isn't SQL: " + _KIND_OF_ERROR.sub("", str(why).split("\n\nLINE ")[0])


def _position_of_error(sql: str) -> int:
    try:
        answer = engine().execute("SELECT json_serialize_sql(?)", [sql]).fetchone()
        return int(json.loads(answer[0]).get("position", 0)) if answer else 0
    except (duckdb.Error, ValueError, RecursionError, UnicodeError):
        return 0


def _first(sql: str, name: str) -> int:
    match = _spelt(sql, name)
    return match.start() if match else len(sql)


def _spelt(sql: str, name: str) -> re.Match[str] | None:
    return re.search(rf"\${re.escape(name)}(?!\w)", sql, re.IGNORECASE)
