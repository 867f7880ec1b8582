"""A source's tables: which files they are in, and whose rows they hold."""

from pathlib import Path

import pytest

from clerestory.dashboards import SourceTable
from tests.unit.check_pack import ORGANIZATION, changed, compiled, mistakes

AIRPORTS = "{files: airports.parquet, shared: true}"
TABLE = 'organization.yaml:11: source "flights": table "airports": '


def wrong(folder: Path, table: str) -> list[str]:
    """The mistakes of a table that is written so."""
    return mistakes(folder, changed(ORGANIZATION, AIRPORTS, table))


def table_of(folder: Path, table: str) -> SourceTable:
    organization, _ = compiled(folder, changed(ORGANIZATION, AIRPORTS, table))
    return organization.sources["flights"].tables["airports"]


@pytest.mark.parametrize(
    ("files", "format"),
    [
        ("a.parquet", "parquet"),
        ("a.csv", "csv"),
        ("a.csv.gz", "csv"),
        ("a.tsv", "csv"),
        ("a.tsv.gz", "csv"),
        ("a.json", "json"),
        ("a.json.gz", "json"),
        ("a.jsonl", "json"),
        ("a.ndjson.gz", "json"),
        ("by/**/*.csv.gz", "csv"),
        ("with a space/é.csv", "csv"),
        ("carrier=UA/a.parquet", "parquet"),
    ],
)
def test_a_files_ending_says_what_it_holds(tmp_path: Path, files: str, format: str) -> None:
    table = table_of(tmp_path, f"{{files: '{files}', shared: true}}")
    assert (table.files, table.format) == ((files,), format)


def test_files_of_one_kind_stand_in_a_list(tmp_path: Path) -> None:
    table = table_of(tmp_path, "{files: [a.csv, 'b/*.tsv.gz'], shared: true}")
    assert (table.files, table.format) == (("a.csv", "b/*.tsv.gz"), "csv")


def test_files_of_two_kinds_are_two_tables(tmp_path: Path) -> None:
    assert wrong(tmp_path, "{files: [a.csv, b.json], shared: true}") == [
        TABLE + "files must be of one kind, not csv and json"
    ]


def test_a_table_has_a_file(tmp_path: Path) -> None:
    assert wrong(tmp_path, "{files: [], shared: true}") == [TABLE + "files must name at least one file"]
    assert wrong(tmp_path, "{shared: true}") == [TABLE + 'the key "files" is missing']


def test_a_tenants_table_names_its_columns_and_their_variables(tmp_path: Path) -> None:
    table = table_of(tmp_path, "{files: a.csv, tenant: {carrier: ACCT_ID, 'home port': PORT}}")
    assert table.tenant == {"carrier": "ACCT_ID", "home port": "PORT"}


def test_a_shared_table_has_no_tenant(tmp_path: Path) -> None:
    assert table_of(tmp_path, "{files: a.csv, shared: true}").tenant == {}


NOT_SAID = (
    'doesn\'t say whose rows it holds: write "tenant: {column: VARIABLE}", or "shared: true" where every '
    "tenant may see all of them"
)
BAD_COLUMN = "tenant has a column whose name is blank, or has a quote in it"
WHOSE = [
    ("{files: a.csv}", NOT_SAID),
    ("{files: a.csv, shared: false}", NOT_SAID),
    (
        "{files: a.csv, shared: true, tenant: {carrier: ACCT_ID}}",
        "shared is true beside tenant: a table's rows are a tenant's, or everybody's",
    ),
    ("{files: a.csv, tenant: {}}", "tenant must name a column and its variable"),
    (
        "{files: a.csv, tenant: {carrier: acct_id}}",
        "tenant: the variable of carrier can't be \"acct_id\": write a variable's name, such as ACCT_ID",
    ),
    (
        "{files: a.csv, tenant: {carrier: 7}}",
        "tenant: the variable of carrier can't be the number 7: write a variable's name, such as ACCT_ID",
    ),
    (
        "{files: a.csv, tenant: {'a\"b': ACCT_ID}}",
        BAD_COLUMN,
    ),
    (
        "{files: a.csv, tenant: {'': ACCT_ID}}",
        BAD_COLUMN,
    ),
]


@pytest.mark.parametrize(("table", "expected"), WHOSE)
def test_a_table_says_whose_rows_it_holds(tmp_path: Path, table: str, expected: str) -> None:
    assert wrong(tmp_path, table) == [TABLE + expected]


def test_the_former_mapping_of_files_is_told_the_new_one(tmp_path: Path) -> None:
    text = ORGANIZATION.split("    tables:")[0] + "    files: {trips: trips.parquet}\n"
    assert (
        'organization.yaml:8: source "flights": files is written as tables, each with whose rows it holds: '
        "tables: {trips: {files: trips.parquet, tenant: {column: VARIABLE}}}, or shared: true for tenant"
    ) in mistakes(tmp_path, text)
