"""What is executed: the tree that was checked, written out again with its variables cast."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clerestory.dashboards import Variable
from cli.check.sql_reads import columns_named
from cli.check.sql_tree import WrongSql, engine, parse_select
from cli.check.sql_writing import written

VARIABLES = {
    "NAME": Variable("string"),
    "NAMES": Variable("string", list=True),
    "SHARE": Variable("number"),
    "OPEN": Variable("boolean"),
    "DAY": Variable("date"),
    "DAYS": Variable("date", list=True),
}


def rewritten(sql: str) -> str:
    return written(parse_select(sql), VARIABLES).sql


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("NAME", "VARCHAR"),
        ("NAMES", "VARCHAR[]"),
        ("SHARE", "DOUBLE"),
        ("OPEN", "BOOLEAN"),
        ("DAY", "DATE"),
        ("DAYS", "DATE[]"),
    ],
)
def test_a_variable_is_cast_to_its_type(name: str, kind: str) -> None:
    assert rewritten(f"SELECT ${name}") == f"SELECT CAST(${name} AS {kind})"


def test_a_parameter_is_its_variable_in_any_case() -> None:
    query = written(parse_select("SELECT $day, $Day, $DAY"), VARIABLES)
    assert query.parameters == ("DAY",)
    assert query.sql.count("CAST($DAY AS DATE)") == 3


@pytest.mark.parametrize(
    ("condition", "kept"),
    [("x IN ($NAMES)", ["a"]), ("x NOT IN ($NAMES)", ["b"]), ("NOT x IN ($names)", ["b"])],
)
def test_a_list_is_asked_for_the_columns_value(condition: str, kept: list[str]) -> None:
    sql = rewritten(f"SELECT x FROM (VALUES ('a'), ('b')) v(x) WHERE {condition}")
    assert [row[0] for row in engine().execute(sql, {"NAMES": ["a"]}).fetchall()] == kept


def test_a_list_stands_by_itself() -> None:
    with pytest.raises(WrongSql, match="has a list beside other values") as refused:
        rewritten("SELECT 1\nWHERE 'a' IN ($NAMES, 'x')")
    assert refused.value.offset >= len("SELECT 1\n")


CONSTANTS = ["1.", "0.", "123456.", "-1.", "99999999999999999999.", "9" * 38 + ".", "1.50", "0.1", "1e10"]
CONSTANTS += ["1e300", "'1.'", "7"]


@pytest.mark.parametrize("constant", CONSTANTS)
def test_a_constant_keeps_its_value_and_type(constant: str) -> None:
    def answer(sql: str) -> object:
        return engine().execute(f"SELECT x, typeof(x) FROM ({sql}) t(x)").fetchall()

    sql = f"SELECT {constant}"
    assert answer(rewritten(sql)) == answer(sql)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**9), max_value=10**9))
def test_any_decimal_keeps_its_value(number: object) -> None:
    sql = f"SELECT {number}"
    assert engine().execute(rewritten(sql)).fetchall() == engine().execute(sql).fetchall()


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT count(*) FROM (VALUES (1)) a(x) JOIN ((VALUES (1)) b(y) CROSS JOIN (VALUES (2), (3)) c(z)) "
        "ON x = y",
        "SELECT count(*) FROM (VALUES (1)) a(x) CROSS JOIN (VALUES (1), (2)) b(y) "
        "LEFT JOIN (VALUES (9)) c(z) ON z = x",
        "SELECT sum(x) OVER (ORDER BY x) FROM range(3) r(x) ORDER BY 1",
        "WITH a AS (SELECT 1 AS x) SELECT x FROM a UNION ALL SELECT 2 ORDER BY 1",
        "SELECT CASE WHEN x > 1 THEN 'more' ELSE 'less' END FROM range(3) r(x) ORDER BY 1",
    ],
)
def test_what_is_written_answers_the_same(sql: str) -> None:
    assert engine().execute(rewritten(sql)).fetchall() == engine().execute(sql).fetchall()


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM t",
        "SELECT sum(a) FROM t AS f(x, a)",
        "SELECT #2 FROM t",
        "SELECT t FROM t",
        "SELECT main.t FROM t",
        "SELECT hash(f) FROM t AS f",
        "SELECT COLUMNS('a.*') FROM t",
        "SELECT a FROM t NATURAL JOIN u",
        "SELECT * FROM (PIVOT t ON a IN (1) USING sum(b))",
    ],
)
def test_a_query_that_names_its_columns_by_their_places_or_not_at_all_needs_all(sql: str) -> None:
    assert columns_named(parse_select(sql)) is None


def test_else_it_needs_no_more_than_it_names() -> None:
    named = columns_named(parse_select("SELECT f.a, f.t AS b FROM t AS f JOIN u USING (k) WHERE c > 1"))
    assert named is not None
    assert {"a", "c", "k"} <= set(named)
