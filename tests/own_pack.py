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
"""
DASHBOARD = """
id: 9001
slug: revenue
title: Revenue
source: sales
variables:
  TENANT: {type: string, claim: app_metadata.tenant_id}
charts:
  - title: Sold
    sql: SELECT sum(amount) AS sold FROM sales
    number: {format: ",d"}
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
    (own.dashboards / "acme" / "revenue.yaml").write_text(DASHBOARD, encoding="utf-8")
    duckdb.sql(SALES).write_parquet(str(own.data / "sales.parquet"))
    return own
