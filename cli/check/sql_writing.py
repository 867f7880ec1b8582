"""The query that is executed: the tree that was checked, written out again with its variables cast.

What an author wrote is never run. Each `$NAME` becomes a cast of the parameter to the variable's declared
type, and `column IN ($NAME)` with a list asks whether the list has the column's value.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import duckdb
from msgspec import Struct

from clerestory.dashboards import Variable
from cli.check.sql_tree import NOWHERE, Select, Tree, WrongSql, engine, places

SQL_TYPES = {"string": "VARCHAR", "number": "DOUBLE", "boolean": "BOOLEAN", "date": "DATE"}


class Written(Struct, frozen=True):
    """`parameters` are the variables that it binds, in upper case. `origins` are pairs of a byte of `sql` and
    the character of the author's text that it comes from, sorted."""

    sql: str
    parameters: tuple[str, ...]
    origins: tuple[tuple[int, int], ...]


def written(select: Select, variables: Mapping[str, Variable]) -> Written:
    """Raises WrongSql for what can't be written out again as it was read. Parameters that aren't variables
    are a mistake of their own: they stay as they are."""
    tree = _Rewriting(select, variables).of(select.tree)
    statement = {"error": False, "statements": [{"node": tree, "named_param_map": []}]}
    sql = _text_of(statement)
    again = _tree_of(sql)
    pairs = _matching(tree, again)
    if pairs is None:
        raise WrongSql("can't be written out again as it stands: write it more plainly")
    origins = sorted({(there, select.character(here)) for here, there in pairs})
    names = {place.node["identifier"] for place in places(tree) if place.node.get("class") == "PARAMETER"}
    return Written(sql, tuple(sorted(names)), tuple(origins))


class _Rewriting(Struct, frozen=True):
    select: Select
    variables: Mapping[str, Variable]

    def of(self, node: Any) -> Any:
        if isinstance(node, list):
            return [self.of(each) for each in node]
        if not isinstance(node, dict):
            return node
        if node.get("class") == "PARAMETER":
            return self.parameter(node)
        if node.get("type") in ("COMPARE_IN", "COMPARE_NOT_IN") and self.has_list(node["children"][1:]):
            return self.among(node)
        if node.get("class") == "CONSTANT" and _loses_its_type(node["value"]["type"]):
            return _typed(node)
        if node.get("type") == "JOIN":
            node = _bracketed(node)
        return {key: self.of(value) for key, value in node.items()}

    def parameter(self, node: Tree) -> Tree:
        name = node["identifier"].upper()
        variable = self.variables.get(name)
        if variable is None:
            return node
        scalar: Tree = {"id": SQL_TYPES[variable.type], "type_info": None}
        listed = {"type": "LIST_TYPE_INFO", "alias": "", "extension_info": None, "child_type": scalar}
        bare = node | {"identifier": name, "alias": ""}
        return _cast(bare, {"id": "LIST", "type_info": listed} if variable.list else scalar, node["alias"])

    def has_list(self, values: list[Tree]) -> bool:
        names = (value["identifier"].upper() for value in values if value.get("class") == "PARAMETER")
        return any(name in self.variables and self.variables[name].list for name in names)

    def among(self, node: Tree) -> Tree:
        """`column IN ($LIST)`."""
        column, *values = node["children"]
        if len(values) > 1:
            at = self.select.offset_of(node)
            raise WrongSql("has a list beside other values: write column IN ($NAME) by itself", at)
        contains = _function("contains", [self.of(values[0]), self.of(column)], node)
        if node["type"] == "COMPARE_IN":
            return contains
        return node | {"type": "OPERATOR_NOT", "children": [contains | {"alias": ""}]}


def _bracketed(join: Tree) -> Tree:
    """A cross join within another join. It would be written out as a comma, which binds looser than what
    stands around it: as an inner join on true it keeps its place."""
    sides = ("right",) if join["ref_type"] == "CROSS" else ("left", "right")
    crosses = [side for side in sides if join[side].get("ref_type") == "CROSS"]
    return join | {side: join[side] | {"ref_type": "REGULAR", "condition": _TRUE} for side in crosses}


def _loses_its_type(kind: Tree) -> bool:
    """1e10 would be written out as 10000000000.0, a DECIMAL; `1.`, a DECIMAL, as the INTEGER 1."""
    return kind["id"] in ("DOUBLE", "FLOAT") or (kind["id"] == "DECIMAL" and kind["type_info"]["scale"] == 0)


def _typed(node: Tree) -> Tree:
    """The constant as a cast of its text to its type."""
    value = node["value"]["value"]
    # What has more than 64 bits comes in two halves.
    spelt = str((value["upper"] << 64) + value["lower"]) if isinstance(value, dict) else repr(value)
    constant = {"type": {"id": "VARCHAR", "type_info": None}, "is_null": False}
    text = node | {"alias": "", "value": constant | {"value": spelt}}
    return _cast(text, node["value"]["type"], node["alias"])


def _function(name: str, children: list[Tree], node: Tree) -> Tree:
    """A call in the place of `node`."""
    return {
        "class": "FUNCTION",
        "type": "FUNCTION",
        "alias": node["alias"],
        "query_location": node["query_location"],
        "function_name": name,
        "schema": "",
        "children": children,
        "filter": None,
        "order_bys": {"type": "ORDER_MODIFIER", "orders": []},
        "distinct": False,
        "is_operator": False,
        "export_state": False,
        "catalog": "",
    }


def _cast(child: Tree, to: Tree, alias: str) -> Tree:
    return {
        "class": "CAST",
        "type": "OPERATOR_CAST",
        "alias": alias,
        "query_location": child["query_location"],
        "child": child,
        "cast_type": to,
        "try_cast": False,
    }


_TRUE = _cast(
    {
        "class": "CONSTANT",
        "type": "VALUE_CONSTANT",
        "alias": "",
        "query_location": NOWHERE,
        "value": {"type": {"id": "VARCHAR", "type_info": None}, "is_null": False, "value": "t"},
    },
    {"id": "BOOLEAN", "type_info": None},
    "",
)


def _text_of(statement: Tree) -> str:
    try:
        row = engine().execute("SELECT json_deserialize_sql(?::JSON)", [json.dumps(statement)]).fetchone()
    except duckdb.Error:
        raise WrongSql("can't be written out again") from None
    return str(row[0]) if row else ""


def _tree_of(sql: str) -> Tree:
    row = engine().execute("SELECT json_serialize_sql(?)", [sql]).fetchone()
    parsed = json.loads(row[0]) if row else {}
    if parsed.get("error") or len(parsed.get("statements", ())) != 1:
        raise WrongSql("can't be written out again")
    tree: Tree = parsed["statements"][0]["node"]
    return tree


def _matching(here: Tree, there: Tree) -> list[tuple[int, int]] | None:
    """The positions of each node in both trees; None where they aren't the same query."""
    pairs: list[tuple[int, int]] = []
    waiting: list[tuple[Any, Any]] = [(here, there)]
    while waiting:
        one, other = waiting.pop()
        if isinstance(one, dict) and isinstance(other, dict):
            other = _without_wrapping(one, other)
            if one.keys() != other.keys():
                return None
            pairs.extend(_positions(one, other))
            waiting.extend((one[key], other[key]) for key in one if key != "query_location")
        elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
            waiting.extend(zip(one, other, strict=True))
        elif type(one) is not type(other) or one != other:
            return None
    return pairs


def _positions(one: Tree, other: Tree) -> Iterator[tuple[int, int]]:
    here, there = one.get("query_location", NOWHERE), other.get("query_location", NOWHERE)
    if NOWHERE not in (here, there):
        yield here, there


def _without_wrapping(one: Tree, other: Tree) -> Tree:
    """VALUES in a FROM is written out as a SELECT of everything from it."""
    if one.get("type") != "EXPRESSION_LIST" or other.get("type") != "SUBQUERY":
        return other
    inside = other["subquery"]["node"]
    inner: Tree = inside.get("from_table", {})
    plain = inside.get("type") == "SELECT_NODE" and inside["where_clause"] is None and not inside["modifiers"]
    star = len(inside.get("select_list", ())) == 1 and inside["select_list"][0].get("class") == "STAR"
    return inner | {"alias": other["alias"]} if plain and star else other
