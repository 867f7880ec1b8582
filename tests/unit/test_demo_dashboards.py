"""The demo's dashboards on the real flights: the numbers that others rely on, for big and tiny tenants."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from clerestory.catalog import Catalog
from clerestory.dashboards import Chart, Dashboard
from cli.check import compile_folder
from demo.data.build import build

ROOT = Path(__file__).parents[2]
DEFAULTS = {"DATE_RANGE": [date(2013, 1, 1), date(2013, 12, 31)], "ORIGIN": ["EWR", "JFK", "LGA"]}


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    compiled = compile_folder(ROOT / "demo" / "dashboards")
    assert compiled.catalog is not None, compiled.mistakes
    return compiled.catalog


@pytest.fixture(scope="module")
def flights(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    folder = tmp_path_factory.mktemp("data")
    with duckdb.connect() as connection:
        for file in build(folder):
            connection.sql(f"CREATE VIEW {file.stem} AS FROM '{file}'")
        yield connection


@pytest.mark.parametrize(("carrier", "count"), [("UA", 58_665), ("HA", 342), ("OO", 32), ("ZZ", 0)])
def test_flights_is_the_carriers_own_count(
    catalog: Catalog, flights: duckdb.DuckDBPyConnection, carrier: str, count: int
) -> None:
    assert _number(flights, _dashboard(catalog, "on-time-performance"), "Flights", ACCT_ID=carrier) == count


def test_flights_follows_dates_and_origins_in_whatever_order(
    catalog: Catalog, flights: duckdb.DuckDBPyConnection
) -> None:
    chosen: dict[str, Any] = {"DATE_RANGE": [date(2013, 3, 31), date(2013, 3, 1)], "ORIGIN": ["JFK"]}
    raw = flights.sql(
        "SELECT count(*) FROM flights WHERE carrier = 'UA' AND month = 3 AND origin = 'JFK'"
    ).fetchone()
    shown = _number(flights, _dashboard(catalog, "on-time-performance"), "Flights", ACCT_ID="UA", **chosen)
    assert raw == (shown,)


def test_the_months_add_up_to_flights(catalog: Catalog, flights: duckdb.DuckDBPyConnection) -> None:
    months = _rows(flights, _dashboard(catalog, "on-time-performance"), "Flights a month", ACCT_ID="OO")
    assert len(months) == 36
    assert sum(count for _, _, count in months) == 32


@pytest.mark.parametrize(("origin", "count"), [(None, 26_115), ("JFK", 8_706)])
def test_observations_are_of_all_airports_or_of_one(
    catalog: Catalog, flights: duckdb.DuckDBPyConnection, origin: str | None, count: int
) -> None:
    assert _number(flights, _dashboard(catalog, "airport-weather"), "Observations", ORIGIN=origin) == count


@pytest.mark.parametrize("carrier", ["UA", "HA", "OO"])
@pytest.mark.parametrize("slug", ["on-time-performance", "airport-weather", "fleet"])
def test_every_chart_has_data_for_every_size_of_tenant(
    catalog: Catalog, flights: duckdb.DuckDBPyConnection, slug: str, carrier: str
) -> None:
    dashboard = _dashboard(catalog, slug)
    origin = None if slug == "airport-weather" else DEFAULTS["ORIGIN"]
    for chart in dashboard.charts:
        assert _rows(flights, dashboard, chart.title, ACCT_ID=carrier, ORIGIN=origin), chart.title


def test_each_carrier_is_warmed(catalog: Catalog, flights: duckdb.DuckDBPyConnection) -> None:
    warm = _dashboard(catalog, "on-time-performance").warm
    assert warm is not None
    assert len(flights.sql(warm.sql).fetchall()) == 16


def test_the_fields_that_a_chart_draws_are_columns_of_its_query(
    catalog: Catalog, flights: duckdb.DuckDBPyConnection
) -> None:
    for dashboard in _dashboards(catalog):
        for chart in dashboard.charts:
            made = {part["as"] for part in (chart.vega_lite or {}).get("transform", [])}
            assert _fields(chart.vega_lite) - made <= _columns(flights, chart), (
                f"{dashboard.slug}: {chart.title}"
            )


def _dashboards(catalog: Catalog) -> list[Dashboard]:
    return [dashboard for each in catalog.organizations() for dashboard in catalog.definitions(each)]


def _dashboard(catalog: Catalog, slug: str) -> Dashboard:
    return next(dashboard for dashboard in _dashboards(catalog) if dashboard.slug == slug)


def _run(
    connection: duckdb.DuckDBPyConnection, chart: Chart, values: dict[str, Any]
) -> duckdb.DuckDBPyConnection:
    env = {"ACCT_ID": "UA", **DEFAULTS, **values}
    return connection.execute(chart.sql, {name: env[name.upper()] for name in chart.parameters})


def _rows(
    connection: duckdb.DuckDBPyConnection, dashboard: Dashboard, title: str, **values: Any
) -> list[tuple[Any, ...]]:
    chart = next(chart for chart in dashboard.charts if chart.title == title)
    return _run(connection, chart, values).fetchall()


def _number(connection: duckdb.DuckDBPyConnection, dashboard: Dashboard, title: str, **values: Any) -> Any:
    return _rows(connection, dashboard, title, **values)[0][0]


def _columns(connection: duckdb.DuckDBPyConnection, chart: Chart) -> set[str]:
    weather = {"ORIGIN": None} if "weather" in chart.sql else {}
    return {column[0] for column in _run(connection, chart, weather).description or ()}


def _fields(part: Any) -> set[str]:
    if isinstance(part, list):
        return set().union(*(_fields(inner) for inner in part))
    if not isinstance(part, dict):
        return set()
    own = {part["field"]} if isinstance(part.get("field"), str) else set()
    return own.union(*(_fields(inner) for inner in part.values()))
