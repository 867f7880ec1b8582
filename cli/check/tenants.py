"""Tenant isolation: whether every row that a SELECT reads is limited by a locked variable.

The rule, for each SELECT of the text by itself (each arm of a UNION, each subquery, each WITH query)
whose FROM names tables of the source:

- at least one of those tables has a column that must equal the variable: `=`, `IN ($V)` or, for a
  list, `IN $V`, `= ANY($V)`, `list_contains($V, column)`. The condition stands in the WHERE or in the
  ON of an inner join, beside the others with AND (with OR only where each side has it);
- every other of those tables is tied to it by an equality between their columns, or by USING;
- a table that is read twice and limited once is limited each time.

A column that might not be a table's own (a name that the select list invents, a column of a subquery)
doesn't count. Which table has an unqualified column isn't known without the data: beside subqueries it
must be qualified, between tables it is given the benefit of the doubt.
"""

from collections.abc import Collection, Iterator
from typing import Any

from msgspec import Struct

from cli.check.sql_from import UNSURE, Block, Relation, blocks, columns, conjuncts
from cli.check.sql_tree import Select, Tree

_SAME = frozenset({"COMPARE_EQUAL", "COMPARE_NOT_DISTINCT_FROM"})
_CONTAINS = frozenset({"contains", "list_contains", "list_has", "array_contains", "array_has"})
_SPELLING = frozenset({"upper", "lower", "trim", "ltrim", "rtrim", "ucase", "lcase"})


class Locked(Struct, frozen=True):
    """A locked variable: its name in upper case, and whether it is a list."""

    name: str
    is_list: bool = False


class Leak(Struct, frozen=True):
    """A table whose rows the variable doesn't limit. `loose_from` is the table that it isn't tied to,
    where that is what is missing."""

    offset: int
    table: str
    loose_from: str | None = None


def leaks(select: Select, tables: Collection[str], locked: Locked) -> list[Leak]:
    found = (_leak(block, locked) for block in blocks(select, tables))
    return [leak for leak in found if leak]


def reads_tables(select: Select, tables: Collection[str]) -> bool:
    """Whether there is anything that a variable could limit."""
    return any(block.tables for block in blocks(select, tables))


def limited_column(select: Select, tables: Collection[str], locked: Locked) -> str | None:
    """The first column that the variable limits, without its table; None where it limits nothing."""
    for block in blocks(select, tables):
        for condition in block.always:
            for names in _columns_equal_to(condition, locked):
                return names[-1]
    return None


def _leak(block: Block, locked: Locked) -> Leak | None:
    if not block.tables:
        return None
    limited = {each for condition in block.always for each in _limited(block, condition, locked)}
    if not limited:
        return Leak(block.tables[0].offset, block.tables[0].table)
    names = {relation.table.lower() for relation in limited}
    for relation in block.tables:
        if relation.table.lower() in names and relation not in limited:
            return Leak(relation.offset, relation.table)
    return _loose(block, limited)


def _limited(block: Block, condition: Tree, locked: Locked) -> set[Relation]:
    """The tables that a condition limits to the variable; UNSURE for one of several."""
    if condition["type"] == "CONJUNCTION_OR":
        sides = [
            {found for each in conjuncts(side) for found in _limited(block, each, locked)}
            for side in condition["children"]
        ]
        return set.intersection(*sides)
    owners = {block.owner(names) for names in _columns_equal_to(condition, locked)}
    if len(block.tables) < len(block.relations):
        owners.discard(UNSURE)
    return {owner for owner in owners if owner and (owner.table or owner is UNSURE)}


def _loose(block: Block, limited: set[Relation]) -> Leak | None:
    """A table that is joined without being tied to one that the variable limits."""
    groups = {relation: frozenset({relation}) for relation in block.relations}
    doubts = int(UNSURE in limited)
    for ends in _ties(block):
        if UNSURE in ends:
            doubts += 1
        else:
            merged = frozenset().union(*(groups[end] for end in ends))
            groups.update(dict.fromkeys(merged, merged))
    loose = [each for each in dict.fromkeys(groups.values()) if not each & limited]
    outside = [each for each in block.tables if groups[each] in loose and each is _first_table(groups[each])]
    if len(outside) <= doubts:
        return None
    tied = next((each for each in block.tables if each not in outside[-1:]), outside[0])
    return Leak(outside[-1].offset, outside[-1].table, tied.table)


def _first_table(group: frozenset[Relation]) -> Relation:
    return min((each for each in group if each.table), key=lambda each: each.index)


def _ties(block: Block) -> Iterator[set[Relation]]:
    """The relations that an equality between columns, or USING, holds together."""
    yield from (set(pair) for pair in block.using)
    for condition in block.always + block.sometimes:
        if condition["type"] in _SAME:
            left = {block.owner(each) for each in columns(condition["left"])}
            right = {block.owner(each) for each in columns(condition["right"])}
            ends = {end for end in left | right if end}
            if left and right and None not in left | right and (len(ends) > 1 or ends == {UNSURE}):
                yield ends


def _columns_equal_to(condition: Tree, locked: Locked) -> list[list[str]]:
    """The columns that must equal the variable for the condition to hold."""
    kind = condition["type"]
    if locked.is_list:
        pairs = _among(condition)
    elif kind in _SAME:
        pairs = [(condition["left"], condition["right"]), (condition["right"], condition["left"])]
    elif kind == "COMPARE_IN":
        column, *values = condition["children"]
        pairs = [(column, values[0])] if values and all(_is(locked, each) for each in values) else []
    else:
        pairs = []
    found = (_bare(column) for column, value in pairs if _is(locked, value))
    return [column["column_names"] for column in found if column.get("class") == "COLUMN_REF"]


def _among(condition: Tree) -> list[tuple[Tree, Tree]]:
    """The column and the list of `column IN list`, in each of its spellings."""
    if condition.get("class") == "FUNCTION" and condition["function_name"].lower() in _CONTAINS:
        children = condition["children"]
        return [(children[1], children[0])] if len(children) == 2 else []
    if condition.get("class") == "SUBQUERY" and condition["subquery_type"] == "ANY":
        listed = _unnested(condition["subquery"]["node"])
        return [(condition["child"], listed)] if listed and condition["comparison_type"] in _SAME else []
    return []


def _unnested(query: Tree) -> Tree | None:
    """What `SELECT unnest(list)` unnests: DuckDB's reading of `= ANY(list)`."""
    if query["type"] != "SELECT_NODE" or query["from_table"]["type"] != "EMPTY":
        return None
    chosen, *more = query["select_list"]
    if more or chosen.get("function_name") != "unnest" or len(chosen["children"]) != 1:
        return None
    return dict(chosen["children"][0])


def _is(locked: Locked, expression: Tree) -> bool:
    bare = _bare(expression)
    return bare.get("class") == "PARAMETER" and bare["identifier"].upper() == locked.name


def _bare(expression: Any) -> Tree:
    """An expression without casts and changes of case."""
    while True:
        if expression.get("class") == "CAST":
            expression = expression["child"]
        elif expression.get("function_name") in _SPELLING and len(expression["children"]) == 1:
            expression = expression["children"][0]
        else:
            return dict(expression)
