"""The same dashboard over the files that a team has: the same results and types, whatever their form."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import boto3
import duckdb
import pytest
from botocore.config import Config

from clerestory.dashboards import Source, SourceTable, Variable
from clerestory_query.duckdb_source import DuckDB
from clerestory_query.engine import Limits, Scope
from clerestory_query.storage import Bucket, Folder, S3Access, Storage
from local.aws.environment import REGION
from tests.charts import chart
from tests.pack import free_port

FLIGHTS = Path(".data/flights.parquet")
FORMS: dict[str, SourceTable] = {
    "parquet": SourceTable(("whole/flights.parquet",), "parquet", {"carrier": "ACCT_ID"}),
    "parquet, a list": SourceTable(("half/0.parquet", "half/1.parquet"), "parquet", {"carrier": "ACCT_ID"}),
    "parquet, a glob": SourceTable(("half/*.parquet",), "parquet", {"carrier": "ACCT_ID"}),
    "parquet by carrier": SourceTable(("by/**/*.parquet",), "parquet", {"carrier": "ACCT_ID"}),
    "csv": SourceTable(("whole/flights.csv",), "csv", {"carrier": "ACCT_ID"}),
    "csv, gzipped": SourceTable(("whole/flights.csv.gz",), "csv", {"carrier": "ACCT_ID"}),
    "csv by carrier": SourceTable(("csv by/*/*.csv",), "csv", {"carrier": "ACCT_ID"}),
    "json, gzipped": SourceTable(("whole/flights.json.gz",), "json", {"carrier": "ACCT_ID"}),
    "json lines": SourceTable(("whole/flights.jsonl",), "json", {"carrier": "ACCT_ID"}),
}
FEW = "('OO', 'HA', 'YV', 'F9', 'AS')"
COLUMNS = "carrier, origin, dest, date, time_hour, arr_delay, distance, tailnum"
SQL = """
    SELECT count(*), sum(distance), avg(arr_delay), min(date), max(time_hour), count(DISTINCT tailnum),
           string_agg(DISTINCT origin, ' ' ORDER BY origin), min(carrier), max(carrier)
    FROM flights
"""
TYPES = ["integer", "integer", "number", "date", "timestamp", "integer", "text", "text", "text"]
VARIABLES = {"ACCT_ID": Variable(type="string", claim="custom:acct_id")}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Some flights of every carrier, in each form."""
    made = tmp_path_factory.mktemp("data")
    with duckdb.connect() as connection:
        connection.execute(
            f"CREATE TABLE flights AS SELECT {COLUMNS} FROM '{FLIGHTS}' "
            f"WHERE carrier IN {FEW} OR flight % 40 < 2"
        )
        for name in ("whole", "half"):
            (made / name).mkdir()
        for name, options in {
            "whole/flights.parquet": "FORMAT parquet, ROW_GROUP_SIZE 4096",
            "whole/flights.csv": "FORMAT csv",
            "whole/flights.csv.gz": "FORMAT csv, COMPRESSION gzip",
            "whole/flights.json.gz": "FORMAT json, COMPRESSION gzip",
            "whole/flights.jsonl": "FORMAT json",
            "by": "FORMAT parquet, PARTITION_BY (carrier)",
            "csv by": "FORMAT csv, PARTITION_BY (carrier)",
        }.items():
            connection.execute(f"COPY flights TO '{made / name}' ({options})")
        for half in range(2):
            rows = f"SELECT * FROM flights WHERE rowid % 2 = {half}"
            connection.execute(f"COPY ({rows}) TO '{made / 'half' / f'{half}.parquet'}' (FORMAT parquet)")
    return made


@pytest.fixture(scope="module")
def carriers(folder: Path) -> dict[str, list[Any]]:
    """What DuckDB itself says of each."""
    whole = folder / "whole" / "flights.parquet"
    with duckdb.connect() as connection:
        names = connection.execute(f"SELECT DISTINCT carrier FROM '{whole}'").fetchall()
        said = {}
        for (name,) in names:
            sql = SQL.replace("FROM flights", f"FROM '{whole}' WHERE carrier = '{name}'")
            (said[name],) = connection.execute(sql).fetchall()
    return {name: [_as_json(cell) for cell in row] for name, row in said.items()}


@pytest.fixture(scope="module")
def bucket(folder: Path) -> Iterator[Storage]:
    """S3 in a process of its own: DuckDB holds Python's lock while it looks into a file."""
    port, name = free_port(), f"data-{uuid4()}"
    server = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-p", str(port)], stderr=subprocess.DEVNULL
    )
    try:
        s3: Any = boto3.client(
            "s3", endpoint_url=f"http://127.0.0.1:{port}", region_name=REGION,
            aws_access_key_id="local", aws_secret_access_key="local",
            config=Config(retries={"total_max_attempts": 50}),
        )  # fmt: skip
        s3.create_bucket(Bucket=name)
        for file in (each for each in folder.rglob("*.*") if each.is_file()):
            s3.upload_file(str(file), name, f"pack/{file.relative_to(folder).as_posix()}")
        access = S3Access("local", "local", "", REGION, f"http://127.0.0.1:{port}")
        yield Bucket(f"s3://{name}/pack/", access)
    finally:
        server.kill()
        server.wait()


def results(table: SourceTable, storage: Storage, carrier: str) -> tuple[list[str], list[Any]]:
    scope = Scope(VARIABLES, {"ACCT_ID": carrier})
    engine, source = DuckDB(lambda: storage, Limits()), Source("duckdb", {"flights": table})
    with engine.opened(source, {"flights": None}, scope, unscoped=False) as session:
        rows = session.compute(chart(SQL, reads=("flights",)), 30)
    return list(rows.types), rows.rows[0]


@pytest.mark.parametrize("form", FORMS)
def test_every_carrier_has_its_own_rows_on_disk(
    folder: Path, carriers: dict[str, list[Any]], form: str
) -> None:
    seen = {carrier: results(FORMS[form], Folder(folder), carrier) for carrier in carriers}
    assert seen == {carrier: (TYPES, row) for carrier, row in carriers.items()}
    assert len(seen) == 16


@pytest.mark.parametrize("form", FORMS)
def test_and_in_a_bucket(bucket: Storage, carriers: dict[str, list[Any]], form: str) -> None:
    some = ("UA", "HA", "OO")
    seen = {carrier: results(FORMS[form], bucket, carrier) for carrier in some}
    assert seen == {carrier: (TYPES, carriers[carrier]) for carrier in some}


def _as_json(cell: Any) -> Any:
    return cell.isoformat() if hasattr(cell, "isoformat") else cell
