"""A small pack of dashboards that has no mistake, for tests that put one in."""

from pathlib import Path
from textwrap import indent

from clerestory.dashboards import Dashboard, Organization
from cli.check import Compiled, compile_folder

ORGANIZATION = """\
id: 16417
slug: airlines
embed_origins: ["https://app.example.com"]
secret: {rotate_every: 30d, grace: 24h}
sources:
  flights:
    type: duckdb
    tables:
      flights: {files: flights.parquet, tenant: {carrier: ACCT_ID}}
      airlines: {files: airlines.parquet, shared: true}
      airports: {files: airports.parquet, shared: true}
"""

DASHBOARD = """\
id: 38727
slug: on-time-performance
title: On-time performance
source: flights
embed: {lifetime: 24h, share_window: 1h}
variables:
  ACCT_ID: {type: string, claim: "custom:acct_id"}
  ORIGIN: {type: string, list: true, choices: [EWR, JFK], default: [EWR]}
charts:
  - title: Flights
    sql: SELECT count(*) FROM flights
    number: {format: ",d"}
"""

_ONE_CHART = """\
id: 1
slug: one
title: One
source: flights
variables: {{ACCT_ID: {{type: string, claim: "custom:acct_id"}}{variables}}}
charts:
  - title: Flights
    table: {{}}
    sql: |
{sql}
"""
_LINE_BEFORE_SQL = 9


def changed(text: str, old: str, new: str) -> str:
    """The text with its only `old` replaced."""
    assert text.count(old) == 1
    return text.replace(old, new)


def checked(folder: Path, organization: str = ORGANIZATION, dashboard: str = DASHBOARD) -> Compiled:
    """The pack of one organization with one dashboard, checked."""
    (folder / "airlines").mkdir(parents=True, exist_ok=True)
    (folder / "airlines" / "organization.yaml").write_text(organization)
    (folder / "airlines" / "dashboard.yaml").write_text(dashboard)
    return compile_folder(folder)


def mistakes(folder: Path, organization: str = ORGANIZATION, dashboard: str = DASHBOARD) -> list[str]:
    """Each mistake as `file:line: message`, the file without its folders."""
    found = checked(folder, organization, dashboard).mistakes
    return [f"{each.file.name}:{each.line}: {each.message}" for each in found]


def compiled(
    folder: Path, organization: str = ORGANIZATION, dashboard: str = DASHBOARD
) -> tuple[Organization, Dashboard]:
    result = checked(folder, organization, dashboard)
    assert result.mistakes == ()
    assert result.catalog is not None
    owner = next(result.catalog.organizations())
    return owner, next(result.catalog.definitions(owner))


def sql_mistakes(folder: Path, sql: str, variables: str = "") -> list[str]:
    """The mistakes of a chart that has this SQL, each as `line of the SQL: message`."""
    dashboard = _ONE_CHART.format(
        variables=variables and f", {variables}", sql=indent(sql, " " * 6, lambda _: True)
    )
    found = checked(folder, dashboard=dashboard).mistakes
    prefix = 'chart "Flights": '
    return [f"{each.line - _LINE_BEFORE_SQL}: {each.message.removeprefix(prefix)}" for each in found]
