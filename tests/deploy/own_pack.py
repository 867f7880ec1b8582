"""A pack of somebody's own: their dashboards and data in place of the demo's."""

import os
import shutil
from pathlib import Path

import duckdb

from clerestory.dashboards import write_catalog
from local.check import compile_folder

ORGANIZATION = """
id: 501
slug: acme
embed_origins: ["https://app.example.com"]
sources:
  sales: {type: duckdb, files: {sales: sales.parquet}}
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
    sql: SELECT sum(amount) AS sold FROM sales WHERE tenant = $TENANT
    number: {format: ",d"}
"""
SALES = "SELECT * FROM (VALUES ('globex', 40), ('globex', 2), ('initech', 7)) AS t(tenant, amount)"


def with_own_dashboards(built: Path, into: Path) -> Path:
    """The template of a copy of what was built, with these dashboards compiled into its layer."""
    folder = into / "dashboards" / "acme"
    folder.mkdir(parents=True)
    (folder / "organization.yaml").write_text(ORGANIZATION, encoding="utf-8")
    (folder / "revenue.yaml").write_text(DASHBOARD, encoding="utf-8")
    compiled = compile_folder(folder.parent)
    assert compiled.catalog, compiled.mistakes
    shutil.copytree(built, into / "built", copy_function=os.link)
    catalog = into / "built" / "DashboardsLayer" / "dashboards" / "catalog.json"
    catalog.unlink()  # a link: the original stays
    catalog.write_bytes(write_catalog(compiled.catalog))
    return into / "built" / "template.yaml"


def write_data(folder: Path) -> Path:
    file = folder / "sales.parquet"
    duckdb.sql(SALES).write_parquet(str(file))
    return file
