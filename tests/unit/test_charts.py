"""A chart's query in DuckDB: parameters in, plain rows out, and nothing else within reach."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.json import decode, encode

from clerestory.dashboards import Chart, Number, Source, Variable
from clerestory_query.charts import MAX_ROWS, ChartFailure, ChartRows, computed, plain
from clerestory_query.duckdb_source import Folder, Limits, S3Access, SourceUnavailable, opened

FLIGHTS = """
    SELECT * FROM (VALUES
        (DATE '2013-01-01', 'UA', 'EWR', 1400),
        (DATE '2013-01-02', 'UA', 'JFK', 2475),
        (DATE '2013-02-01', 'AA', 'JFK', 1089)
    ) AS flights(day, carrier, origin, distance)
"""
VARIABLES = {
    "ACCT_ID": Variable(type="string", claim="acct"),
    "DATE_RANGE": Variable(type="date", list=True),
    "ORIGIN": Variable(type="string", list=True),
    "DAY": Variable(type="date"),
    "MILES": Variable(type="number"),
    "FLAG": Variable(type="boolean"),
}
NOTHING = dict.fromkeys(VARIABLES)
SOURCE = Source(type="duckdb", files={"flights": "flights.parquet"})
Connection = duckdb.DuckDBPyConnection


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("data")
    for name in ("flights", "other"):
        duckdb.sql(FLIGHTS).write_parquet(str(made / f"{name}.parquet"))
    (made / "secret.csv").write_text("a,b\n1,2\n")
    return made


@pytest.fixture
def connection(folder: Path) -> Iterator[Connection]:
    with opened(SOURCE, Folder(folder), Limits()) as connection:
        yield connection


def chart(sql: str, *parameters: str) -> Chart:
    return Chart(title="Chart", sql=sql, parameters=parameters, number=Number())


def ran(connection: Connection, sql: str, env: dict[str, Any] | None = None, seconds: float = 5) -> Any:
    parameters = [name for name in VARIABLES if f"${name}" in sql]
    return computed(connection, chart(sql, *parameters), VARIABLES, NOTHING | (env or {}), seconds)


def rows(connection: Connection, sql: str, env: dict[str, Any] | None = None) -> list[list[Any]]:
    found = ran(connection, sql, env)
    assert isinstance(found, ChartRows), found
    return found.rows


def problem(connection: Connection, sql: str, seconds: float = 5) -> str:
    found = ran(connection, sql, seconds=seconds)
    assert isinstance(found, ChartFailure), found
    return found.problem.code


# Parameters


def test_answers_with_columns_and_rows(connection: Connection) -> None:
    found = ran(
        connection, "SELECT origin, distance FROM flights WHERE carrier = $ACCT_ID", {"ACCT_ID": "AA"}
    )
    assert found == ChartRows("Chart", ["origin", "distance"], [["JFK", 1089]])


def test_dates_bind_as_dates_and_lists_as_lists(connection: Connection) -> None:
    sql = """
        SELECT count(*) FROM flights
        WHERE day BETWEEN $DATE_RANGE[1] AND $DATE_RANGE[2] AND origin IN $ORIGIN AND day <> $DAY
    """
    env = {"DATE_RANGE": ("2013-01-01", "2013-01-31"), "ORIGIN": ["EWR", "JFK"], "DAY": "2013-01-02"}
    assert rows(connection, sql, env) == [[1]]


def test_numbers_and_truths_bind_as_what_they_are(connection: Connection) -> None:
    assert rows(connection, "SELECT distance FROM flights WHERE distance > $MILES", {"MILES": 2474.5}) == [
        [2475]
    ]
    assert rows(connection, "SELECT count(*) FROM flights WHERE $FLAG", {"FLAG": False}) == [[0]]


@pytest.mark.parametrize(("origin", "count"), [(None, 3), (("JFK",), 2)])
def test_no_value_binds_as_null(connection: Connection, origin: Any, count: int) -> None:
    sql = "SELECT count(*) FROM flights WHERE $ORIGIN IS NULL OR list_contains($ORIGIN, origin)"
    assert rows(connection, sql, {"ORIGIN": origin}) == [[count]]


@pytest.mark.parametrize("name", ["acct_id", "Acct_Id", "ACCT_ID"])
def test_parameters_may_be_spelt_in_any_case(connection: Connection, name: str) -> None:
    asked = chart(f"SELECT count(*) FROM flights WHERE carrier = ${name}", name)
    found = computed(connection, asked, VARIABLES, {"ACCT_ID": "UA"}, 5)
    assert isinstance(found, ChartRows)
    assert found.rows == [[2]]


@given(value=st.text() | st.sampled_from(["' OR 1=1 --", "'; DROP VIEW flights; --", "$ORIGIN", "%", "\\'"]))
def test_a_value_is_never_sql(value: str) -> None:
    with duckdb.connect() as connection:
        sql = "SELECT $ACCT_ID, count(*) FROM (SELECT 1) WHERE 'UA' = $ACCT_ID"
        found = computed(connection, chart(sql, "ACCT_ID"), VARIABLES, {"ACCT_ID": value}, 5)
    assert isinstance(found, ChartRows)
    assert found.rows == [[value, 0]]


# Rows


@pytest.mark.parametrize(
    ("sql", "cell"),
    [
        ("DATE '2013-01-31'", "2013-01-31"),
        ("TIMESTAMP '2013-01-31 12:00:00'", "2013-01-31T12:00:00"),
        ("TIME '12:00:00'", "12:00:00"),
        ("1.25::DECIMAL(5, 2)", 1.25),
        ("'nan'::DOUBLE", None),
        ("'-inf'::DOUBLE", None),
        ("NULL", None),
        ("true", True),
        ("INTERVAL 90 SECOND", 90.0),
        ("[DATE '2013-01-31', NULL]", ["2013-01-31", None]),
        ("{'a': 1.5::DECIMAL(2, 1)}", {"a": 1.5}),
        ("MAP {1: 'a'}", {"1": "a"}),
        ("'0f8fad5b-d9cb-469f-a165-70867728950e'::UUID", "0f8fad5b-d9cb-469f-a165-70867728950e"),
        ("'a'::BLOB", None),
        ("sum(range) FROM range(10)", 45),
        ("9007199254740991", 2**53 - 1),
        ("-9007199254740992", "-9007199254740992"),
        ("12345678901234567890::HUGEINT", "12345678901234567890"),
        ("TIMESTAMPTZ '2013-01-31 12:00:00+00'", "2013-01-31T12:00:00+00:00"),
    ],
)
def test_cells_are_what_json_has(connection: Connection, sql: str, cell: Any) -> None:
    found = ran(connection, f"SELECT {sql}")
    assert decode(encode(found))["rows"] == [[cell]]


@given(number=st.floats())
def test_no_cell_is_a_number_that_json_lacks(number: float) -> None:
    assert decode(encode(plain(number))) == (number if abs(number) < float("inf") else None)


# Failures


@pytest.mark.parametrize(
    "sql",
    [
        "SELEC 1",
        "SELECT * FROM nowhere",
        "SELECT 1/",
        "",
        ";",
        "SELECT error('x')",
        "SELECT INTERVAL 300000000 MONTH",
    ],
)
def test_a_chart_that_fails_says_so_and_no_more(connection: Connection, sql: str) -> None:
    assert problem(connection, sql) == "query-failed"


def test_a_chart_that_fails_leaves_the_next_alone(connection: Connection) -> None:
    problem(connection, "SELECT error('x')")
    problem(connection, "SELECT count(*) FROM range(1000000000000)", seconds=0.05)
    assert rows(connection, "SELECT count(*) FROM flights") == [[3]]


HEAVY = (
    "SELECT count(*) FROM range(100000) a, range(100000) b, range(1000) c WHERE a.range + b.range > c.range"
)


@pytest.mark.parametrize("seconds", [0.2, 0.01, 0.0, -1.0])
def test_a_query_ends_when_its_time_is_up(connection: Connection, seconds: float) -> None:
    started = time.monotonic()
    assert problem(connection, HEAVY, seconds) == "query-timed-out"
    assert time.monotonic() - started < seconds + 1.5


def test_a_chart_may_have_so_many_rows_and_no_more(connection: Connection) -> None:
    assert len(rows(connection, f"SELECT * FROM range({MAX_ROWS})")) == MAX_ROWS
    assert problem(connection, f"SELECT * FROM range({MAX_ROWS + 1})") == "too-many-rows"


def test_a_query_gets_no_more_memory_than_its_share(folder: Path) -> None:
    with opened(SOURCE, Folder(folder), Limits(memory="50MB", threads=1)) as connection:
        assert problem(connection, "SELECT list(range) FROM range(100000000)") == "out-of-memory"


# The sandbox: what a query would need to reach anything but the source's own files

REACHING = [
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM read_text('/etc/passwd')",
    "SELECT * FROM read_blob('/proc/self/environ')",
    "SELECT * FROM '/etc/passwd'",
    "SELECT * FROM glob('/*')",
    "SELECT * FROM sniff_csv('/etc/passwd')",
    "SELECT * FROM '{folder}/other.parquet'",
    "SELECT * FROM '{folder}/../{name}/other.parquet'",
    "SELECT * FROM '{folder}/*.parquet'",
    "SELECT * FROM read_csv('{folder}/secret.csv')",
    "SELECT * FROM parquet_metadata('{folder}/other.parquet')",
    "SELECT * FROM 'https://example.com/x.parquet'",
    "SELECT * FROM 's3://bucket/x.parquet'",
    "SELECT getenv('HOME')",
]
LEAVING = [
    "COPY (SELECT 1) TO '{folder}/new.parquet'",
    "COPY flights TO '/dev/stdout'",
    "EXPORT DATABASE '{folder}/export'",
    "ATTACH '{folder}/new.db'",
    "LOAD httpfs",
    "INSTALL httpfs",
    "SET memory_limit = '100GB'",
    "SET enable_external_access = true",
    "SET allowed_directories = ['/']",
    "RESET lock_configuration",
]
CHANGING = [
    "COPY (SELECT 1) TO '{folder}/flights.parquet' (FORMAT parquet, USE_TMP_FILE false)",
    "CREATE TABLE kept AS SELECT 1",
    "CREATE OR REPLACE VIEW flights AS SELECT 1",
    "CREATE SECRET (TYPE s3)",
    "DROP VIEW flights",
    "PRAGMA enable_profiling",
    "EXPLAIN ANALYZE SELECT 1",
    "SELECT 1; SELECT 2",
    "SELECT 1; COPY (SELECT 1) TO '{folder}/new.parquet'",
]


def placed(sql: str, folder: Path) -> str:
    return sql.replace("{folder}", str(folder)).replace("{name}", folder.name)


@pytest.mark.parametrize("sql", REACHING + LEAVING + CHANGING)
def test_a_query_reaches_nothing_and_changes_nothing(connection: Connection, folder: Path, sql: str) -> None:
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    assert problem(connection, placed(sql, folder)) == "query-failed"
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before
    assert rows(connection, "SELECT count(*) FROM flights") == [[3]]


@pytest.mark.parametrize("sql", REACHING + LEAVING)
def test_the_connection_itself_has_no_way_out(connection: Connection, folder: Path, sql: str) -> None:
    with pytest.raises(duckdb.Error):
        connection.execute(placed(sql, folder))


def test_nothing_of_one_run_is_seen_by_another(folder: Path) -> None:
    with opened(SOURCE, Folder(folder), Limits()) as one, opened(SOURCE, Folder(folder), Limits()) as other:
        one.execute("CREATE TABLE seen AS SELECT 1")
        assert problem(other, "SELECT * FROM seen") == "query-failed"


def test_a_source_without_its_files_is_unavailable_and_says_nothing_of_where(tmp_path: Path) -> None:
    with pytest.raises(SourceUnavailable) as missing, opened(SOURCE, Folder(tmp_path), Limits()):
        pass
    assert str(tmp_path) not in str(missing.value)


def test_access_to_s3_shows_no_credentials() -> None:
    access = S3Access("c0ffee", "c0ffee", "c0ffee", "eu-west-1", "https://s3.eu-west-1.amazonaws.com")
    assert "c0ffee" not in repr(access) + str(access)
