"""The demo's data: the package's CSV files become Parquet, once."""

import zipfile
from pathlib import Path

import duckdb
import pytest

from demo.data.__main__ import main
from demo.data.build import DataMissingError, build, raw_folder


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    build(folder)
    return folder


@pytest.mark.parametrize(
    ("table", "rows"),
    [("flights", 336_776), ("airlines", 16), ("airports", 1_458), ("planes", 3_322), ("weather", 26_115)],
)
def test_each_table_has_every_row_of_the_package(data: Path, table: str, rows: int) -> None:
    assert _one(data, f"SELECT count(*) FROM {table}") == rows


@pytest.mark.parametrize(("carrier", "flights"), [("UA", 58_665), ("HA", 342), ("OO", 32)])
def test_each_carrier_has_its_flights(data: Path, carrier: str, flights: int) -> None:
    assert _one(data, f"SELECT count(*) FROM flights WHERE carrier = '{carrier}'") == flights


def test_what_the_package_calls_na_is_null(data: Path) -> None:
    assert _one(data, "SELECT count(*) FROM flights WHERE dep_time IS NULL") == 8_255


@pytest.mark.parametrize("table", ["flights", "weather"])
def test_the_date_is_one_column_and_agrees_with_its_parts(data: Path, table: str) -> None:
    assert _one(data, f"SELECT count(*) FROM {table} WHERE date <> make_date(year, month, day)") == 0


def test_a_carrier_lies_in_few_row_groups(data: Path) -> None:
    ranges = f"FROM parquet_metadata('{data / 'flights.parquet'}') WHERE path_in_schema = 'carrier'"
    groups = duckdb.sql(f"SELECT 'HA' BETWEEN stats_min AND stats_max {ranges}").fetchall()
    assert len(groups) > 15
    assert sum(holds for (holds,) in groups) <= 2


def test_a_second_build_writes_nothing(data: Path) -> None:
    assert build(data) == []


def test_a_lost_file_is_built_again(tmp_path: Path, raw: Path) -> None:
    build(tmp_path, raw)
    (tmp_path / "planes.parquet").unlink()
    assert tmp_path / "planes.parquet" in build(tmp_path, raw)


def test_new_raw_data_is_built_again(tmp_path: Path, raw: Path) -> None:
    build(tmp_path, raw)
    (raw / "airlines.csv").write_text("carrier,name\nZZ,Zeppelin\n")
    build(tmp_path, raw)
    assert _one(tmp_path, "SELECT name FROM airlines") == "Zeppelin"


def test_a_missing_package_is_one_sentence_and_a_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("demo.data.build.raw_folder", lambda: raw_folder("no_such_package"))
    assert main(["--folder", str(tmp_path)]) == 1
    told = capsys.readouterr().err
    assert "no_such_package, which isn't installed" in told
    assert len(told.splitlines()) == 1


def test_a_package_without_its_files_is_named() -> None:
    with pytest.raises(DataMissingError, match=r"flights\.csv\.zip"):
        raw_folder("duckdb")


@pytest.fixture
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A package's data folder with one row in each file."""
    folder = tmp_path_factory.mktemp("raw")
    (folder / "airlines.csv").write_text("carrier,name\nUA,United\n")
    (folder / "airports.csv").write_text("faa,name\nJFK,Kennedy\n")
    (folder / "planes.csv").write_text("tailnum,year\nN1,1999\n")
    (folder / "weather.csv").write_text(
        "origin,year,month,day,hour,time_hour\nJFK,2013,1,1,1,2013-01-01T06:00:00Z\n"
    )
    with zipfile.ZipFile(folder / "flights.csv.zip", "w") as archive:
        archive.writestr(
            "flights.csv",
            "year,month,day,sched_dep_time,carrier,flight,time_hour\n2013,1,1,515,UA,1,2013-01-01T10:00:00Z\n",
        )
    return folder


def _one(folder: Path, sql: str) -> object:
    with duckdb.connect() as connection:
        for file in folder.glob("*.parquet"):
            connection.sql(f"CREATE VIEW {file.stem} AS FROM '{file}'")
        row = connection.sql(sql).fetchone()
    assert row is not None
    return row[0]
