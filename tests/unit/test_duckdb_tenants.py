"""Whose rows a chart sees: those whose column is the variable's value, byte for byte."""

from pathlib import Path
from typing import Any
from urllib.parse import quote

import duckdb
import pytest
from msgspec.json import encode

from clerestory.dashboards import FileFormat, Source, SourceTable, Variable, VariableType
from clerestory_query.duckdb_source import DuckDB
from clerestory_query.engine import Limits, QueryFailed, Scope
from clerestory_query.storage import Folder
from tests.charts import chart

LARGE = 2**53


def rows(
    folder: Path, variable: Variable, value: Any, table: SourceTable | None = None, sql: str = ""
) -> list[Any]:
    """The numbers of the rows that a tenant with this value sees."""
    source = Source("duckdb", {"t": table or SourceTable(("t.parquet",), "parquet", {"owner": "OWNER"})})
    scope = Scope({"OWNER": variable}, {"OWNER": value})
    query = chart(sql or "SELECT n FROM t ORDER BY n", reads=("t",))
    with DuckDB(lambda: Folder(folder), Limits()).opened(
        source, {"t": None}, scope, unscoped=False
    ) as tables:
        return [row[0] for row in tables.compute(query, 5).rows]


def seen(folder: Path, owners: str, kind: VariableType, value: Any) -> list[Any]:
    """`owners` are SQL expressions, one a row, numbered from 1."""
    values = ", ".join(f"({number}, {owner})" for number, owner in enumerate(owners.split("; "), 1))
    duckdb.sql(f"SELECT * FROM (VALUES {values}) v(n, owner)").write_parquet(str(folder / "t.parquet"))
    is_list = isinstance(value, list | tuple)
    return rows(folder, Variable(kind, list=is_list, claim="custom:owner"), value)


EQUAL: list[tuple[str, VariableType, Any, list[int]]] = [
    ("'UA'; 'ua'; 'UA '; ' UA'; NULL; ''", "string", "UA", [1]),
    ("''; ' '; NULL", "string", "", [1]),
    ("'7'; '007'; '7.0'", "string", "7", [1]),
    ("'7'; '007'", "string", "007", [2]),
    ("'é'; 'e' || chr(769)", "string", "é", [1]),
    ("'é'; 'e' || chr(769)", "string", "e\u0301", [2]),
    ("'%'; 'UA'; '_'", "string", "%", [1]),
    ("'a' || chr(0) || 'b'; 'a'", "string", "a", [2]),
    ("'UA'; 'x'' OR 1 = 1'", "string", "x' OR 1 = 1", [2]),
    ("1; 2; NULL", "number", 2, [2]),
    ("1; 2", "number", 2.0, [2]),
    ("1; 2", "number", 1.5, []),
    (f"{LARGE - 1}; {LARGE}; {LARGE + 1}", "number", LARGE + 1, [3]),
    (f"{LARGE - 1}; {LARGE}; {LARGE + 1}", "number", LARGE, [2]),
    ("1::UTINYINT; 2::UTINYINT", "number", 300, []),
    ("-1; 1", "number", -1, [1]),
    ("true; false; NULL", "boolean", False, [2]),
    ("true; false", "boolean", True, [1]),
    ("DATE '2013-01-01'; DATE '2013-01-02'; NULL", "date", "2013-01-02", [2]),
    ("uuid '11111111-1111-1111-1111-111111111111'; NULL", "string",
     "11111111-1111-1111-1111-111111111111", [1]),
    ("'UA'; 'AA'; NULL", "string", None, []),
    ("'UA'; 'AA'; NULL", "string", [], []),
    ("'UA'; 'AA'; 'DL'; NULL", "string", ["UA", "DL"], [1, 3]),
]  # fmt: skip


@pytest.mark.parametrize(("owners", "kind", "value", "expected"), EQUAL)
def test_a_tenant_sees_the_rows_that_equal_its_value(
    tmp_path: Path, owners: str, kind: VariableType, value: Any, expected: list[int]
) -> None:
    assert seen(tmp_path, owners, kind, value) == expected


UNFIT: list[tuple[str, VariableType, Any]] = [
    ("1::DOUBLE", "number", 1),
    ("1::HUGEINT", "number", 1),  # which Parquet keeps as a DOUBLE
    ("1.0::DECIMAL(4, 1)", "number", 1),
    ("'1'", "number", 1),
    ("1", "string", "1"),
    ("TIMESTAMP '2013-01-01'", "date", "2013-01-01"),
    ("DATE '2013-01-01'", "string", "2013-01-01"),
    ("'x'::BLOB", "string", "x"),
    ("'\"x\"'::JSON", "string", '"x"'),
    ("['x']", "string", "x"),
    ("1", "boolean", True),
]


@pytest.mark.parametrize(("owner", "kind", "value"), UNFIT)
def test_a_column_that_would_be_converted_first_shows_nothing(
    tmp_path: Path, owner: str, kind: VariableType, value: Any
) -> None:
    with pytest.raises(QueryFailed, match="data-unreadable"):
        seen(tmp_path, owner, kind, value)


def test_only_a_locked_variable_says_whose_rows_they_are(tmp_path: Path) -> None:
    duckdb.sql("SELECT 1 AS n, 'UA' AS owner").write_parquet(str(tmp_path / "t.parquet"))
    with pytest.raises(QueryFailed, match="data-unreadable"):
        rows(tmp_path, Variable("string"), "UA")


def test_a_column_that_is_not_there_shows_nothing(tmp_path: Path) -> None:
    duckdb.sql("SELECT 1 AS n, 'UA' AS carrier").write_parquet(str(tmp_path / "t.parquet"))
    with pytest.raises(QueryFailed, match="data-unreadable"):
        rows(tmp_path, Variable("string", claim="custom:owner"), "UA")


@pytest.mark.parametrize(
    ("name", "text", "format"),
    [
        ("t.csv", "n,owner\n1,007\n2,7\n3,8\n", "csv"),
        ("t.json", '[{"n": 1, "owner": "007"}, {"n": 2, "owner": "7"}]', "json"),
        ("owner=007/t.csv", "n\n1\n", "csv"),
    ],
)
def test_a_column_of_text_files_is_read_as_declared(
    tmp_path: Path, name: str, text: str, format: Any
) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text(text)
    pattern = "*/t.csv" if "/" in name else name
    table = SourceTable((pattern,), format, {"owner": "OWNER"})
    assert rows(tmp_path, Variable("string", claim="custom:owner"), "007", table) == [1]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT n FROM t ORDER BY n",
        "SELECT n FROM t WHERE owner = 'AA' OR true",
        "SELECT n FROM (SELECT * FROM t UNION ALL SELECT * FROM T) GROUP BY n",
        "SELECT a.n FROM t a LEFT JOIN t b ON true GROUP BY a.n",
    ],
)
def test_no_sql_sees_more(tmp_path: Path, sql: str) -> None:
    values = "(1, 'UA'), (2, 'AA')"
    duckdb.sql(f"SELECT * FROM (VALUES {values}) v(n, owner)").write_parquet(str(tmp_path / "t.parquet"))
    assert rows(tmp_path, Variable("string", claim="custom:owner"), "UA", sql=sql) == [1]


@pytest.mark.parametrize("file", ["t.parquet", "t.csv", "t.json"])
def test_the_file_with_all_tenants_rows_is_out_of_reach(tmp_path: Path, file: str) -> None:
    """By any SQL, also of that which the check refuses."""
    ending = file.partition(".")[2]
    duckdb.sql(f"COPY (SELECT 1 AS n, 'UA' AS owner) TO '{tmp_path / file}' (FORMAT {ending})")
    table = SourceTable((file,), ending, {"owner": "OWNER"})  # type: ignore[arg-type]
    locked = Variable("string", claim="custom:owner")
    assert rows(tmp_path, locked, "UA", table) == [1]
    for sql in (f"SELECT * FROM '{tmp_path / file}'", f"SELECT * FROM read_text('{tmp_path / file}')"):
        with pytest.raises(QueryFailed):
            rows(tmp_path, locked, "UA", table, sql)


@pytest.mark.parametrize(
    ("kind", "value", "others"),
    [
        ("number", 7, ["7.4", "6.6", "7e0", "0x7", " 7", "007", "+7", "7.0", "12a"]),
        ("date", "2013-01-02", ["2013-01-02 23:59:00", "02/01/2013", "2013-1-2"]),
        ("boolean", True, ["1", "t", "TRUE", "yes"]),
        ("string", "3F2504E0-4F89-41D3-9A0C-0305E82C3301", ["3f2504e0-4f89-41d3-9a0c-0305e82c3301"]),
        ("string", "2013-01-02", ["2013-01-02 00:00:00"]),
    ],
)
@pytest.mark.parametrize("format", ["csv", "json", "parquet"])
def test_what_has_no_type_of_its_own_is_compared_as_it_is_written(
    tmp_path: Path, format: FileFormat, kind: VariableType, value: Any, others: list[str]
) -> None:
    """In CSV, JSON and the names of folders."""
    owners = [{True: "true"}.get(value, str(value)), *others]
    if format == "csv":
        lines = [f'{number},"{owner}"' for number, owner in enumerate(owners, 1)]
        (tmp_path / "t.csv").write_text("\n".join(["n,owner", *lines]))
        path = "t.csv"
    elif format == "json":
        objects = [{"n": number, "owner": owner} for number, owner in enumerate(owners, 1)]
        (tmp_path / "t.json").write_bytes(encode(objects))
        path = "t.json"
    else:
        for number, owner in enumerate(owners, 1):
            folder = tmp_path / f"owner={quote(owner, safe=' :+')}"
            folder.mkdir()
            duckdb.sql(f"SELECT {number} AS n").write_parquet(str(folder / "t.parquet"))
        path = "*/t.parquet"
    table = SourceTable((path,), format, {"owner": "OWNER"})
    assert rows(tmp_path, Variable(kind, claim="custom:owner"), value, table) == [1]


def test_it_is_shown_as_what_its_variable_is(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("n,owner\n1,7\n2,8\n")
    table = SourceTable(("t.csv",), "csv", {"owner": "OWNER"})
    sql = "SELECT owner + 1 FROM t"
    assert rows(tmp_path, Variable("number", claim="custom:owner"), 7, table, sql) == [8]


@pytest.mark.parametrize("name", ["owner", "Owner"])
def test_files_whose_types_differ_show_nothing(tmp_path: Path, name: str) -> None:
    """However they spell the column: DuckDB takes it for the same."""
    duckdb.sql("SELECT 1 AS n, 7 AS owner").write_parquet(str(tmp_path / "1.parquet"))
    duckdb.sql(f"SELECT 2 AS n, '07' AS {name}").write_parquet(str(tmp_path / "2.parquet"))
    table = SourceTable(("*.parquet",), "parquet", {"owner": "OWNER"})
    with pytest.raises(QueryFailed, match="data-unreadable"):
        rows(tmp_path, Variable("number", claim="custom:owner"), 7, table)


def test_what_others_rows_hold_breaks_nothing(tmp_path: Path) -> None:
    """A value of another type far behind the others, and another tenant's folder with another schema."""
    lines = [f"{number},UA,{number}" for number in range(30_000)]
    (tmp_path / "t.csv").write_text("\n".join(["n,owner,x", *lines, "1,AA,never"]))
    table = SourceTable(("t.csv",), "csv", {"owner": "OWNER"})
    sql = "SELECT count(*) FROM t"
    assert rows(tmp_path, Variable("string", claim="custom:owner"), "UA", table, sql) == [30_000]
    for owner, n in (("UA", "1"), ("AA", "'text'")):
        (tmp_path / f"owner={owner}").mkdir()
        duckdb.sql(f"SELECT {n} AS n").write_parquet(str(tmp_path / f"owner={owner}" / "p.parquet"))
    by_owner = SourceTable(("*/p.parquet",), "parquet", {"owner": "OWNER"})
    assert rows(
        tmp_path, Variable("string", claim="custom:owner"), "UA", by_owner, "SELECT n + 1 FROM t"
    ) == [2]
