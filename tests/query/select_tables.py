"""What generated SELECTs read from: tables, joins of every kind, subqueries and WITH queries."""

from tests.query.select_expressions import Expressions, Reach, last

JOINS = (
    *(
        "JOIN",
        "LEFT JOIN",
        "RIGHT JOIN",
        "FULL JOIN",
        "SEMI JOIN",
        "ANTI JOIN",
        "ASOF JOIN",
        "ASOF LEFT JOIN",
    ),
    *("POSITIONAL JOIN", "LATERAL", "UNNEST", "CROSS JOIN", "INEQUALITY", "COMMON"),
)


class Tables(Expressions):
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
        names = self.chance.sample(sorted({last(each) for each in reach.columns}), 4)
        chosen = [reach.named(name)[0] for name in sorted({*names, "k"})]
        body = f"SELECT {', '.join(chosen)} FROM {tables}{self.where(reach)}"
        alias = self.alias()
        there = Reach([f"{alias}.{last(each)}" for each in chosen], reach.local)
        if self.chance.random() < 0.5:
            self.constructs.add("subquery in from")
            return f"({body}) {alias}", there
        how = self.chance.choice(["", "MATERIALIZED ", "NOT MATERIALIZED "])
        self.constructs.add(f"{how.lower()}cte")
        self.ctes.append(f"q{alias} AS {how}({body})")
        return f"q{alias} {alias}", there

    def joined(self, left: str, reach: Reach) -> tuple[str, Reach]:
        form = self.chance.choice(JOINS)
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
            longer = f"{left}, unnest({self.expression('ints', reach)}) {alias}(n)"
            return longer, Reach([*reach.columns, f"{alias}.n"], False)
        if form == "COMMON":
            join = self.chance.choice(["JOIN", "LEFT JOIN"])
            both = Reach([*reach.columns, f"{alias}.weight", f"{alias}.label"], False)
            return f"{left} {join} common {alias} ON {alias}.k = {key}", both
        if form == "CROSS JOIN":
            few = f"(SELECT rid, k, n, day FROM dated WHERE rid < 5) {alias}"
            both = Reach([*reach.columns, f"{alias}.rid", f"{alias}.n"], False)
            return f"{left} CROSS JOIN {few}", both
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
