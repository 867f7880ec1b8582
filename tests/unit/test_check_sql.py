"""What a chart's SQL may be and may read, by DuckDB's own parser."""

from pathlib import Path

import pytest

from tests.unit.check_pack import DASHBOARD, changed, compiled, mistakes, sql_mistakes

READS = [
    "SELECT 1",
    "FROM flights",
    "SELECT * FROM FLIGHTS f JOIN airlines USING (carrier)",
    "WITH a AS (SELECT * FROM flights), b AS (SELECT * FROM A) SELECT * FROM b",
    "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 9) SELECT * FROM t",
    "SELECT * FROM range(3) r(i), generate_series(1, 3) g(j), unnest([1]) u(k)",
    "SELECT * FROM (VALUES (1)) v(x) UNION ALL SELECT unnest([1])",
    "SELECT * FROM (PIVOT flights ON origin IN ('JFK') USING count(*))",
    "SELECT (SELECT max(name) FROM airlines a WHERE a.carrier = f.carrier) FROM flights f",
    "SELECT date_trunc('month', d), extract(dow FROM d), [x * 2 FOR x IN [1]], rank() OVER (ORDER BY d)"
    ", count(*) FILTER (WHERE d IS NULL), quantile_cont(a, 0.5), d::DATE, coalesce(a, 0), a IN (1, 2)"
    ", string_agg(b, ', ' ORDER BY b), b ILIKE 'x%', arg_max(b, a), list_apply([1], lambda x: x + 1) "
    "FROM flights",
    "SELECT 'read_csv(''x'')' -- FROM 'x.parquet'\n;",
]


@pytest.mark.parametrize("sql", READS)
def test_a_select_over_the_sources_tables(tmp_path: Path, sql: str) -> None:
    assert sql_mistakes(tmp_path, sql) == []


NOT_ONE_SELECT = [
    ("SELECT 1; SELECT 2", "1: sql must be exactly one SELECT, not 2 statements"),
    ("-- nothing", "1: sql is empty"),
    ("EXPLAIN SELECT 1", "1: sql must be one SELECT, not EXPLAIN"),
    ("COPY flights TO 'x.csv'", "1: sql must be one SELECT, not COPY"),
    ("SET threads = 1", "1: sql must be one SELECT, not SET"),
    ("CALL pragma_version()", "1: sql must be one SELECT, not CALL"),
    ("INSERT INTO flights VALUES (1)", "1: sql must be one SELECT, not INSERT"),
    ("CREATE TABLE a AS SELECT 1", "1: sql must be one SELECT, not CREATE"),
    ("ATTACH 'x.db'", "1: sql must be one SELECT, not ATTACH"),
    ("PIVOT flights ON origin USING count(*)", "1: sql must be exactly one SELECT, not 2 statements"),
    ("DESCRIBE flights", "1: sql must be a SELECT, not DESCRIBE, SUMMARIZE or SHOW"),
    ("SELECT *\nFROM (SHOW TABLES)", "1: sql must be a SELECT, not DESCRIBE, SUMMARIZE or SHOW"),
    ("SELECT 1,\n\n  2 FORM flights x", '3: sql isn\'t SQL: syntax error at or near "flights"'),
    ("SELECT 'é',\n  'open", "2: sql isn't SQL: unterminated quoted string at or near \"'open \""),
    ("SELECT", "1: sql isn't SQL: SELECT clause without selection list"),
    ("SELECT 1" + " + 1" * 900, "1: sql is nested too deeply"),
    ("SELECT '" + "x" * 20_000 + "'", "1: sql is too long: at most 20000 characters"),
]


@pytest.mark.parametrize(("sql", "expected"), NOT_ONE_SELECT)
def test_what_is_not_one_select(tmp_path: Path, sql: str, expected: str) -> None:
    assert sql_mistakes(tmp_path, sql) == [expected]


COMPUTE = "it isn't one of the functions that only compute"
TABLES = "airlines, airports, flights"
READS_ELSEWHERE = [
    ("SELECT *\nFROM flight",
     '2: sql must not read "flight": it isn\'t a table of the source: did you mean "flights"?'),
    ("SELECT *\nFROM 'x.parquet'",
     '2: sql must not read "x.parquet": it isn\'t a table of the source: '
     "there is flights, airlines, airports"),
    ("SELECT é,\n'é' FROM\n  main.flights",
     '3: sql must not read "main.flights": it isn\'t a table of the source'),
    ("SELECT * FROM information_schema.tables",
     '1: sql must not read "information_schema.tables": it isn\'t a table of the source'),
    ("SELECT * FROM other.main.flights",
     '1: sql must not read "other.main.flights": it isn\'t a table of the source'),
    ("SELECT * FROM\nread_csv('x.csv')", f"2: sql must not read from read_csv(): only from {TABLES}"),
    ("SELECT * FROM glob('*')", f"1: sql must not read from glob(): only from {TABLES}"),
    ("SELECT * FROM duckdb_settings()", f"1: sql must not read from duckdb_settings(): only from {TABLES}"),
    ("SELECT * FROM query('SELECT 1')", f"1: sql must not read from query(): only from {TABLES}"),
    ("SELECT * FROM query_table('flights')", f"1: sql must not read from query_table(): only from {TABLES}"),
    ("SELECT 1 WHERE EXISTS (\nFROM read_text('/etc/passwd'))",
     f"2: sql must not read from read_text(): only from {TABLES}"),
    ("SELECT\n  getenv('HOME')",
     '2: sql calls getenv(), which DuckDB doesn\'t have: did you mean "geomean"?'),
    ("SELECT current_setting('home_directory')",
     f"1: sql must not call current_setting(): {COMPUTE}"),
    ("SELECT read_blob('x')", f"1: sql must not call read_blob(): {COMPUTE}"),
    ("SELECT pg_sleep(9)", f"1: sql must not call pg_sleep(): {COMPUTE}"),
    ("SELECT list_contians([1], 1)",
     '1: sql calls list_contians(), which DuckDB doesn\'t have: did you mean "list_contains"?'),
    ("WITH flights AS (SELECT 1)\nSELECT * FROM flights",
     '1: sql must not name a WITH query "flights": a table of the source has that name'),
    ("WITH a AS (SELECT * FROM b), b AS (SELECT 1) SELECT * FROM a",
     '1: sql must not read "b": it isn\'t a table of the source: there is flights, airlines, airports'),
    ("SELECT * FROM (WITH \"s.csv\" AS (SELECT 1) SELECT 1) JOIN \"s.csv\" ON true",
     '1: sql must not read "s.csv": it isn\'t a table of the source: there is flights, airlines, airports'),
]  # fmt: skip


@pytest.mark.parametrize(("sql", "expected"), READS_ELSEWHERE)
def test_nothing_else_is_read(tmp_path: Path, sql: str, expected: str) -> None:
    assert sql_mistakes(tmp_path, sql) == [expected]


def test_a_recursive_query_does_not_see_itself_in_its_first_part(tmp_path: Path) -> None:
    sql = "WITH RECURSIVE t AS (SELECT * FROM t UNION ALL SELECT * FROM t) SELECT * FROM t"
    assert len(sql_mistakes(tmp_path, sql)) == 1


def test_every_wrong_read_is_found(tmp_path: Path) -> None:
    sql = "SELECT getenv('A')\nFROM planes,\n  read_csv('x')"
    assert [each.split(":")[0] for each in sql_mistakes(tmp_path, sql)] == ["1", "2", "3"]


def test_parameters_are_the_variables_however_the_sql_spells_them(tmp_path: Path) -> None:
    sql = "SELECT list_contains($origin, origin) FROM flights WHERE carrier = $Acct_Id OR $Origin IS NULL"
    _, dashboard = compiled(tmp_path, dashboard=changed(DASHBOARD, "SELECT count(*) FROM flights", sql))
    assert dashboard.charts[0].parameters == ("ACCT_ID", "ORIGIN")


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT *\nFROM flights\nWHERE origin = $ORIGNI",
         '3: sql uses $ORIGNI, which "variables" doesn\'t declare: did you mean "ORIGIN"?'),
        ("SELECT\n  ?", "1: sql must name its parameters: $NAME, not ? or $1"),
        ("SELECT\n  $1", "2: sql must name its parameters: $NAME, not ? or $1"),
        ("SELECT $1, $ORIGIN",
         "1: sql isn't SQL: Mixing named and positional parameters is not supported yet"),
    ],
)  # fmt: skip
def test_parameters_are_declared(tmp_path: Path, sql: str, expected: str) -> None:
    assert sql_mistakes(tmp_path, sql, "ORIGIN: {type: string}") == [expected]


def test_a_parameter_in_a_text_or_a_comment_is_none(tmp_path: Path) -> None:
    assert sql_mistakes(tmp_path, "SELECT '$NOTHING' -- $NOTHING") == []


@pytest.mark.parametrize(
    ("written", "line"),
    [
        (">\n      SELECT 1\n      FROM flights,\n      planes", 14),
        ("SELECT 1\n      FROM flights,\n      planes", 13),
        ('"SELECT 1\n      FROM flights,\n      planes"', 13),
        ("|\n\n      SELECT 1\n      FROM flights,\n      planes", 15),
    ],
)
def test_the_line_however_the_yaml_is_laid_out(tmp_path: Path, written: str, line: int) -> None:
    text = changed(DASHBOARD, "SELECT count(*) FROM flights", written)
    found = mistakes(tmp_path, dashboard=text)
    assert len(found) == 1
    assert found[0].startswith(f'dashboard.yaml:{line}: chart "Flights": sql must not read "planes"')


def test_parameters_are_checked_where_the_source_is_not_known(tmp_path: Path) -> None:
    text = changed(
        changed(DASHBOARD, "source: flights", "source: none"), "FROM flights", "FROM flights WHERE a = $ACCT"
    )
    assert [each.split(": ")[0] for each in mistakes(tmp_path, dashboard=text)] == [
        "dashboard.yaml:4",
        "dashboard.yaml:11",
    ]
