"""Tenant isolation: which SQL is limited by a locked variable, and which only mentions it."""

from pathlib import Path

import pytest

from tests.unit.check_pack import DASHBOARD, LOCKED, changed, mistakes, sql_mistakes

LOCKED_LIST = 'ACCT_ID: {type: string, list: true, claim: "custom:acct_ids"}'

LIMITED = [
    "SELECT * FROM flights WHERE carrier = $ACCT_ID",
    "SELECT * FROM flights WHERE $acct_id = carrier AND (origin = 'JFK' OR dest = 'JFK')",
    "SELECT * FROM flights WHERE carrier IN ($ACCT_ID)",
    "SELECT * FROM flights WHERE carrier IS NOT DISTINCT FROM $ACCT_ID",
    "SELECT * FROM flights WHERE upper(carrier) = upper($ACCT_ID::VARCHAR)",
    "SELECT * FROM flights WHERE (carrier = $ACCT_ID AND a = 1) OR (carrier = $ACCT_ID AND b = 2)",
    "SELECT upper(carrier) AS carrier FROM flights WHERE carrier = $ACCT_ID",
    "SELECT * FROM flights f JOIN airlines a ON f.carrier = a.carrier WHERE f.carrier = $ACCT_ID",
    "SELECT * FROM flights f JOIN airlines a ON f.carrier = a.carrier AND f.carrier = $ACCT_ID",
    "SELECT * FROM flights f LEFT JOIN airlines a ON f.carrier = a.carrier WHERE a.carrier = $ACCT_ID",
    "SELECT * FROM flights f, airlines a WHERE f.carrier = a.carrier AND a.carrier = $ACCT_ID",
    "SELECT * FROM flights JOIN airlines USING (carrier) WHERE carrier = $ACCT_ID",
    "SELECT * FROM flights JOIN airports ON dest = faa WHERE carrier = $ACCT_ID",
    "SELECT * FROM flights f JOIN airports o ON f.origin = o.faa JOIN airports d ON f.dest = d.faa "
    "WHERE f.carrier = $ACCT_ID",
    "WITH mine AS (SELECT * FROM flights WHERE carrier = $ACCT_ID) SELECT * FROM mine, mine AS b",
    "SELECT * FROM (SELECT * FROM flights WHERE carrier = $ACCT_ID) LIMIT 5",
    "SELECT 1 FROM flights WHERE carrier = $ACCT_ID UNION SELECT 2 FROM airlines WHERE id = $ACCT_ID",
    "SELECT * FROM flights, range(3) r(i) WHERE flights.carrier = $ACCT_ID",
    "SELECT *, (SELECT name FROM airlines WHERE carrier = $ACCT_ID) FROM flights WHERE carrier = $ACCT_ID",
    "SELECT * FROM flights f JOIN flights g ON f.dest = g.origin WHERE f.carrier = $ACCT_ID "
    "AND g.carrier = $ACCT_ID",
    "SELECT * FROM (PIVOT (FROM flights WHERE carrier = $ACCT_ID) ON origin IN ('JFK') USING count(*))",
]


@pytest.mark.parametrize("sql", LIMITED)
def test_a_select_that_is_limited(tmp_path: Path, sql: str) -> None:
    assert sql_mistakes(tmp_path, sql, LOCKED) == []


# The condition stands somewhere, and rows of other tenants pass.
NOT_LIMITED = {
    "a text": "SELECT * FROM flights WHERE carrier = '$ACCT_ID'",
    "a comment": "SELECT * FROM flights -- WHERE carrier = $ACCT_ID",
    "the select list": "SELECT carrier = $ACCT_ID FROM flights",
    "the order": "SELECT * FROM flights ORDER BY carrier = $ACCT_ID",
    "an aggregate's filter": "SELECT count(*) FILTER (WHERE carrier = $ACCT_ID) FROM flights",
    "a group's condition": "SELECT carrier FROM flights GROUP BY 1 HAVING carrier = $ACCT_ID",
    "OR": "SELECT * FROM flights WHERE carrier = $ACCT_ID OR true",
    "OR inside of AND": "SELECT * FROM flights WHERE origin = 'JFK' AND (carrier = $ACCT_ID OR dest = 'JFK')",
    "NOT": "SELECT * FROM flights WHERE NOT (carrier = $ACCT_ID)",
    "a difference": "SELECT * FROM flights WHERE carrier <> $ACCT_ID",
    "an order of size": "SELECT * FROM flights WHERE carrier >= $ACCT_ID",
    "a pattern": "SELECT * FROM flights WHERE carrier LIKE $ACCT_ID",
    "part of a text": "SELECT * FROM flights WHERE carrier IN $ACCT_ID",
    "one of more": "SELECT * FROM flights WHERE carrier IN ($ACCT_ID, 'UA')",
    "itself": "SELECT * FROM flights WHERE $ACCT_ID = $ACCT_ID",
    "a constant": "SELECT * FROM flights WHERE 'UA' = $ACCT_ID",
    "a default": "SELECT * FROM flights WHERE carrier = coalesce($ACCT_ID, carrier)",
    "CASE": "SELECT * FROM flights WHERE CASE WHEN carrier = $ACCT_ID THEN true ELSE true END",
    "IS NOT NULL": "SELECT * FROM flights WHERE (carrier = $ACCT_ID) IS NOT NULL",
    "the select list's own name": "SELECT $ACCT_ID AS id FROM flights WHERE id = $ACCT_ID",
    "an outer join": "SELECT * FROM flights f LEFT JOIN airlines a ON f.carrier = $ACCT_ID",
    "under an outer join": "SELECT * FROM flights f LEFT JOIN (airlines a JOIN airports p "
    "ON a.carrier = $ACCT_ID AND a.carrier = p.faa) ON f.carrier = a.carrier",
    "a full join": "FROM flights f FULL JOIN airlines a ON f.carrier = a.carrier AND f.carrier = $ACCT_ID",
    "a subquery's WHERE": "FROM flights WHERE EXISTS (SELECT 1 FROM airlines WHERE carrier = $ACCT_ID)",
    "the outer SELECT's WHERE": "WITH a AS (SELECT * FROM flights) FROM a WHERE carrier = $ACCT_ID",
    "another relation's column": "SELECT * FROM flights, (SELECT $ACCT_ID AS id) i WHERE i.id = $ACCT_ID",
    "perhaps another relation's column": "SELECT * FROM flights, (SELECT $ACCT_ID AS id) WHERE id = $ACCT_ID",
    "an outer query's column": "SELECT (SELECT count(*) FROM flights g WHERE a.carrier = $ACCT_ID) "
    "FROM airlines a WHERE a.carrier = $ACCT_ID",
    "one arm of a UNION": "SELECT 1 FROM airlines WHERE carrier = $ACCT_ID UNION ALL SELECT 2 FROM flights",
    "after a pivot": "FROM (PIVOT flights ON origin IN ('JFK') USING count(*)) WHERE carrier = $ACCT_ID",
    "once for a table read twice": "SELECT * FROM airlines a JOIN flights f ON a.carrier = f.carrier "
    "JOIN flights g ON f.dest = g.origin WHERE f.carrier = $ACCT_ID",
}


@pytest.mark.parametrize("sql", NOT_LIMITED.values(), ids=NOT_LIMITED.keys())
def test_a_select_that_only_mentions_the_variable(tmp_path: Path, sql: str) -> None:
    found = sql_mistakes(tmp_path, sql, LOCKED)
    assert len(found) == 1
    assert found[0].startswith("1: reads flights without the locked variable ACCT_ID")
    assert found[0].endswith(", or say unscoped: true")


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM airlines a, flights f WHERE a.carrier = $ACCT_ID",
        "SELECT * FROM airlines a JOIN flights f ON a.carrier = $ACCT_ID",
        "SELECT * FROM airlines a JOIN flights f ON a.carrier > f.carrier WHERE a.carrier = $ACCT_ID",
        "SELECT * FROM airlines a POSITIONAL JOIN flights f WHERE a.carrier = $ACCT_ID",
        "SELECT * FROM airlines CROSS JOIN flights WHERE name = $ACCT_ID",
        "SELECT * FROM airlines a JOIN airports p ON a.carrier = p.faa, flights f WHERE a.carrier = $ACCT_ID",
    ],
)
def test_a_table_that_is_not_tied_to_the_limited_one(tmp_path: Path, sql: str) -> None:
    assert sql_mistakes(tmp_path, sql, LOCKED) == [
        "1: reads flights without the locked variable ACCT_ID: join it to airlines with an equality between "
        "their columns, each written with its table's name, or say unscoped: true"
    ]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM flights WHERE list_contains($ACCT_ID, carrier)",
        "SELECT * FROM flights WHERE carrier IN $ACCT_ID",
        "SELECT * FROM flights WHERE carrier = ANY($ACCT_ID)",
        "SELECT * FROM flights WHERE carrier IN (SELECT unnest($ACCT_ID))",
    ],
)
def test_a_list_that_limits(tmp_path: Path, sql: str) -> None:
    assert sql_mistakes(tmp_path, sql, LOCKED_LIST) == []


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM flights WHERE NOT list_contains($ACCT_ID, carrier)",
        "SELECT * FROM flights WHERE list_contains($ACCT_ID || ['UA'], carrier)",
        "SELECT * FROM flights WHERE carrier <> ANY($ACCT_ID)",
        "SELECT * FROM flights WHERE carrier NOT IN (SELECT unnest($ACCT_ID))",
        "SELECT * FROM flights WHERE carrier IN (SELECT unnest($ACCT_ID) UNION SELECT 'UA')",
        "SELECT * FROM flights WHERE len($ACCT_ID) > 0",
        "SELECT * FROM flights WHERE list_contains($ACCT_ID)",
    ],
)
def test_a_list_that_does_not_limit(tmp_path: Path, sql: str) -> None:
    assert len(sql_mistakes(tmp_path, sql, LOCKED_LIST)) == 1


def test_every_select_that_reads_is_named_by_its_line(tmp_path: Path) -> None:
    sql = "SELECT 1\nFROM flights\nUNION ALL\nSELECT 2\nFROM airlines\nWHERE name = $ACCT_ID\nUNION ALL\n"
    assert [each.split(" without")[0] for each in sql_mistakes(tmp_path, sql + "FROM airports", LOCKED)] == [
        "2: reads flights",
        "8: reads airports",
    ]


def test_every_locked_variable_must_limit(tmp_path: Path) -> None:
    two = f"{LOCKED}, REGION: {{type: string, claim: region}}"
    sql = "SELECT * FROM flights WHERE carrier = $ACCT_ID"
    assert [each.split(":")[1] for each in sql_mistakes(tmp_path, sql, two)] == [
        " reads flights without the locked variable REGION"
    ]


def test_a_chart_that_reads_nothing_must_use_it_too(tmp_path: Path) -> None:
    assert sql_mistakes(tmp_path, "SELECT 1 WHERE $ACCT_ID = 'UA'", LOCKED) == [
        "1: doesn't use the locked variable ACCT_ID: compare one of its columns with $ACCT_ID in its WHERE, "
        "or say unscoped: true"
    ]


def test_a_variable_that_is_not_locked_limits_nothing(tmp_path: Path) -> None:
    assert sql_mistakes(tmp_path, "FROM flights", "ACCT_ID: {type: string}") == []


SECOND = "  - title: Worst\n    sql: |\n      SELECT *\n      FROM flights\n    table: {}\n"


def test_the_advice_knows_the_column_from_the_other_charts(tmp_path: Path) -> None:
    assert mistakes(tmp_path, dashboard=DASHBOARD + SECOND) == [
        'dashboard.yaml:16: chart "Worst": reads flights without the locked variable ACCT_ID: '
        'add "carrier = $ACCT_ID" to its WHERE, or say unscoped: true'
    ]


def test_the_advice_for_a_list(tmp_path: Path) -> None:
    text = changed(DASHBOARD, LOCKED, LOCKED_LIST).replace(
        "carrier = $ACCT_ID", "list_contains($ACCT_ID, carrier)"
    )
    assert mistakes(tmp_path, dashboard=text + SECOND)[0].endswith(
        'add "list_contains($ACCT_ID, carrier)" to its WHERE, or say unscoped: true'
    )


def test_a_mention_that_does_not_limit_is_said(tmp_path: Path) -> None:
    assert (
        "(where it stands it doesn't limit the rows)"
        in sql_mistakes(tmp_path, "SELECT $ACCT_ID FROM flights", LOCKED)[0]
    )


def test_unscoped_is_the_authors_word(tmp_path: Path) -> None:
    assert mistakes(tmp_path, dashboard=DASHBOARD + SECOND + "    unscoped: true\n") == []
