"""A chart's query in DuckDB: parameters in, plain rows out."""

import struct
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.json import decode, encode

from clerestory.dashboards import Number
from clerestory_query.duckdb_cells import plain, single
from clerestory_query.engine import Limits, QueryFailed
from clerestory_query.results import MAX_ROWS, ChartRows
from tests.charts import chart
from tests.unit.three_flights import Ran, engine, flights_folder, problem, running


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return flights_folder(tmp_path_factory.mktemp("data"))


@pytest.fixture
def ran(folder: Path) -> Ran:
    return running(folder)


# Parameters


def test_answers_with_typed_columns_and_rows(ran: Ran) -> None:
    rows = ran("SELECT origin, distance FROM flights WHERE carrier = $ACCT_ID", {"ACCT_ID": "AA"})
    assert rows == ChartRows("Chart", "chart", ["origin", "distance"], ["text", "integer"], [["JFK", 1089]])


def test_dates_bind_as_dates_and_lists_as_lists(ran: Ran) -> None:
    sql = """
        SELECT count(*) FROM flights
        WHERE day BETWEEN $DATE_RANGE[1] AND $DATE_RANGE[2] AND origin IN $ORIGIN AND day <> $DAY
    """
    env = {"DATE_RANGE": ("2013-01-01", "2013-01-31"), "ORIGIN": ["EWR", "JFK"], "DAY": "2013-01-02"}
    assert ran(sql, env).rows == [[1]]


def test_numbers_and_truths_bind_as_what_they_are(ran: Ran) -> None:
    assert ran("SELECT distance FROM flights WHERE distance > $MILES", {"MILES": 2474.5}).rows == [[2475]]
    assert ran("SELECT count(*) FROM flights WHERE $FLAG", {"FLAG": False}).rows == [[0]]


@pytest.mark.parametrize(("origin", "count"), [(None, 3), (("JFK",), 2)])
def test_no_value_binds_as_null(ran: Ran, origin: Any, count: int) -> None:
    sql = "SELECT count(*) FROM flights WHERE $ORIGIN IS NULL OR list_contains($ORIGIN, origin)"
    assert ran(sql, {"ORIGIN": origin}).rows == [[count]]


@given(value=st.text() | st.sampled_from(["' OR 1=1 --", "'; DROP VIEW flights; --", "$ORIGIN", "%", "\\'"]))
def test_a_value_is_never_sql(folder: Path, value: str) -> None:
    sql = "SELECT $ACCT_ID, count(*) FROM (SELECT 1) WHERE 'UA' = $ACCT_ID"
    with engine(folder, env={"ACCT_ID": value}) as tables:
        assert tables.compute(chart(sql, parameters=("ACCT_ID",)), 5).rows == [[value, 0]]


# Rows


CELLS = [
    ("DATE '2013-01-31'", "date", "2013-01-31"),
    ("TIMESTAMP '2013-01-31 12:00:00'", "timestamp", "2013-01-31T12:00:00"),
    ("TIMESTAMP_NS '2013-01-31 12:00:00'", "timestamp", "2013-01-31T12:00:00"),
    ("TIMESTAMPTZ '2013-01-31 12:00:00+00'", "instant", "2013-01-31T12:00:00+00:00"),
    ("TIME '12:00:00'", "time", "12:00:00"),
    ("INTERVAL 90 SECOND", "interval", 90.0),
    ("1.25::DECIMAL(5, 2)", "decimal", "1.25"),
    ("-0.10::DECIMAL(5, 2)", "decimal", "-0.10"),
    ("99999999999999.9999::DECIMAL(18, 4)", "decimal", "99999999999999.9999"),
    ("0.000000001::DECIMAL(38, 9)", "decimal", "0.000000001"),
    ("0.5::DOUBLE", "number", 0.5),
    ("0.1::FLOAT", "number", 0.1),
    ("16777217::FLOAT", "number", 16777216.0),
    ("'nan'::DOUBLE", "number", None),
    ("'-inf'::FLOAT", "number", None),
    ("sum(range) FROM range(10)", "integer", 45),
    ("1::UTINYINT", "integer", 1),
    ("9007199254740991", "integer", 2**53 - 1),
    ("-9007199254740992", "integer", "-9007199254740992"),
    ("12345678901234567890::HUGEINT", "integer", "12345678901234567890"),
    ("NULL", "integer", None),
    ("true", "boolean", True),
    ("'UA'", "text", "UA"),
    ("'a'::ENUM('a', 'b')", "text", "a"),
    ("'0f8fad5b-d9cb-469f-a165-70867728950e'::UUID", "text", "0f8fad5b-d9cb-469f-a165-70867728950e"),
    ("'{\"a\": 1}'::JSON", "json", '{"a": 1}'),
    ("[DATE '2013-01-31', NULL]", "json", ["2013-01-31", None]),
    ("{'a': 1.5::DECIMAL(2, 1)}", "json", {"a": "1.5"}),
    ("MAP {1: 'a'}", "json", {"1": "a"}),
]


def test_cells_are_what_json_has_and_their_types_go_with_them(ran: Ran, subtests: pytest.Subtests) -> None:
    for sql, kind, cell in CELLS:
        with subtests.test(sql):
            answer = decode(encode(ran(f"SELECT {sql}")))
            assert (answer["types"], answer["rows"]) == ([kind], [[cell]])


@pytest.mark.parametrize("sql", ["'a'::BLOB", "['a'::BLOB]", "{'a': 'a'::BLOB}"])
def test_what_no_card_can_show_is_said(ran: Ran, sql: str) -> None:
    assert problem(ran, f"SELECT {sql}") == "type-not-shown"


def digits(number: float) -> int:
    """How many there are but for zeros at either end."""
    return len(Decimal(repr(number)).normalize().as_tuple().digits)


@given(number=st.floats(width=32, allow_nan=False, allow_infinity=False))
@example(number=99999997952.0)  # 100000000000.0 is longer, and has one digit
def test_a_float_is_its_shortest_decimal_and_the_same_float(number: float) -> None:
    shown = single(number)
    assert shown is not None
    assert struct.pack("f", shown) == struct.pack("f", number)
    assert digits(shown) <= digits(number)


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
def test_a_chart_that_fails_says_so_and_no_more(ran: Ran, sql: str) -> None:
    assert problem(ran, sql) == "query-failed"


def test_a_chart_that_fails_leaves_the_next_alone(folder: Path) -> None:
    with engine(folder) as tables:
        for sql, seconds in (("SELECT error('x')", 5), ("SELECT count(*) FROM range(1000000000000)", 0.05)):
            with pytest.raises(QueryFailed):
                tables.compute(chart(sql), seconds)
        assert tables.compute(chart("SELECT count(*) FROM flights"), 5).rows == [[3]]


def test_the_engines_words_and_where_they_point(ran: Ran) -> None:
    with pytest.raises(QueryFailed) as failed:
        ran("SELECT 'é', nowhere FROM flights")
    error = failed.value.error
    assert error is not None
    assert (error.kind, error.position) == ("BinderException", 13)
    assert error.message.startswith('Referenced column "nowhere" not found')


HEAVY = (
    "SELECT count(*) FROM range(100000) a, range(100000) b, range(1000) c WHERE a.range + b.range > c.range"
)


@pytest.mark.parametrize("seconds", [0.2, 0.01, 0.0, -1.0])
def test_a_query_ends_when_its_time_is_up(ran: Ran, seconds: float) -> None:
    started = time.monotonic()
    assert problem(ran, HEAVY, seconds) == "query-timed-out"
    assert time.monotonic() - started < seconds + 1.5


def test_a_drawn_chart_may_have_so_many_rows_and_no_more(folder: Path) -> None:
    drawing: dict[str, Any] = {"table": None, "vega_lite": {"mark": "bar"}}
    with engine(folder) as tables:
        assert len(tables.compute(chart(f"FROM range({MAX_ROWS})", **drawing), 5).rows) == MAX_ROWS
        with pytest.raises(QueryFailed) as failed:
            tables.compute(chart(f"FROM range({MAX_ROWS + 1})", **drawing), 5)
    assert failed.value.problem.code == "too-many-rows"


def test_a_table_with_more_has_one_more_and_a_figure_needs_only_its_first(folder: Path) -> None:
    with engine(folder) as tables:
        assert len(tables.compute(chart(f"FROM range({MAX_ROWS + 9})"), 5).rows) == MAX_ROWS + 1
        figure = chart(f"FROM range({MAX_ROWS + 9})", table=None, number=Number())
        assert tables.compute(figure, 5).rows == [[0]]


def test_a_query_gets_no_more_memory_than_its_share(folder: Path) -> None:
    with engine(folder, Limits(memory="50MB", threads=1)) as tables, pytest.raises(QueryFailed) as failed:
        tables.compute(chart("SELECT list(range) FROM range(100000000)"), 5)
    assert failed.value.error is not None
    assert failed.value.error.kind == "OutOfMemoryException"
