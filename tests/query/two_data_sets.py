"""Two data sets of one schema: a tenant's rows by themselves, and the same rows among hostile ones.

The tenant's own rows are mild: their texts can be cast, their sums are exact in any order. `word` has exactly
one value that is no number, `n/a`, so that a query that fails fails with the same words in any plan. The
other tenants' rows are whatever might show: extremes, NaN, invalid JSON, names that are nearly the tenant's.
"""

from pathlib import Path

import duckdb

from clerestory.dashboards import Source, SourceTable, Variable
from clerestory_query.engine import Scope

OWN = "Zoë"
OTHERS = ("zoë", "ZOË", "Zoe", "Zoë ", " Zoë", "Zoe\u0308", "", "AA", "Zo", "Zoëy", "n/a", "%", "Zo_")
"""By case, accents, blanks, Unicode's normal form, and as patterns."""
ROWS = 600
APART = 8
"""One row in so many is the tenant's: the others lie between, in several row groups."""

VARIABLES = {
    "ACCT": Variable("string", claim="acct"),
    "REGION": Variable("string", claim="region"),
    "ACCTS": Variable("string", list=True, claim="accts"),
    "NUM": Variable("number", claim="num"),
    "DAY": Variable("date", claim="day"),
    "FLAG": Variable("boolean", claim="flag"),
    "WORD": Variable("string"),
    "WORDS": Variable("string", list=True),
    "LEAST": Variable("number"),
    "SINCE": Variable("date"),
    "MISSING": Variable("number"),
}
SCOPE = Scope(
    VARIABLES,
    {
        "ACCT": OWN,
        "REGION": "north",
        "ACCTS": (OWN, "Léa"),
        "NUM": 7,
        "DAY": "2013-06-01",
        "FLAG": True,
        "WORD": "12",
        "WORDS": ("1", "12", "30"),
        "LEAST": 3,
        "SINCE": "2013-01-10",
        "MISSING": None,
    },
)

_OWN_ROW = """
  i AS rid, (i % 7)::INTEGER AS k, (i * 3 % 50)::BIGINT AS n, (i % 50)::SMALLINT AS small,
  (i % 9)::UTINYINT AS tiny, (i % 50 * 1000003)::UBIGINT AS wide, (i % 40 * 12.125)::DECIMAL(18, 3) AS dec,
  ((i % 64) / 8)::DOUBLE AS x, ((i % 32) / 4)::FLOAT AS f, i % 3 = 0 AS flag,
  DATE '2013-01-01' + (i % 30)::INTEGER AS day, TIMESTAMP '2013-01-01' + to_hours(i % 45) AS ts,
  TIMESTAMPTZ '2013-01-01 00:00:00+00' + to_hours(i % 45) AS atz, TIME '01:00' + to_minutes(i % 50) AS tm,
  to_days((i % 40)::INTEGER) AS iv, (i % 40)::VARCHAR AS note,
  CASE WHEN i = 152 THEN 'n/a' WHEN i % 11 = 0 THEN NULL ELSE (i % 13)::VARCHAR END AS word,
  CASE WHEN i % 17 = 0 THEN NULL ELSE 'Straße ' || (i % 5) END AS name,
  '{"a": ' || (i % 5) || ', "b": ["x", null], "c": {"d": 2.5}}' AS js,
  [i % 5, i % 3, NULL]::BIGINT[] AS l, ['a', (i % 4)::VARCHAR] AS ls,
  {'a': (i % 6)::INTEGER, 'b': (i % 20)::VARCHAR, 'c': [i % 2]} AS st,
  MAP {'p': (i % 8)::INTEGER, 'q': 1} AS m, [[i % 3, 1], [2]]::INTEGER[][] AS ll,
  ('00000000-0000-4000-8000-' || printf('%012d', i % 30))::UUID AS u, ('b' || i % 6)::BLOB AS b"""

_OTHER_ROW = """
  1000000 + i AS rid, (CASE i % 4 WHEN 0 THEN 2147483647 WHEN 1 THEN -2147483648 WHEN 2 THEN NULL ELSE 3 END)::INTEGER AS k,
  (CASE i % 5 WHEN 0 THEN 9223372036854775807 WHEN 1 THEN -9223372036854775808 WHEN 2 THEN 0 ELSE -1 END)::BIGINT AS n,
  (CASE i % 3 WHEN 0 THEN 32767 WHEN 1 THEN -32768 END)::SMALLINT AS small,
  (CASE i % 2 WHEN 0 THEN 255 ELSE 0 END)::UTINYINT AS tiny, 18446744073709551615::UBIGINT AS wide,
  (CASE i % 3 WHEN 0 THEN '999999999999999.999' WHEN 1 THEN '-999999999999999.999' END)::DECIMAL(18, 3) AS dec,
  (CASE i % 5 WHEN 0 THEN 'nan' WHEN 1 THEN 'inf' WHEN 2 THEN '-inf' WHEN 3 THEN '1e308' END)::DOUBLE AS x,
  (CASE i % 4 WHEN 0 THEN 'nan' WHEN 1 THEN 'inf' WHEN 2 THEN '-3e38' END)::FLOAT AS f,
  (CASE i % 3 WHEN 0 THEN true WHEN 1 THEN false END) AS flag,
  (CASE i % 4 WHEN 0 THEN '9999-12-31' WHEN 1 THEN '0001-01-01' WHEN 2 THEN 'infinity' END)::DATE AS day,
  (CASE i % 4 WHEN 0 THEN 'infinity' WHEN 1 THEN '-infinity' WHEN 2 THEN '9999-12-31' END)::TIMESTAMP AS ts,
  (CASE i % 3 WHEN 0 THEN 'infinity' WHEN 1 THEN '0001-01-01 00:00:00+00' END)::TIMESTAMPTZ AS atz,
  TIME '23:59:59.999999' AS tm, to_days((CASE i % 3 WHEN 0 THEN 2147483647 WHEN 1 THEN 0 END)::INTEGER) AS iv,
  (['secret', '', '99999999999999999999', '((', '[1', '\', '%', '-1', 'ä', 'Zz==='])[1 + i % 11] AS note,
  (CASE i % 4 WHEN 0 THEN 'secret' WHEN 1 THEN '1e400' WHEN 2 THEN '\\' END) AS word,
  (CASE i % 3 WHEN 0 THEN repeat('secret', 200) WHEN 1 THEN '%' END) AS name,
  (CASE i % 4 WHEN 0 THEN '{secret' WHEN 1 THEN '[]' WHEN 2 THEN 'null' ELSE '{"a": "secret"}' END) AS js,
  (CASE i % 3 WHEN 0 THEN [] WHEN 1 THEN [9223372036854775807, -9223372036854775808] END)::BIGINT[] AS l,
  (CASE i % 2 WHEN 0 THEN ['secret', NULL] END)::VARCHAR[] AS ls,
  (CASE i % 3 WHEN 0 THEN {'a': 2147483647, 'b': 'secret', 'c': [9223372036854775807]}
   WHEN 1 THEN {'a': NULL, 'b': NULL, 'c': NULL} END)::STRUCT(a INTEGER, b VARCHAR, c BIGINT[]) AS st,
  MAP {'secret': 2147483647} AS m, (CASE i % 2 WHEN 0 THEN [[2147483647], NULL] END)::INTEGER[][] AS ll,
  NULL::UUID AS u, '\\xFF\\x00'::BLOB AS b"""

_TEXT_COLUMNS = "rid, tenant, k, n, x, flag, day, ts, note, word, name"
"""What CSV and JSON can say, and a reader guesses as the same types in both data sets."""
_FOR_READERS = """SELECT rid, tenant, CASE WHEN k >= 0 THEN k END AS k, CASE WHEN n >= 0 THEN n END AS n, CASE WHEN isfinite(x) THEN x END AS x,
  flag, CASE WHEN isfinite(day) THEN day END AS day, CASE WHEN isfinite(ts) THEN ts END AS ts, 'n' || note AS note, 'w' || word AS word, name"""


def write(folder: Path, *, others: bool) -> Source:
    """Writes a data set and answers it as a source."""
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    listed = ", ".join(f"'{each}'" for each in OTHERS)
    names = f"CASE WHEN i % 29 = 0 THEN NULL ELSE [{listed}][1 + i % {len(OTHERS)}] END"
    own = f"SELECT i * {APART} + 7 AS place, '{OWN}' AS tenant, {_OWN_ROW} FROM range({ROWS}) t(i)"
    other = f"SELECT i AS place, {names} AS tenant, {_OTHER_ROW} FROM range({ROWS * APART}) t(i)"
    union = f"{own} UNION ALL {other}" if others else own
    connection.execute(f"CREATE TABLE rows AS SELECT * FROM ({union}) ORDER BY place, rid")
    _write_parquet(connection, folder)
    _write_partitions(connection, folder)
    _write_texts(connection, folder)
    connection.close()
    return SOURCE


def _write_parquet(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    def copied(select: str, file: str) -> None:
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        connection.execute(f"COPY ({select}) TO '{folder / file}' (FORMAT parquet, ROW_GROUP_SIZE 2048)")

    own = f"tenant IS NOT DISTINCT FROM '{OWN}'"
    half = ROWS * APART // 2
    copied(f"SELECT * EXCLUDE place FROM rows WHERE place < {half} ORDER BY place, rid", "facts/1.parquet")
    copied(f"SELECT * EXCLUDE place FROM rows WHERE place >= {half} ORDER BY place, rid", "facts/2.parquet")
    some = "rid, tenant, k, n, x, day, word, name, l, st"
    north = f"CASE WHEN {own} OR rid % 2 = 0 THEN 'north' ELSE 'NORTH' END AS region"
    copied(f"SELECT {some}, {north} FROM rows WHERE rid % 3 <> 1 ORDER BY place, rid", "two.parquet")
    among = f"CASE WHEN {own} AND rid % 2 = 0 THEN 'Léa' ELSE tenant END AS tenant"
    copied(f"SELECT {among}, * EXCLUDE (place, tenant) FROM rows ORDER BY place, rid", "many.parquet")
    number = f"CASE WHEN {own} THEN 7 WHEN rid % 2 = 0 THEN 70 ELSE 9223372036854775807 END::BIGINT AS acct"
    copied(f"SELECT {number}, {some} FROM rows ORDER BY place, rid", "numbered.parquet")
    day = f"CASE WHEN {own} THEN DATE '2013-06-01' WHEN rid % 2 = 0 THEN DATE '2013-06-02' END AS acct"
    copied(f"SELECT {day}, {some} FROM rows ORDER BY place, rid", "dated.parquet")
    flag = f"CASE WHEN {own} THEN true WHEN rid % 2 = 0 THEN false END AS acct"
    copied(f"SELECT {flag}, {some} FROM rows ORDER BY place, rid", "flagged.parquet")
    copied(
        "SELECT i::INTEGER AS k, 'label ' || i AS label, i * 1.5 AS weight FROM range(6) t(i)",
        "shared.parquet",
    )


def _write_partitions(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    tenants = connection.execute("SELECT DISTINCT tenant FROM rows WHERE tenant <> '' ORDER BY 1").fetchall()
    for (tenant,) in tenants:
        part = folder / "parts" / f"tenant={tenant}"
        part.mkdir(parents=True)
        connection.execute(
            f"COPY (SELECT rid, k, n, x, day, word, name, l, st FROM rows WHERE tenant = '{tenant}' "
            f"ORDER BY place, rid) TO '{part}/1.parquet' (FORMAT parquet)"
        )


def _write_texts(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    rows = f"{_FOR_READERS} FROM rows WHERE tenant IS NULL OR tenant <> '' ORDER BY place, rid"
    connection.execute(f"COPY ({rows}) TO '{folder}/lines.csv.gz' (FORMAT csv, HEADER, COMPRESSION gzip)")
    connection.execute(f"COPY ({rows}) TO '{folder}/docs.json' (FORMAT json)")


_TENANT = {"tenant": "ACCT"}
SOURCE = Source(
    "duckdb",
    {
        "facts": SourceTable(("facts/*.parquet",), "parquet", _TENANT),
        "listed": SourceTable(("facts/2.parquet", "facts/1.parquet"), "parquet", _TENANT),
        "two": SourceTable(("two.parquet",), "parquet", {"tenant": "ACCT", "region": "REGION"}),
        "many": SourceTable(("many.parquet",), "parquet", {"tenant": "ACCTS"}),
        "numbered": SourceTable(("numbered.parquet",), "parquet", {"acct": "NUM"}),
        "dated": SourceTable(("dated.parquet",), "parquet", {"acct": "DAY"}),
        "flagged": SourceTable(("flagged.parquet",), "parquet", {"acct": "FLAG"}),
        "parts": SourceTable(("parts/*/*.parquet",), "parquet", _TENANT),
        "lines": SourceTable(("lines.csv.gz",), "csv", _TENANT),
        "docs": SourceTable(("docs.json",), "json", _TENANT),
        "common": SourceTable(("shared.parquet",), "parquet"),
    },
)
