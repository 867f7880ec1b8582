"""DuckDB over Parquet files in S3: the source's files, and nothing else of S3 or of the machine."""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from uuid import uuid4

import boto3
import duckdb
import pytest

from clerestory.aws import clients
from clerestory.dashboards import Chart, Number, Source, SourceTable
from clerestory_query.duckdb_source import DuckDB
from clerestory_query.duckdb_tables import DuckDBTables
from clerestory_query.engine import Limits, QueryFailed, Scope
from clerestory_query.forker import answers_from
from clerestory_query.jobs import Data, Job
from clerestory_query.storage import Bucket, S3Access, httpfs
from tests.charts import chart

SOURCE = Source("duckdb", {"flights": SourceTable(("flights.parquet",), "parquet")})
NOBODY = Scope({}, {})
Connection = duckdb.DuckDBPyConnection


@pytest.fixture(scope="module")
def parquet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("data") / "flights.parquet"
    duckdb.sql("SELECT range AS n FROM range(1000)").write_parquet(str(file))
    return file


@pytest.fixture(scope="module")
def buckets(client: Callable[[str], Any], parquet: Path) -> tuple[str, str]:
    """Two buckets with the same two files."""
    s3, names = client("s3"), (f"data-{uuid4()}", f"other-{uuid4()}")
    for name in names:
        s3.create_bucket(Bucket=name)
        for key in ("pack/flights.parquet", "pack/other.parquet"):
            s3.upload_file(str(parquet), name, key)
    return names


@pytest.fixture
def access(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> S3Access:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.setenv(name, "c0ffee")  # as a function's role is given to it
    return S3Access("c0ffee", "c0ffee", session_token="c0ffee", region="us-east-1", endpoint=endpoint)


@pytest.fixture
def connection(buckets: tuple[str, str], access: S3Access) -> Iterator[Connection]:
    with tables(f"s3://{buckets[0]}/pack/", access) as opened:
        yield opened.connection


def tables(url: str, access: S3Access) -> AbstractContextManager[DuckDBTables]:
    engine = DuckDB(lambda: Bucket(url, access), Limits())
    return engine.opened(SOURCE, {"flights": None}, NOBODY, unscoped=True)


def test_reads_the_sources_files(connection: Connection) -> None:
    assert connection.execute("SELECT count(*), sum(n) FROM flights").fetchall() == [(1000, 499500)]


def test_reads_them_in_a_process_that_is_bounded(
    buckets: tuple[str, str], access: S3Access, forker: str
) -> None:
    counted = Chart(
        "Flights", "SELECT count(*) FROM flights", source="lake", reads=("flights",), number=Number()
    )
    data = Data(f"s3://{buckets[0]}/pack/", access)
    job = Job({"lake": SOURCE}, data, (counted,), {}, {}, seconds=20, memory=1_513 << 20)
    ((_, answer),) = [ready for ready in answers_from(forker, job) if ready]
    assert answer.rows == b"[1000]\n"


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM 's3://{bucket}/pack/other.parquet'",
        "SELECT * FROM 's3://{other}/pack/flights.parquet'",
        "SELECT * FROM 's3://{bucket}/pack/*.parquet'",
        "SELECT * FROM glob('s3://{bucket}/*')",
        "SELECT * FROM '{endpoint}/{bucket}/pack/flights.parquet'",
        "SELECT * FROM '{file}'",
        "SELECT * FROM read_text('/etc/passwd')",
        "COPY flights TO '/dev/stdout'",
        "ATTACH 's3://{bucket}/pack/flights.parquet'",
        "SET s3_endpoint = 'attacker.example'",
        "RESET allowed_paths",
    ],
)
def test_and_nothing_else(
    connection: Connection, buckets: tuple[str, str], parquet: Path, endpoint: str, sql: str
) -> None:
    placed = sql.format(bucket=buckets[0], other=buckets[1], file=parquet, endpoint=endpoint)
    with pytest.raises(duckdb.Error):
        connection.execute(placed)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT value FROM duckdb_settings() WHERE name LIKE 's3%'",
        "SELECT current_setting('s3_secret_access_key'), current_setting('s3_access_key_id')",
        "SELECT regexp_replace(secret_string, 'key_id=[^;]*', '') FROM duckdb_secrets()",
    ],
)
def test_no_query_can_read_the_roles_secret(connection: Connection, sql: str) -> None:
    assert "c0ffee" not in str(connection.execute(sql).fetchall())


def test_secrets_are_shown_to_nobody_whole(connection: Connection) -> None:
    with pytest.raises(duckdb.Error):
        connection.execute("SELECT * FROM duckdb_secrets(redact = false)")


def test_files_that_are_not_there_are_said_without_a_secret(
    buckets: tuple[str, str], access: S3Access
) -> None:
    with tables(f"s3://{buckets[0]}/nowhere", access) as opened, pytest.raises(QueryFailed) as failed:
        opened.compute(chart("SELECT * FROM flights", reads=("flights",)), 5)
    assert failed.value.problem.code == "data-unreadable"
    assert "c0ffee" not in f"{failed.value!r}{failed.value.error!r}{failed.value.__cause__!r}"


# Where S3 is


@pytest.fixture
def unreachable() -> Iterator[Connection]:
    """A connection that says in its error where it would have gone."""
    with closing(duckdb.connect(":memory:")) as connection:
        connection.execute(f"LOAD '{httpfs()}'")
        connection.execute("SET http_proxy = 'http://127.0.0.1:9'; SET http_retries = 0")
        yield connection


@pytest.mark.parametrize(
    ("region", "bucket", "url"),
    [
        ("us-east-1", "lake", "https://lake.s3.us-east-1.amazonaws.com/"),
        ("eu-central-1", "lake", "https://lake.s3.eu-central-1.amazonaws.com/"),
        ("ap-southeast-5", "lake", "https://lake.s3.ap-southeast-5.amazonaws.com/"),
        ("cn-north-1", "lake", "https://lake.s3.cn-north-1.amazonaws.com.cn/"),
        ("us-gov-west-1", "lake", "https://lake.s3.us-gov-west-1.amazonaws.com/"),
        ("eusc-de-east-1", "lake", "https://lake.s3.eusc-de-east-1.amazonaws.eu/"),
        ("eu-central-1", "my.lake", "https://s3.eu-central-1.amazonaws.com/my.lake/"),
        ("cn-north-1", "my.lake", "https://s3.cn-north-1.amazonaws.com.cn/my.lake/"),
    ],
)
def test_a_bucket_is_asked_where_its_region_has_s3(
    unreachable: Connection, region: str, bucket: str, url: str
) -> None:
    session = boto3.Session("c0ffee", "c0ffee", region_name=region)
    access = S3Access(**clients.access_of(session, session.client("s3")))
    Bucket(f"s3://{bucket}/data", access).prepare(unreachable)
    with pytest.raises(duckdb.Error, match=re.escape(f"'{url}data/flights.parquet'")):
        unreachable.read_parquet(f"s3://{bucket}/data/flights.parquet")


def test_what_is_asked_of_a_bucket_lies_in_the_prefix(buckets: tuple[str, str], access: S3Access) -> None:
    """Or the role would not allow it: it reads and lists there alone."""
    with closing(duckdb.connect(":memory:")) as connection:
        Bucket(f"s3://{buckets[0]}/pack", access).prepare(connection)
        connection.execute("CALL enable_logging('HTTP')")
        connection.read_parquet(f"s3://{buckets[0]}/pack/flights.parquet").fetchall()
        connection.read_parquet(f"s3://{buckets[0]}/pack/f*.parquet").fetchall()
        answers_from = connection.execute("SELECT request.url FROM duckdb_logs_parsed('HTTP')").fetchall()
    paths = {unquote(urlsplit(url).path + "?" + urlsplit(url).query) for (url,) in answers_from}
    objects = {path for path in paths if "prefix=" not in path}
    assert objects == {f"/{buckets[0]}/pack/flights.parquet?"}
    assert {re.search("prefix=([^&]*)", path)[1] for path in paths - objects} == {"pack/f"}  # type: ignore[index]
