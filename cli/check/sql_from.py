"""Each SELECT's FROM: what it reads, which conditions hold for all of its rows, what ties its tables."""

from collections.abc import Collection, Iterator
from typing import Any

from msgspec import Struct

from cli.check.sql_reads import is_own_table
from cli.check.sql_tree import Select, Tree, places

# Joins whose ON decides about every row, and those that keep rows of one side in spite of it.
_LIMITING = frozenset({"INNER", "SEMI"})
_LIMIT_LEFT = frozenset({"INNER", "SEMI", "LEFT", "ANTI"})
_LIMIT_RIGHT = frozenset({"INNER", "SEMI", "RIGHT"})


class Relation(Struct, frozen=True):
    """Something in a FROM. `table` is the source's table, "" for a subquery, a WITH query or a function;
    `name` is what qualifies its columns, in lower case."""

    index: int
    name: str
    table: str = ""
    offset: int = 0


# Which of several relations has an unqualified column can't be told without the data.
UNSURE = Relation(-1, "")


class Block(Struct):
    """One SELECT. `always` are the conditions that each of its rows meets, `sometimes` those of outer
    joins, `using` the relations tied by column names. `invented` are the select list's names for what
    isn't made of columns: DuckDB takes them for columns where a table has none of that name."""

    relations: list[Relation]
    always: list[Tree]
    sometimes: list[Tree]
    using: list[tuple[Relation, Relation]]
    invented: frozenset[str] = frozenset()

    @property
    def tables(self) -> list[Relation]:
        return [relation for relation in self.relations if relation.table]

    def owner(self, column: list[str]) -> Relation | None:
        """The relation that a column is of; None for a column of something else."""
        first, *rest = (name.lower() for name in column)
        if rest:
            qualifier = rest[0] if first == "main" and len(rest) > 1 else first
            return next((each for each in self.relations if each.name == qualifier), None)
        if first in self.invented or not self.relations:
            return None
        return self.relations[0] if len(self.relations) == 1 else UNSURE


def blocks(select: Select, tables: Collection[str]) -> Iterator[Block]:
    """Every SELECT of the text, however deep it stands."""
    for place in places(select.tree):
        node = place.node
        if node.get("type") == "SELECT_NODE":
            block = _read(select, tables, node["from_table"])
            block.always += conjuncts(node["where_clause"])
            block.invented = frozenset(_invented(node["select_list"]))
            yield block
        elif node.get("type") == "PIVOT":
            # Nothing limits what it pivots but a subquery of its own.
            yield _read(select, tables, node["source"])


def conjuncts(condition: Tree | None) -> list[Tree]:
    """The conditions that all must hold."""
    if condition is None:
        return []
    if condition["type"] == "CONJUNCTION_AND":
        return [each for child in condition["children"] for each in conjuncts(child)]
    return [condition]


def columns(expression: Tree) -> list[list[str]]:
    """The columns in an expression, each as its parts; those of a subquery inside are its own."""
    found: list[list[str]] = []
    waiting: list[Any] = [expression]
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting += value
        elif isinstance(value, dict) and value.get("class") == "COLUMN_REF":
            found.append(value["column_names"])
        elif isinstance(value, dict) and value.get("class") != "SUBQUERY":
            waiting += value.values()
    return found


def _read(select: Select, tables: Collection[str], from_table: Tree) -> Block:
    block = Block([], [], [], [])
    _add(block, select, tables, from_table, True)
    return block


def _add(block: Block, select: Select, tables: Collection[str], ref: Tree, limits: bool) -> list[Relation]:
    """Adds what `ref` reads. `limits` says whether its conditions hold for all rows of the SELECT."""
    kind = ref["type"]
    if kind == "EMPTY":
        return []
    if kind != "JOIN":
        name, table = ref["alias"], ""
        if kind == "BASE_TABLE":
            name = name or ref["table_name"]
            table = ref["table_name"] if is_own_table(ref, tables) else ""
        relation = Relation(len(block.relations), name.lower(), table, select.offset_of(ref))
        block.relations.append(relation)
        return [relation]
    join = ref["join_type"]
    left = _add(block, select, tables, ref["left"], limits and join in _LIMIT_LEFT)
    right = _add(block, select, tables, ref["right"], limits and join in _LIMIT_RIGHT)
    (block.always if limits and join in _LIMITING else block.sometimes).extend(conjuncts(ref["condition"]))
    if ref["using_columns"] or ref["ref_type"] == "NATURAL":
        block.using += zip(left[:1], right[:1], strict=False)
    return left + right


def _invented(select_list: list[Tree]) -> Iterator[str]:
    for expression in select_list:
        if expression["alias"] and (not columns(expression) or _has_parameter(expression)):
            yield expression["alias"].lower()


def _has_parameter(expression: Tree) -> bool:
    return any(place.node.get("class") == "PARAMETER" for place in places(expression))
