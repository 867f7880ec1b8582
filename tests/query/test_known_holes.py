"""What showed other tenants' rows before, by DuckDB itself and through a chart."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from duckdb import ColumnExpression, ConstantExpression

from tests.query.both_data_sets import Both, checked, opened
from tests.query.two_data_sets import OWN


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    with opened(tmp_path_factory.mktemp("data")) as sessions:
        yield sessions


# Those that a prover of tenancy passed: the condition stands somewhere, and rows of other tenants pass.
SELECTS = [
    "SELECT * EXCLUDE b FROM facts ORDER BY rid",
    "SELECT rid FROM facts WHERE tenant = $ACCT OR true ORDER BY rid",
    "SELECT rid FROM facts WHERE NOT (tenant = $ACCT) ORDER BY rid",
    "SELECT rid FROM facts WHERE tenant <> $ACCT OR tenant IS NULL ORDER BY rid",
    "SELECT rid FROM facts WHERE $ACCT = $ACCT ORDER BY rid",
    "SELECT rid FROM facts WHERE tenant = coalesce($ACCT, tenant) ORDER BY rid",
    "SELECT rid FROM facts WHERE CASE WHEN tenant = $ACCT THEN true ELSE true END ORDER BY rid",
    "SELECT tenant, count(*) FROM facts GROUP BY 1 HAVING tenant = $ACCT OR true",
    "SELECT count(*) FROM facts f LEFT JOIN common c ON f.tenant = $ACCT",
    "SELECT count(*) FROM facts f FULL JOIN two t ON f.tenant = t.tenant AND f.tenant = $ACCT AND f.rid = t.rid",
    "SELECT count(*) FROM facts WHERE EXISTS (SELECT 1 FROM two WHERE tenant = $ACCT)",
    "SELECT (SELECT count(*) FROM facts g WHERE a.tenant = $ACCT) FROM two a ORDER BY ALL",
    "SELECT rid FROM two UNION ALL SELECT rid FROM facts ORDER BY ALL",
    "SELECT count(*) FROM two a POSITIONAL JOIN facts f WHERE a.tenant = $ACCT",
    "SELECT * FROM (PIVOT (SELECT k, tenant FROM facts) ON tenant IN ('Zoë', 'zoë', 'AA') USING count(*)) ORDER BY ALL",
    "SELECT rid FROM facts WHERE tenant::INTEGER IS NOT DISTINCT FROM NULL ORDER BY rid",
    "SELECT rid FROM facts WHERE try_cast(tenant AS INTEGER) IS NOT DISTINCT FROM try_cast($ACCT AS INTEGER) ORDER BY 1",
    "SELECT rid FROM facts WHERE tenant COLLATE NOACCENT = 'Zoe' ORDER BY rid",
    "SELECT rid FROM facts WHERE tenant COLLATE NOCASE = 'zoë' ORDER BY rid",
    "SELECT rid FROM facts LIMIT 5",
    "SELECT coalesce(max(rid), 0) < 600 AS c FROM facts USING SAMPLE 10%",
    "SELECT rowid, rid FROM facts ORDER BY rid",
    "SELECT filename FROM facts",
    "SELECT file_row_number FROM facts",
    "SELECT file_index FROM facts",
    'SELECT count(*) FROM "FACTS" f(rid)',
    "SELECT f FROM facts f ORDER BY ALL LIMIT 3",
    "SELECT count(*) /* $ACCT */ FROM facts -- 'AA'",
    "SELECT count(COLUMNS(*)) FROM facts",
    "SELECT nothing FROM facts",
    # Functions that DuckDB takes for ones that never fail: over a view it computes them for all of a dictionary
    "SELECT date_trunc(name, ts) FROM facts",
    "SELECT sum(epoch_ns(ts)) FROM facts",
    "SELECT rid FROM facts WHERE epoch_ns(ts) > 0 ORDER BY rid",
    "SELECT substr('x', 2, n) AS c FROM facts ORDER BY rid",
    "SELECT list_transform([n], lambda e: e * 1000) AS c FROM facts ORDER BY rid",
    # Which side of a join is read first, and so which rows a cast meets, hangs on how many rows there seem to be
    "SELECT n.rid FROM numbered n JOIN facts f ON n.rid > f.rid AND f.rid > 590 WHERE n.word::DOUBLE > 1 ORDER BY ALL",
]


@pytest.mark.parametrize("sql", SELECTS)
def test_a_select_that_once_showed_others(both: Both, sql: str) -> None:
    chart = checked(sql)
    assert chart is not None
    alone, among = both.compared(chart, ordered=True)
    assert alone == among


REFUSED = [
    "SELECT stats(note) FROM facts",
    "SELECT bitstring_agg(n) FROM facts",
    "SELECT vector_type(note) FROM facts",
    "EXPLAIN SELECT * FROM facts",
    "EXPLAIN ANALYZE SELECT * FROM facts",
    "SELECT * FROM (SUMMARIZE facts)",
    "SELECT * FROM (DESCRIBE facts)",
    "FROM 'facts/1.parquet'",
    'FROM "facts/1.parquet"',
    "FROM read_parquet('facts/1.parquet')",
    "FROM parquet_scan('facts/1.parquet')",
    "FROM parquet_metadata('facts/1.parquet')",
    "FROM parquet_bloom_probe('facts/1.parquet', 'tenant', 'AA')",
    "FROM read_csv('lines.csv.gz')",
    "FROM glob('**')",
    "FROM main.facts",
    "FROM memory.main.facts",
    "FROM memory.facts",
    "FROM information_schema.tables",
    "FROM pg_catalog.pg_class",
    "FROM sqlite_master",
    "FROM duckdb_views()",
    "FROM duckdb_tables()",
    "FROM pragma_storage_info('facts')",
    "FROM pragma_table_info('facts')",
    "FROM query('FROM facts')",
    "FROM query_table('facts')",
    "FROM query_table(['facts', 'two'])",
    "FROM seq_scan('facts')",
    "SELECT getvariable('x')",
    "SELECT current_setting('allowed_paths')",
    "SELECT current_query()",
    "SELECT getenv('HOME')",
    "SELECT nextval('s')",
    "SELECT add_parquet_key('a', 'b')",
    "SELECT json_execute_serialized_sql(json_serialize_sql('FROM facts'))",
    "SELECT read_text('/etc/passwd')",
    "SELECT error(note) FROM facts",
    "SELECT system.main.stats(n) FROM facts",
    "WITH facts AS (SELECT 1) FROM facts",
    "FROM both",
    "FROM connection",
    "FROM " + "x" * 10_000,
    "SELECT \"a\" FROM 'https://example.com/x.csv'",
]


@pytest.mark.parametrize("sql", REFUSED)
def test_what_reads_beside_the_tables_is_refused(sql: str) -> None:
    assert checked(sql) is None


@pytest.fixture
def view(tmp_path: Path) -> duckdb.DuckDBPyConnection:
    """A view of the tenant's rows of a Parquet file, which is not how the pack does it."""
    connection = duckdb.connect(config={"threads": 1})
    rows = f"SELECT '{OWN}' AS tenant, i % 9 AS n, 'day' AS part FROM range(1000) t(i)"
    other = "SELECT 'AA', 1000000, 'secret' FROM range(1000) t(i)"
    mixed = f"SELECT * FROM ({rows} UNION ALL {other}) ORDER BY hash(n, tenant), part"
    connection.execute(f"COPY ({mixed}) TO '{tmp_path}/rows.parquet'")
    mine = connection.read_parquet(f"{tmp_path}/rows.parquet")
    mine.filter(ColumnExpression("tenant") == ConstantExpression(OWN)).create_view("rows")
    return connection


def test_a_view_would_show_the_bounds_of_all_rows(view: duckdb.DuckDBPyConnection) -> None:
    assert "1000000" in str(view.execute("SELECT stats(n) FROM rows LIMIT 1").fetchall())
    with pytest.raises(duckdb.Error, match=r"1000000|range"):
        view.execute("SELECT bitstring_agg(n * 100000) FROM rows").fetchall()


def test_a_view_would_compute_functions_over_all_of_a_dictionary(view: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(duckdb.ConversionException, match="secret"):
        view.execute("SELECT date_trunc(part, TIMESTAMPTZ '2013-01-01 00:00:00+00') FROM rows").fetchall()
