"""Generated SELECTs over the data sets' tables: from a seed, the same for ever.

What a query gives never hangs on what SQL leaves open: the order of rows that are equal in an ORDER BY, or
which of two faults is met first. Whatever hangs on the order of rows stands over one table only.
"""

import random
import re
from collections.abc import Callable

from msgspec import Struct

from tests.query.select_grammar import LOCAL_WINDOWS, WINDOWS
from tests.query.select_tables import Tables


class Generated(Struct, frozen=True):
    """`constructs` are the names of what is in it; `ordered` says that its rows come in one order."""

    sql: str
    constructs: frozenset[str]
    ordered: bool


def generated(seed: int) -> Generated:
    writer = _Queries(random.Random(seed))
    sql, ordered = writer.statement()
    return Generated(sql, frozenset(writer.constructs), ordered)


class _Queries(Tables):
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
