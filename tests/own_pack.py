"""A pack of somebody's own: their dashboards and data, beside the project or in place of the demo's."""

from pathlib import Path
from typing import NamedTuple

import duckdb

ORGANIZATION = """
id: 501
slug: acme
embed_origins: ["https://app.example.com"]
sources:
  sales:
    type: duckdb
    tables:
      sales: {files: sales.parquet, tenant: {tenant: TENANT}}
      sales_csv: {files: "sales/*.csv.gz", tenant: {tenant: TENANT}}
      sales_json: {files: [sales/sales.jsonl.gz], tenant: {tenant: TENANT}}
      sales_by: {files: "by tenant/**/*.parquet", tenant: {tenant: TENANT}}
"""
DASHBOARD = """
id: 9001
slug: revenue
title: Revenue
source: sales
variables:
  TENANT: {type: string, claim: app_metadata.tenant_id}
charts:
"""
CHARTS = {"Sold": "sales", "In CSV": "sales_csv", "In JSON": "sales_json", "By tenant": "sales_by"}
"""The same figure, by the table that each reads: the same rows in other files."""
_CHART = """\
  - title: {title}
    sql: SELECT sum(amount) AS sold FROM {table}
    number: {{format: ",d"}}
"""
SALES = "SELECT * FROM (VALUES ('globex', 40), ('globex', 2), ('initech', 7)) AS t(tenant, amount)"


class OwnPack(NamedTuple):
    """`data` lies in the folder of the dashboards, where it is passed over."""

    dashboards: Path
    data: Path

    @property
    def arguments(self) -> list[str]:
        """For the commands that take them."""
        return ["--dashboards", str(self.dashboards), "--data", str(self.data)]


def write_own_pack(folder: Path) -> OwnPack:
    own = OwnPack(folder / "mine", folder / "mine" / "data")
    (own.dashboards / "acme").mkdir(parents=True)
    own.data.mkdir()
    (own.dashboards / "acme" / "organization.yaml").write_text(ORGANIZATION, encoding="utf-8")
    charts = "".join(_CHART.format(title=title, table=table) for title, table in CHARTS.items())
    (own.dashboards / "acme" / "revenue.yaml").write_text(DASHBOARD + charts, encoding="utf-8")
    (own.data / "sales").mkdir()
    for file, options in {
        "sales.parquet": "FORMAT parquet",
        "sales/2013.csv.gz": "FORMAT csv, COMPRESSION gzip",
        "sales/sales.jsonl.gz": "FORMAT json, COMPRESSION gzip",
        "by tenant": "FORMAT parquet, PARTITION_BY (tenant)",
    }.items():
        duckdb.sql(f"COPY ({SALES}) TO '{own.data / file}' ({options})")
    return own
