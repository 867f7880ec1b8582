"""Which of DuckDB's functions a query may call."""

from pathlib import Path

import pytest

from cli.check.sql_functions import FUNCTIONS, TABLE_FUNCTIONS
from cli.check.sql_reads import known_functions
from tests.unit.check_pack import sql_mistakes


@pytest.mark.parametrize(
    "function",
    ["stats(carrier)", "getenv('HOME')", "current_setting('threads')", "nextval('a')", "bitstring_agg(1)",
     "getvariable('a')", "vector_type(carrier)"],
)  # fmt: skip
def test_what_looks_behind_the_rows_is_refused(tmp_path: Path, function: str) -> None:
    name = function.split("(")[0]
    (mistake,) = sql_mistakes(tmp_path, f"SELECT {function} FROM flights")
    assert mistake.startswith("1: sql ")
    assert f"{name}()" in mistake


@pytest.mark.parametrize(
    "function",
    ["read_parquet('a.parquet')", "read_csv('a.csv')", "read_text('a')", "glob('*')", "duckdb_tables()",
     "duckdb_secrets()", "query('SELECT 1')", "query_table('flights')", "parquet_metadata('a.parquet')"],
)  # fmt: skip
def test_what_reads_beside_the_tables_is_refused(tmp_path: Path, function: str) -> None:
    name = function.split("(")[0]
    assert any(f"must not read from {name}()" in each for each in sql_mistakes(tmp_path, f"FROM {function}"))


def test_nothing_allowed_is_unknown_to_duckdb() -> None:
    assert sorted((FUNCTIONS | TABLE_FUNCTIONS) - known_functions()) == []
