"""What a query would need to reach anything but its source's own files, it hasn't."""

from pathlib import Path

import duckdb
import pytest

from clerestory_query.engine import QueryFailed
from clerestory_query.storage import S3Access
from tests.charts import chart
from tests.unit.three_flights import Ran, engine, flights_folder, problem, running


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return flights_folder(tmp_path_factory.mktemp("data"))


@pytest.fixture
def ran(folder: Path) -> Ran:
    return running(folder)


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
def test_a_query_reaches_nothing_and_changes_nothing(ran: Ran, folder: Path, sql: str) -> None:
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    assert problem(ran, placed(sql, folder)) == "query-failed"
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before
    assert ran("SELECT count(*) FROM flights").rows == [[3]]


@pytest.mark.parametrize("sql", REACHING + LEAVING)
def test_the_connection_itself_has_no_way_out(folder: Path, sql: str) -> None:
    with engine(folder) as tables, pytest.raises(duckdb.Error):
        tables.connection.execute(placed(sql, folder))


def test_nothing_of_one_run_is_seen_by_another(folder: Path) -> None:
    with engine(folder) as one, engine(folder) as other:
        one.connection.execute("CREATE TABLE seen AS SELECT 1")
        with pytest.raises(QueryFailed):
            other.compute(chart("SELECT * FROM seen"), 5)


def test_a_table_without_its_files_fails_only_the_charts_that_read_it(tmp_path: Path) -> None:
    with engine(tmp_path) as tables:
        with pytest.raises(QueryFailed) as missing:
            tables.compute(chart("SELECT * FROM flights", reads=("flights",)), 5)
        assert tables.compute(chart("SELECT 1"), 5).rows == [[1]]
    assert missing.value.problem.code == "data-unreadable"
    assert str(tmp_path) not in str(missing.value.problem)


def test_access_to_s3_shows_no_credentials() -> None:
    access = S3Access("c0ffee", "c0ffee", "c0ffee", "eu-west-1", "https://s3.eu-west-1.amazonaws.com")
    assert "c0ffee" not in repr(access) + str(access)
