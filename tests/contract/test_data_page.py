"""What docs/data.md shows and says is so, against files of each kind that it names."""

import re
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from clerestory.catalog import Catalog
from clerestory.dashboards import Chart
from clerestory_query.duckdb_cells import cell_type
from clerestory_query.duckdb_tenants import FITTING
from clerestory_query.fitting import MAX_BYTES
from clerestory_query.results import MAX_ROWS, CellType
from cli.check import compile_folder
from cli.check.charts import LONGEST
from cli.check.prepared import all_wrong_queries
from cli.check.sources import FORMATS, format_of
from cli.check.sql_functions import FUNCTIONS, TABLE_FUNCTIONS
from cli.check.sql_reads import wrong_reads
from cli.check.sql_tree import MAX_SQL, parse_select
from tests.pack import ROOT

PAGE = (ROOT / "docs" / "data.md").read_text(encoding="utf-8")
ROWS = "SELECT 'acme' AS customer, 'DE' AS country, DATE '2025-02-01' AS placed, 12.50 AS amount"
FILES = {
    "orders.parquet": ROWS,
    "returns-2024.csv": ROWS,
    "returns-2025.csv": ROWS,
    "visits/january.jsonl.gz": "SELECT 'acme' AS customer, 'north' AS site",
    "events/customer=acme/day=2025-01-31/part-0.parquet": "SELECT 'opened' AS kind",
    "countries.csv": "SELECT 'DE' AS code, 'Germany' AS name",
    "rates.tsv.gz": "SELECT 'EUR' AS currency, 1.0 AS rate",
}


def shown_files() -> Iterator[tuple[str, str]]:
    """The files of a pack, which begin with their names."""
    for block in re.findall(r"```yaml\n(# .*?\n.*?)```", PAGE, re.DOTALL):
        yield block.partition("\n")[0].removeprefix("# "), block


def table_below(heading: str) -> list[list[str]]:
    """The cells of the first table below a heading, without its head."""
    below = PAGE.split(f"{heading}\n", 1)[1]
    lines = re.search(r"(?:^\|.*\|\n)+", below, re.MULTILINE)
    assert lines is not None
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[0].splitlines()[2:]]


def code(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    for name, text in shown_files():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return tmp_path / "dashboards"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    for name, rows in FILES.items():
        file = tmp_path / "data" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        separated = ", DELIMITER '\t'" if ".tsv" in name else ""
        duckdb.execute(f"COPY ({rows}) TO '{file}' (FORMAT {format_of(name)}{separated})")
    return tmp_path / "data"


def catalog_of(pack: Path) -> Catalog:
    compiled = compile_folder(pack)
    assert compiled.mistakes == ()
    assert compiled.catalog is not None
    return compiled.catalog


def test_the_files_that_it_shows_are_a_pack_without_a_mistake(pack: Path) -> None:
    assert len(list(shown_files())) == 2
    catalog_of(pack)


def test_whose_queries_fit_data_of_every_kind(pack: Path, data: Path) -> None:
    assert list(all_wrong_queries(pack, catalog_of(pack), data)) == []


def test_each_of_its_tables_reads_the_files_that_it_names(
    pack: Path, data: Path, subtests: pytest.Subtests
) -> None:
    dashboard = pack / "acme" / "revenue.yaml"
    shown = dashboard.read_text(encoding="utf-8")
    (organization,) = catalog_of(pack).organizations()
    for source, tables in ((name, each.tables) for name, each in organization.sources.items()):
        for table in tables:
            with subtests.test(table=table):
                chart = f"  - {{title: Rows, source: {source}, sql: FROM {table}, table: {{}}}}\n"
                dashboard.write_text(shown + chart, encoding="utf-8")
                assert list(all_wrong_queries(pack, catalog_of(pack), data)) == []


def test_the_mistake_that_it_shows_is_what_check_says(pack: Path, data: Path) -> None:
    dashboard = pack / "acme" / "revenue.yaml"
    text = dashboard.read_text(encoding="utf-8")
    dashboard.write_text(text.replace("c.name", "c.title"), encoding="utf-8")
    (mistake,) = all_wrong_queries(pack, catalog_of(pack), data)
    (shown,) = re.findall(r"^\$ make check [^\n]+\n([^`]+)```", PAGE, re.MULTILINE)
    assert f"{mistake}".removeprefix(f"{pack.parent}/") == " ".join(shown.split())


def test_it_names_every_ending_that_a_file_may_have() -> None:
    named = [ending for endings, *_ in table_below("### Files") for ending in code(endings)]
    assert named == list(FORMATS)
    for endings, gzipped, _ in table_below("### Files"):
        for ending in code(endings):
            assert (format_of(f"a{ending}.gz") is not None) == gzipped.startswith("yes")


def test_it_names_the_types_that_a_tenants_column_may_have() -> None:
    named = {kind.strip("`"): types for kind, types in table_below("### Columns that say whose a row is")}
    assert named.keys() == FITTING.keys()
    for kind in ("string", "date", "boolean"):
        assert {each.lower() for each in named[kind].split(", ")} == FITTING[kind]


def test_what_it_says_is_left_out_of_the_functions_is_refused(subtests: pytest.Subtests) -> None:
    for _, names in table_below("### Functions"):
        for name in code(names):
            with subtests.test(function=name):
                assert name not in FUNCTIONS | TABLE_FUNCTIONS
                select = parse_select(f"SELECT {name}(1)" if name != "glob" else "FROM glob('*')")
                assert [message for _, message in wrong_reads(select, ())] != []


def test_it_says_how_many_functions_there_are() -> None:
    (number,) = re.findall(r"some (\d+) of DuckDB's", PAGE)
    assert abs(int(number) - len(FUNCTIONS)) < 10


RESULTS: dict[CellType, str] = {
    "integer": "1::BIGINT",
    "number": "1::DOUBLE",
    "decimal": "12.50",
    "text": "'a'",
    "boolean": "true",
    "date": "DATE '2025-01-31'",
    "time": "TIME '01:00:00'",
    "timestamp": "TIMESTAMP '2025-01-31 01:00:00'",
    "instant": "'2025-01-31 01:00:00+00'::TIMESTAMPTZ",
    "interval": "INTERVAL 1 DAY",
    "json": "[1]",
}


def test_it_names_every_type_that_a_column_of_the_results_may_have() -> None:
    named = [kind for kinds, *_ in table_below("## Results") for kind in code(kinds)]
    assert set(named) == RESULTS.keys()
    for kind, value in RESULTS.items():
        assert cell_type(duckdb.sql(f"SELECT {value}").types[0]) == kind


def test_the_bounds_that_it_states_are_the_packs(subtests: pytest.Subtests) -> None:
    for stated in (
        f"one SELECT, at most {MAX_SQL:,} characters",
        f"how long its query may take: {Chart('', '').seconds}, and at most {LONGEST}",
        f"A table shows {MAX_ROWS:,} rows at most",
        f"would weigh more than {MAX_BYTES // 1_000_000} MB",
    ):
        with subtests.test(stated=stated):
            assert stated in PAGE
