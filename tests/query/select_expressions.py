"""Expressions of generated SELECTs, over the columns that are within reach."""

import random
import re

from msgspec import Struct

from tests.query.select_grammar import AGGREGATES, COLUMNS, FAILING, LOCAL_AGGREGATES, PLAIN, TABLES, TRAPS

_PLACE = re.compile(r"<(\w+)>")
_DEEPEST = 3
_CONSTANTS = {
    "int": "4",
    "num": "0.5::DOUBLE",
    "dec": "2.5",
    "text": "'7'",
    "bool": "true",
    "date": "DATE '2013-01-03'",
    "ts": "TIMESTAMP '2013-01-03 04:05:06'",
    "tz": "TIMESTAMPTZ '2013-01-03 04:05:06+00'",
    "time": "TIME '04:05'",
    "span": "INTERVAL 3 DAYS",
    "ints": "[1, NULL]::BIGINT[]",
    "texts": "['a']",
    "struct": "{'a': 1, 'b': 'x', 'c': [1]}",
    "map": "MAP {'p': 1, 'q': 2}",
    "lists": "[[1], [2]]",
    "uuid": "'00000000-0000-4000-8000-000000000001'::UUID",
    "blob": "'x'::BLOB",
}
KINDS = (
    *("int", "int", "num", "dec", "text", "text", "bool", "date", "ts", "tz", "time", "span", "ints"),
    *("texts", "struct", "map", "lists", "uuid"),
)


class Reach(Struct):
    """The columns that an expression can name, each spelt whole. `local`: they come from one table, in its
    order."""

    columns: list[str]
    local: bool

    def of(self, kind: str) -> list[str]:
        return [column for column in self.columns if COLUMNS.get(last(column)) == kind]

    def named(self, name: str) -> list[str]:
        return [column for column in self.columns if last(column) == name]


def last(column: str) -> str:
    return column.rpartition(".")[2]


class Expressions:
    """What is chosen for one query; `constructs` are the names of what has been."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.constructs: set[str] = set()
        self.aliases = 0
        self.ctes: list[str] = []
        self.may_fail = chance.random() < 0.35
        self.in_order = chance.random() < 0.5  # so that no subquery, a join to the plan, changes the order

    def where(self, reach: Reach) -> str:
        if self.chance.random() < 0.45:
            return ""
        self.constructs.add("where")
        return f" WHERE {self.expression('bool', reach)}"

    def aggregate(self, reach: Reach) -> str:
        pool = AGGREGATES + (LOCAL_AGGREGATES if reach.local and self.in_order else ())
        return self.filled(self.chance.choice(pool), reach, 1)

    def any(self, reach: Reach) -> str:
        return self.expression(self.chance.choice(KINDS), reach)

    def expression(self, kind: str, reach: Reach, depth: int = 0) -> str:
        if kind == "any":
            return self.any(reach) if depth < _DEEPEST else self.expression("int", reach, depth)
        if not self.in_order and kind in ("int", "bool") and depth < 2 and self.chance.random() < 0.06:
            return self.subquery(kind, reach)
        if self.may_fail and kind in FAILING and self.chance.random() < 0.3:
            template = self.chance.choice(FAILING[kind])
            if self.fits(template, reach):
                self.may_fail = False
                self.constructs.add("failing")
                return self.filled(template, reach, depth + 1)
        columns = reach.of(kind)
        if columns and (depth >= _DEEPEST or self.chance.random() < 0.4):
            return self.chance.choice(columns)
        return self.composed(kind, reach, depth)

    def composed(self, kind: str, reach: Reach, depth: int) -> str:
        traps = [each for each in TRAPS.get(kind, ()) if self.fits(each, reach)]
        if traps and self.chance.random() < 0.5:
            self.constructs.add("trap")
            return self.filled(self.chance.choice(traps), reach, depth + 1)
        if depth > _DEEPEST:
            return _CONSTANTS[kind]
        return self.filled(self.chance.choice(PLAIN[kind]), reach, depth + 1)

    def fits(self, template: str, reach: Reach) -> bool:
        return all(name in PLAIN or name == "any" or reach.named(name) for name in _PLACE.findall(template))

    def filled(self, template: str, reach: Reach, depth: int) -> str:
        """The template with its places filled. `<0>` stands for what fills the first."""
        first: list[str] = []

        def fill(place: re.Match[str]) -> str:
            name = place[1]
            if name == "0":
                return first[0]
            columns = [] if name in PLAIN or name == "any" else reach.named(name) or reach.of(COLUMNS[name])
            text = (
                self.chance.choice(columns)
                if columns
                else self.expression(COLUMNS.get(name, name), reach, depth)
            )
            first.append(text)
            return text

        return _PLACE.sub(fill, template)

    def subquery(self, kind: str, outer: Reach) -> str:
        table, inner = self.table()
        key, own = outer.named("k")[0], inner.named("k")[0]
        both = Reach([*inner.columns, *outer.columns], False)
        form = self.chance.choice(
            ["scalar", "correlated"] if kind == "int" else ["exists", "in", "not exists"]
        )
        self.constructs.add(f"{form} subquery")
        if form == "scalar":
            return f"(SELECT max({self.expression('int', inner, 2)}) FROM {table})"
        if form == "correlated":
            return f"(SELECT max({self.expression('int', inner, 2)}) FROM {table} WHERE {own} = {key})"
        if form == "in":
            return f"{key} IN (SELECT {self.expression('int', inner, 2)} FROM {table})"
        test = self.expression("bool", both, 2)
        return (
            f"{'NOT ' * (form == 'not exists')}EXISTS (SELECT 1 FROM {table} WHERE {own} = {key} AND {test})"
        )

    def table(self) -> tuple[str, Reach]:
        name = self.chance.choice(["facts"] * 4 + list(TABLES))
        self.constructs.add(f"table {name}")
        alias = self.alias()
        return f"{name} {alias}", Reach([f"{alias}.{column}" for column in TABLES[name].split()], True)

    def listed(self, values: list[str]) -> str:
        return ", ".join(f"{value} AS c{number}" for number, value in enumerate(values))

    def some(self, share: float, construct: str, text: str) -> str:
        if self.chance.random() >= share:
            return ""
        self.constructs.add(construct)
        return text

    def alias(self) -> str:
        self.aliases += 1
        return f"t{self.aliases}"
