"""Generated SELECTs over the data sets' tables: from a seed, the same for ever.

What a query gives never hangs on what SQL leaves open: the order of rows that are equal in an ORDER BY, or
which of two faults is met first. Whatever hangs on the order of rows stands over one table only.
"""

import random
import re
from collections.abc import Callable

from msgspec import Struct

from tests.query.select_grammar import (
    AGGREGATES,
    COLUMNS,
    FAILING,
    LOCAL_AGGREGATES,
    LOCAL_WINDOWS,
    PLAIN,
    TABLES,
    TRAPS,
    WINDOWS,
)

_PLACE = re.compile(r"<(\w+)>")
_DEEPEST = 3


class Generated(Struct, frozen=True):
    """`constructs` are the names of what is in it; `ordered` says that its rows come in one order."""

    sql: str
    constructs: frozenset[str]
    ordered: bool


class Reach(Struct):
    """The columns that an expression can name, each spelt whole. `local`: they come from one table, in its
    order."""

    columns: list[str]
    local: bool

    def of(self, kind: str) -> list[str]:
        return [column for column in self.columns if COLUMNS.get(_last(column)) == kind]

    def named(self, name: str) -> list[str]:
        return [column for column in self.columns if _last(column) == name]


def _last(column: str) -> str:
    return column.rpartition(".")[2]


def generated(seed: int) -> Generated:
    writer = _Writer(random.Random(seed))
    sql, ordered = writer.statement()
    return Generated(sql, frozenset(writer.constructs), ordered)


class _Writer:
    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.constructs: set[str] = set()
        self.aliases = 0
        self.ctes: list[str] = []
        self.may_fail = chance.random() < 0.35
        self.in_order = chance.random() < 0.5  # so that no subquery, a join to the plan, changes the order

    def statement(self) -> tuple[str, bool]:
        body = self.query(0)
        ordered = self.chance.random() < 0.4
        if ordered:
            self.constructs.add("order by")
            body = f"SELECT * FROM ({body}) ORDER BY ALL" + self.chance.choice(
                ["", " LIMIT 20", " DESC OFFSET 3"]
            )
        with_ = f"WITH {', '.join(self.ctes)} " if self.ctes else ""
        return with_ + body, ordered

    # Queries

    def query(self, depth: int) -> str:
        """A SELECT whose columns are called c0, c1, …"""
        kinds: list[Callable[[int], str]] = [self.one_of_kind, self.starred]
        kinds += [self.projection] * 3 + [self.grouped] * 3 + [self.windowed] * 2
        if depth < 2:
            kinds += [self.united]
        return self.chance.choice(kinds)(depth)

    def projection(self, depth: int) -> str:
        tables, reach = self.tables(depth)
        distinct = self.some(0.15, "distinct", "DISTINCT ")
        columns = self.listed([self.any(reach) for _ in range(self.chance.randint(1, 3))])
        limit = (
            self.some(0.2, "limit without order", " LIMIT 7")
            if reach.local and self.in_order and not distinct
            else ""
        )
        return f"SELECT {distinct}{columns} FROM {tables}{self.where(reach)}{limit}"

    def grouped(self, depth: int) -> str:
        tables, reach = self.tables(depth)
        self.constructs.add("aggregate")
        values = [self.aggregate(reach) for _ in range(self.chance.randint(1, 3))]
        if self.chance.random() < 0.3:
            return f"SELECT {self.listed(values)} FROM {tables}{self.where(reach)}"
        keys = [self.expression(self.chance.choice(["int", "text", "bool", "date"]), reach) for _ in range(2)]
        form = self.chance.choice(["GROUP BY ALL", "GROUP BY 1, 2", "ROLLUP", "CUBE", "GROUPING SETS"])
        self.constructs.add(form.lower())
        by = {"ROLLUP": "GROUP BY ROLLUP (1, 2)", "CUBE": "GROUP BY CUBE (1, 2)"}.get(form, form)
        if form in ("ROLLUP", "CUBE", "GROUPING SETS"):
            sets = {"GROUPING SETS": f"GROUPING SETS (({keys[0]}), ({keys[1]}), ())"}
            by = "GROUP BY " + sets.get(form, f"{form} ({keys[0]}, {keys[1]})")
        having = self.some(0.3, "having", f" HAVING {self.chance.choice(['count(*) > 3', 'max(1) = 1'])}")
        return f"SELECT {self.listed(keys + values)} FROM {tables}{self.where(reach)} {by}{having}"

    def windowed(self, depth: int) -> str:
        tables, reach = self.tables(depth)
        self.constructs.add("window")
        pool = WINDOWS + (LOCAL_WINDOWS * 2 if reach.local and self.in_order else ())
        values = [self.filled(self.chance.choice(pool), reach, 1) for _ in range(self.chance.randint(1, 2))]
        qualify = self.some(
            0.25, "qualify", f" QUALIFY rank() OVER (ORDER BY {self.expression('int', reach)}) < 9"
        )
        columns = self.listed([self.any(reach), *values])
        return f"SELECT {columns} FROM {tables}{self.where(reach)}{qualify}"

    def united(self, depth: int) -> str:
        operator = self.chance.choice(
            ["UNION", "UNION ALL", "INTERSECT", "EXCEPT", "INTERSECT ALL", "EXCEPT ALL", "UNION BY NAME"]
        )
        self.constructs.add(operator.lower())
        kinds = [self.chance.choice(["int", "text", "date", "bool"]) for _ in range(2)]
        arms = []
        for _ in range(2):
            tables, reach = self.tables(depth + 1)
            columns = self.listed([self.expression(kind, reach) for kind in kinds])
            arms.append(f"(SELECT {columns} FROM {tables}{self.where(reach)})")
        return f" {operator} ".join(arms)

    def starred(self, depth: int) -> str:
        table, reach = self.table()
        name = reach.named("k")[0]
        form = self.chance.choice(
            [
                "SELECT *",
                "SELECT * EXCLUDE (k)",
                f"SELECT * REPLACE ({name} + 1 AS k)",
                "SELECT COLUMNS('^[nk]')",
                "SELECT min(COLUMNS(*))",
                f"SELECT st.*, {name} AS c9",
                "SELECT * LIKE 'n%'",
                "SELECT * RENAME (k AS kk)",
                "SELECT sum(COLUMNS(c -> c IN ('k', 'n')))",
                "SELECT unnest(l) AS c0",
                "SELECT unnest(st)",
                f"SELECT DISTINCT ON ({name}) *",
            ]
        )
        self.constructs.add(re.sub(r"\bt\d+\.", "", form.lower()))
        shown = " ORDER BY k, rid" if "DISTINCT ON" in form else ""
        blob = "" if "*" not in form or "st" in form else " "
        body = f"{form} FROM {table}{blob}{self.where(reach)}{shown}"
        return body if "b" not in reach.columns else f"SELECT COLUMNS(c -> c <> 'b') FROM ({body})"

    def one_of_kind(self, depth: int) -> str:
        """Constructs of which one text each is enough, with an expression or two that vary."""
        table, reach = self.table()
        number, test = self.expression("int", reach), self.expression("bool", reach)
        forms = {
            "pivot": f"FROM (PIVOT (SELECT k, flag_, {number} AS v FROM {table} CROSS JOIN (SELECT {{bool}} AS flag_)) "
            "ON k IN (0, 1, 2) USING sum(v), count(*) GROUP BY flag_)",
            "unpivot": f"FROM (UNPIVOT (SELECT rid, k::BIGINT AS k, n FROM {table}) ON k, n INTO NAME a VALUE v)",
            "recursive cte": "WITH RECURSIVE r(i, v) AS (SELECT 0, 0::HUGEINT UNION ALL SELECT i + 1, v + "
            f"(SELECT max({number})::BIGINT FROM {table} WHERE {test}) FROM r WHERE i < 4) SELECT * FROM r",
            "recursive walk": f"WITH RECURSIVE r AS (SELECT rid FROM {table} WHERE {test} UNION "
            f"SELECT f.rid FROM facts f JOIN r ON f.k = r.rid) SELECT count(*), max(rid) FROM r",
            "sample": f"SELECT count(*) <= 30 AS c0 FROM (SELECT * FROM {table} WHERE {test} USING SAMPLE reservoir(30 ROWS) REPEATABLE (7))",
            "tablesample": f"SELECT coalesce(max(rid), 0) < 600 FROM {table} TABLESAMPLE reservoir(50%) REPEATABLE (7)",
            "values": f"SELECT {number} AS c0, v.y FROM {table}, (VALUES (1, 'a'), (2, 'b')) v(x, y) WHERE v.x = k",
            "generate_series": f"SELECT g.i, count({number}) FROM generate_series(0, 6) g(i), {table} WHERE g.i = k "
            "GROUP BY 1",
            "any": f"SELECT k FROM {table} WHERE {number} = ANY (SELECT k FROM common)",
            "all": f"SELECT k FROM {table} WHERE {number} >= ALL (SELECT n FROM two)",
            "row comparison": f"SELECT k FROM {table} WHERE (k, {number}) IN (SELECT k, n FROM many)",
            "named window": f"SELECT rid, sum({number}) OVER w FROM {table} WINDOW w AS (PARTITION BY k)",
            "limit by a subquery": f"SELECT rid FROM {table} WHERE {test} ORDER BY rid LIMIT (SELECT max(k) FROM two)",
            "limit percent": f"SELECT rid, {number} AS c1 FROM {table} WHERE {test} ORDER BY rid LIMIT 10%",
            "natural join": f"SELECT count(*), sum({number}) FROM {table} NATURAL JOIN common",
            "summary of a struct": f"SELECT row(count(*), max(rid)) AS c0 FROM {table} WHERE {test}",
            "whole row": f"SELECT {reach.columns[0].split('.')[0]} IS NULL AS c0 FROM {table} WHERE {test}",
        }
        name = self.chance.choice(list(forms))
        self.constructs.add(name)
        return forms[name].replace("{bool}", "true")

    # Tables

    def table(self) -> tuple[str, Reach]:
        name = self.chance.choice(["facts"] * 4 + list(TABLES))
        self.constructs.add(f"table {name}")
        alias = self.alias()
        return f"{name} {alias}", Reach([f"{alias}.{column}" for column in TABLES[name].split()], True)

    def tables(self, depth: int) -> tuple[str, Reach]:
        if depth < 2 and self.chance.random() < 0.3:
            return self.derived(depth)
        left, reach = self.table()
        for _ in range(self.chance.choice([0, 0, 0, 1, 1, 2])):
            left, reach = self.joined(left, reach)
        return left, reach

    def derived(self, depth: int) -> tuple[str, Reach]:
        """A subquery or a WITH query, whose columns keep their names."""
        tables, reach = self.tables(depth + 1)
        names = self.chance.sample(sorted({_last(each) for each in reach.columns}), 4)
        chosen = [reach.named(name)[0] for name in sorted({*names, "k"})]
        body = f"SELECT {', '.join(chosen)} FROM {tables}{self.where(reach)}"
        alias = self.alias()
        there = Reach([f"{alias}.{_last(each)}" for each in chosen], reach.local)
        if self.chance.random() < 0.5:
            self.constructs.add("subquery in from")
            return f"({body}) {alias}", there
        how = self.chance.choice(["", "MATERIALIZED ", "NOT MATERIALIZED "])
        self.constructs.add(f"{how.lower()}cte")
        self.ctes.append(f"q{alias} AS {how}({body})")
        return f"q{alias} {alias}", there

    def joined(self, left: str, reach: Reach) -> tuple[str, Reach]:
        form = self.chance.choice(
            [
                "JOIN",
                "LEFT JOIN",
                "RIGHT JOIN",
                "FULL JOIN",
                "SEMI JOIN",
                "ANTI JOIN",
                "ASOF JOIN",
                "ASOF LEFT JOIN",
                "POSITIONAL JOIN",
                "LATERAL",
                "UNNEST",
                "CROSS JOIN",
                "INEQUALITY",
                "COMMON",
            ]
        )
        if form == "POSITIONAL JOIN" and not (reach.local and self.in_order):
            form = "JOIN"
        self.constructs.add(form.lower())
        alias = self.alias()
        key = reach.named("k")[0]
        if form == "LATERAL":
            value = self.expression("int", reach)
            lateral = f"(SELECT max(i.n) AS n, count(*) AS k FROM two i WHERE i.k = {key} AND i.n > {value}) {alias}"
            return f"{left}, LATERAL {lateral}", Reach([*reach.columns, f"{alias}.n"], False)
        if form == "UNNEST":
            return f"{left}, unnest({self.expression('ints', reach)}) {alias}(n)", Reach(
                [*reach.columns, f"{alias}.n"], False
            )
        if form == "COMMON":
            join = self.chance.choice(["JOIN", "LEFT JOIN"])
            both = Reach([*reach.columns, f"{alias}.weight", f"{alias}.label"], False)
            return f"{left} {join} common {alias} ON {alias}.k = {key}", both
        if form == "CROSS JOIN":
            few = f"(SELECT rid, k, n, day FROM dated WHERE rid < 5) {alias}"
            return f"{left} CROSS JOIN {few}", Reach(
                [*reach.columns, *(f"{alias}.{c}" for c in ("rid", "n"))], False
            )
        return self.joined_with_a_table(form, left, reach)

    def joined_with_a_table(self, form: str, left: str, reach: Reach) -> tuple[str, Reach]:
        right, there = self.table()
        alias = there.columns[0].partition(".")[0]
        rid = (reach.named("rid") or reach.named("k"))[0]
        both = Reach([*reach.columns, *there.columns], False)
        if form == "POSITIONAL JOIN":
            return f"{left} {form} {right}", both
        if form.startswith("ASOF"):
            return f"{left} {form} {right} ON {rid} >= {alias}.rid", both
        if form == "INEQUALITY":
            return f"{left} JOIN {right} ON {rid} > {alias}.rid AND {alias}.rid > 590", both
        kind = self.chance.choice(["int", "int", "text", "date"])
        mine, other = self.expression(kind, reach, 2), self.expression(kind, there, 2)
        condition = f"{rid} = {alias}.rid" + (f" AND {mine} = {other}" if self.chance.random() < 0.5 else "")
        kept = Reach(reach.columns, False) if form in ("SEMI JOIN", "ANTI JOIN") else both
        return f"{left} {form} {right} ON {condition}", kept

    # Expressions

    def where(self, reach: Reach) -> str:
        if self.chance.random() < 0.45:
            return ""
        self.constructs.add("where")
        return f" WHERE {self.expression('bool', reach)}"

    def aggregate(self, reach: Reach) -> str:
        pool = AGGREGATES + (LOCAL_AGGREGATES if reach.local and self.in_order else ())
        return self.filled(self.chance.choice(pool), reach, 1)

    def any(self, reach: Reach) -> str:
        kinds = [
            "int",
            "int",
            "num",
            "dec",
            "text",
            "text",
            "bool",
            "date",
            "ts",
            "tz",
            "time",
            "span",
            "ints",
        ]
        return self.expression(self.chance.choice([*kinds, "texts", "struct", "map", "lists", "uuid"]), reach)

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
