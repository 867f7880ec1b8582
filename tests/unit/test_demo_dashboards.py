"""The demo's dashboards on the real flights: the numbers that others rely on, for big and tiny tenants."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from clerestory.catalog import Catalog
from clerestory.dashboards import Dashboard, Organization
from clerestory.variables import token_env
from clerestory_query.duckdb_source import DuckDB
from clerestory_query.engine import Limits, Scope, needed
from clerestory_query.storage import Folder
from cli.check import compile_folder
from cli.check.prepared import wrong_queries
from demo.data.build import build

ROOT = Path(__file__).parents[2]
Rows = Callable[..., list[list[Any]]]


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    compiled = compile_folder(ROOT / "demo" / "dashboards")
    assert compiled.catalog is not None, compiled.mistakes
    return compiled.catalog


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    list(build(folder))
    return folder


@pytest.fixture
def rows(catalog: Catalog, data: Path) -> Rows:
    """A chart's rows for a token with those values."""

    def run(slug: str, title: str, **values: Any) -> list[list[Any]]:
        organization, dashboard = _dashboard(catalog, slug)
        chart = next(chart for chart in dashboard.charts if chart.title == title)
        scope = Scope(dashboard.variables, token_env(dashboard, {"ACCT_ID": "UA"} | values))
        source = organization.sources[chart.source]
        engine = DuckDB(lambda: Folder(data), Limits())
        with engine.opened(source, needed([chart]), scope, chart.unscoped) as session:
            return session.compute(chart, 10).rows

    return run


@pytest.mark.parametrize(("carrier", "count"), [("UA", 58_665), ("HA", 342), ("OO", 32), ("ZZ", 0)])
def test_flights_is_the_carriers_own_count(rows: Rows, carrier: str, count: int) -> None:
    assert rows("on-time-performance", "Flights", ACCT_ID=carrier) == [[count]]


def test_flights_follows_dates_and_origins_in_whatever_order(rows: Rows, data: Path) -> None:
    chosen: dict[str, Any] = {"DATE_RANGE": ["2013-03-31", "2013-03-01"], "ORIGIN": ["JFK"]}
    raw = duckdb.sql(
        f"SELECT count(*) FROM '{data}/flights.parquet' WHERE carrier = 'UA' AND month = 3 AND origin = 'JFK'"
    ).fetchone()
    assert raw is not None
    assert rows("on-time-performance", "Flights", **chosen) == [list(raw)]


def test_the_months_add_up_to_flights(rows: Rows) -> None:
    months = rows("on-time-performance", "Flights a month", ACCT_ID="OO")
    assert len(months) == 36
    assert sum(count for _, _, count in months) == 32


@pytest.mark.parametrize(("chosen", "count"), [({}, 26_115), ({"ORIGIN": "JFK"}, 8_706)])
def test_observations_are_of_all_airports_or_of_one(rows: Rows, chosen: dict[str, Any], count: int) -> None:
    assert rows("airport-weather", "Observations", **chosen) == [[count]]


@pytest.mark.parametrize("slug", ["on-time-performance", "airport-weather", "fleet"])
def test_every_chart_has_data_for_every_size_of_tenant(catalog: Catalog, rows: Rows, slug: str) -> None:
    charts = _dashboard(catalog, slug)[1].charts
    assert [
        (chart.title, carrier)
        for chart in charts
        for carrier in ("UA", "HA", "OO")
        if not rows(slug, chart.title, ACCT_ID=carrier)
    ] == []


def test_each_carrier_is_warmed(catalog: Catalog, data: Path) -> None:
    warm = _dashboard(catalog, "on-time-performance")[1].warm
    assert warm is not None
    with duckdb.connect() as connection:
        connection.read_parquet(str(data / "airlines.parquet")).create_view("airlines")
        assert len(connection.execute(warm.sql).fetchall()) == 16


def test_each_query_fits_what_is_drawn_of_it(catalog: Catalog, data: Path) -> None:
    assert [
        str(mistake)
        for organization in catalog.organizations()
        for dashboard in catalog.definitions(organization)
        for mistake in wrong_queries(ROOT / "demo" / "dashboards", dashboard, organization.sources, data)
    ] == []


def _dashboard(catalog: Catalog, slug: str) -> tuple[Organization, Dashboard]:
    return next(
        (organization, dashboard)
        for organization in catalog.organizations()
        for dashboard in catalog.definitions(organization)
        if dashboard.slug == slug
    )
