"""What only the data can tell of a dashboard: each query is prepared against it, at file and line."""

from pathlib import Path
from textwrap import indent

import duckdb
import pytest

from cli.check import compile_folder
from cli.check.prepared import all_wrong_queries
from cli.check.seeing_all import seeing_all

ORGANIZATION = """\
id: 5
slug: acme
sources:
  lake:
    type: duckdb
    tables:
      sales: {files: sales.parquet, tenant: {tenant: TENANT}}
      by_id: {files: sales.parquet, tenant: {amount: TENANT}}
      nowhere: {files: nowhere.parquet, shared: true}
      days: {files: days.csv, shared: true}
"""
DASHBOARD = """\
id: 6
slug: revenue
title: Revenue
source: lake
variables:
  TENANT: {type: string, claim: tenant}
  SINCE: {type: date}
charts:
"""
LINE_OF_THE_CHART = 9


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    sales = "SELECT 'globex' AS tenant, 40 AS amount, DATE '2013-01-01' AS day, 'x' AS \"Sold.By\""
    duckdb.sql(sales).write_parquet(str(folder / "sales.parquet"))
    (folder / "days.csv").write_text("day,name\n2013-01-01,New Year\n")
    return folder


def written(folder: Path, chart: str) -> Path:
    (folder / "acme").mkdir()
    (folder / "acme" / "organization.yaml").write_text(ORGANIZATION)
    text = DASHBOARD + indent("- title: Sold\n" + indent(chart, "  "), "  ")
    (folder / "acme" / "revenue.yaml").write_text(text)
    return folder


def wrong(folder: Path, data: Path, chart: str) -> list[str]:
    """Each mistake as `line of the chart: message`."""
    compiled = compile_folder(written(folder, chart))
    assert compiled.catalog is not None, compiled.mistakes
    mistakes = sorted(all_wrong_queries(folder, compiled.catalog, data))
    prefix = 'chart "Sold": '
    return [f"{each.line - LINE_OF_THE_CHART}: {each.message.removeprefix(prefix)}" for each in mistakes]


DRAWN = "sql: SELECT day, amount, tenant FROM sales\nvega_lite:\n  mark: bar\n  encoding:\n    x: "


@pytest.mark.parametrize(
    "chart",
    [
        "sql: SELECT sum(amount) FROM sales\nnumber: {format: ',d'}",
        "sql: SELECT max(day) FROM sales\nnumber: {}",
        "sql: SELECT * FROM sales\ntable: {formats: {amount: ',d'}}",
        "sql: SELECT name FROM days WHERE day >= $SINCE\ntable: {}",
        "sql: SELECT whatever FROM nowhere\ntable: {}",
        DRAWN + "{field: day, type: temporal, axis: {format: '%b'}}",
        DRAWN + "{field: tenant, aggregate: count, type: quantitative}",
        DRAWN + "{field: twice, type: quantitative}\n  transform: [{calculate: datum.amount * 2, as: twice}]",
        DRAWN + "{field: amount, timeUnit: year, axis: {format: '%Y'}}",
        "sql: SELECT \"Sold.By\" FROM sales\nvega_lite: {mark: bar, encoding: {x: {field: 'Sold\\.By'}}}",
        "sql: SELECT struct_pack(a := 1) s FROM sales\nvega_lite: {mark: bar, encoding: {x: {field: s.a}}}",
    ],
)
def test_what_fits(tmp_path: Path, data: Path, chart: str) -> None:
    assert wrong(tmp_path, data, chart) == []


@pytest.mark.parametrize(
    ("chart", "expected"),
    [
        ("sql: |\n  SELECT tenant,\n    amuont\n  FROM sales\ntable: {}",
         '3: sql: Referenced column "amuont" not found in FROM clause! Candidate bindings: "amount"'),
        ("sql: SELECT day + amount * 1.5 FROM sales\ntable: {}", "1: sql: No function matches"),
        ("sql: SELECT sum(amount) FROM by_id\nnumber: {}",
         '1: sql: by_id: "amount" is INTEGER, which no string equals byte for byte'),
        ("sql: SELECT 'x'::BLOB FROM sales\ntable: {}",
         "1: sql: a column of type BLOB can't be shown: cast it"),
        ("sql: SELECT max(day) FROM sales\nnumber: {format: ',d'}",
         '2: number\'s format is for numbers, "max("day")" is date'),
        ("sql: SELECT * FROM sales\ntable: {formats: {amuont: ',d', tenant: ',d'}}",
         '2: table has a format for "amuont", which the query doesn\'t give: did you mean "amount"?'),
        (DRAWN + "{field: Amount}",
         '5: vega_lite has the field "Amount", which the query doesn\'t give: did you mean "amount"?'),
        (DRAWN + "{field: amount, type: quantitive}",
         '5: vega_lite has no type "quantitive": did you mean "quantitative"?'),
        (DRAWN + "{field: tenant, type: quantitative}",
         '5: vega_lite draws "tenant" as quantitative, but it is text'),
        (DRAWN + "{field: amount, axis: {format: '%b'}}",
         '5: vega_lite\'s format "%b" is for times, "amount" is integer'),
        (DRAWN + "{field: day, axis: {format: ',d'}}",
         '5: vega_lite\'s format ",d" is for numbers, "day" is date'),
        ("sql: SELECT amount, day AS amount FROM sales\nvega_lite: {mark: bar}",
         '1: sql gives the column "amount" more than once: name each with AS'),
        ("sql: SELECT \"Sold.By\" FROM sales\nvega_lite: {mark: bar, encoding: {x: {field: Sold.By}}}",
         "2: vega_lite has the field \"Sold.By\", which would be looked for in \"Sold\": write 'Sold\\.By'"),
    ],
)  # fmt: skip
def test_what_does_not(tmp_path: Path, data: Path, chart: str, expected: str) -> None:
    (mistake, *_) = wrong(tmp_path, data, chart)
    assert mistake.startswith(expected)


def test_what_sees_all_rows_is_named(tmp_path: Path) -> None:
    chart = "unscoped: true\nsql: SELECT sum(amount) FROM sales\nnumber: {}"
    folder = written(tmp_path, chart)
    file = folder / "acme" / "revenue.yaml"
    file.write_text(file.read_text() + "\nwarm:\n  sql: SELECT DISTINCT tenant FROM sales\n")
    compiled = compile_folder(folder)
    assert compiled.catalog is not None, compiled.mistakes
    assert list(seeing_all(folder, compiled.catalog)) == [
        f'{file}:11: chart "Sold" is unscoped: it sees all rows',
        f"{file}:14: warm sees all rows",
    ]
