"""What the embedded page makes of types, of tables that are cut and of charts that come one by one."""

import csv
import json
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.embeds import READY, answering, blank
from tests.pack import Pack, running_pack

ORGANIZATION = """\
id: 16417
slug: airlines
embed_origins: ["http://127.0.0.1"]
sources: {flights: {type: duckdb, tables: {flights: {files: flights.parquet, shared: true}}}}
"""
DASHBOARD = """\
id: 1
slug: typed
title: Typed
source: flights
downloads: true
variables: {RUN: {type: string}}
charts:
  - {title: Rows, sql: SELECT $RUN AS run, table: {}}
  - {title: Total, sql: SELECT 1 AS one, number: {format: ",.2f"}}
  - title: Drawn
    sql: SELECT 'a' AS name, 1.5 AS size
    vega_lite:
      mark: bar
      encoding: {x: {field: name, type: nominal}, y: {field: size, type: quantitative}}
"""
CELLS: list[tuple[str, str, Any, str]] = [
    ("Price", "decimal", "12345678901234567890.10", "12,345,678,901,234,567,890.10"),
    ("Loss", "decimal", "-0.1234567890123456789012345678", "\u22120.1234567890123456789012345678"),
    ("Id", "integer", "9007199254740993", "9,007,199,254,740,993"),
    ("Code", "text", "00123", "00123"),
    ("Flag", "boolean", True, "Yes"),
    ("Stay", "interval", 259200, "3 days"),
    ("Wait", "interval", 5400, "1:30:00"),
    ("At", "instant", "2013-07-01T12:00:00Z", "Jul 1, 2013, 8:00 AM EDT"),
    ("Tags", "json", ["a", {"b": 1}], '["a",{"b":1}]'),
]
ROWS = {
    "title": "Rows",
    "slug": "rows",
    "columns": [name for name, *_ in CELLS],
    "types": [kind for _, kind, *_ in CELLS],
    "rows": [[value for _, _, value, _ in CELLS]],
}
TOTAL = {
    "title": "Total",
    "slug": "total",
    "columns": ["t"],
    "types": ["decimal"],
    "rows": [["98765432109876543.21"]],
}
DRAWN = {
    "title": "Drawn",
    "slug": "drawn",
    "columns": ["name", "size"],
    "types": ["text", "decimal"],
    "rows": [["a", "9.5"], ["b", "10.5"]],
}


@pytest.fixture(scope="module")
def typed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pack]:
    folder = tmp_path_factory.mktemp("dashboards")
    (folder / "airlines").mkdir()
    (folder / "airlines" / "organization.yaml").write_text(ORGANIZATION)
    (folder / "airlines" / "typed.yaml").write_text(DASHBOARD)
    with running_pack("--dashboards", str(folder)) as running:
        yield running


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with blank(browser, locale="en-US", timezone_id="America/New_York") as made:
        made.set_default_timeout(5_000)
        yield made


def new_url(pack: Pack) -> str:
    """With a token that was never seen, or the pack's own results would be in the page already."""
    return pack.embed_url({"dashboard": 1, "env": {"RUN": str(uuid.uuid4())}})


def show(page: Page, pack: Pack, *charts: dict[str, Any]) -> None:
    """The page with these results."""
    results = {"dashboard": 1, "title": "Typed", "computed_at": 1, "expires_at": 9e9, "charts": charts}
    page.route("**/results", answering(200, json.dumps(results)))
    page.goto(new_url(pack))
    page.wait_for_selector(READY, timeout=20_000)


def test_each_cell_is_shown_by_its_columns_type(typed: Pack, page: Page) -> None:
    show(page, typed, ROWS, TOTAL, DRAWN)
    assert page.locator("td").all_text_contents() == [shown for *_, shown in CELLS]
    assert page.locator("td.numeric").count() == 3
    assert page.locator(".value").text_content() == "98,765,432,109,876,543.21"


def test_decimals_and_large_integers_are_saved_digit_for_digit(typed: Pack, page: Page) -> None:
    show(page, typed, ROWS, TOTAL, DRAWN)
    with page.expect_download() as saved:
        page.get_by_role("button", name="Download CSV of Rows").click()
    _, row = csv.reader(saved.value.path().read_text("utf-8-sig").splitlines())
    assert row[:4] == [
        "12345678901234567890.10",
        "-0.1234567890123456789012345678",
        "9007199254740993",
        "00123",
    ]


def test_decimals_are_drawn_as_numbers_and_compared_as_such(typed: Pack, page: Page) -> None:
    show(page, typed, ROWS, TOTAL, DRAWN)
    assert "size from 9.5 to 10.5" in (page.locator(".plot").get_attribute("aria-label") or "")
    low, high = (bar.bounding_box() for bar in page.locator(".plot .mark-rect path").all())
    assert low is not None
    assert high is not None
    assert 0.85 < low["height"] / high["height"] < 0.95


@pytest.mark.parametrize(
    ("cut", "said"),
    [(12_345, "The first 500 of 12,345 rows."), (None, "The first 500 rows; there are more.")],
)
def test_a_table_that_is_cut_says_how_much_it_shows(
    typed: Pack, page: Page, cut: int | None, said: str
) -> None:
    rows = {**TOTAL, "title": "Rows", "slug": "rows", "rows": [["1.5"]] * 600, "cut": cut}
    show(page, typed, rows, TOTAL, DRAWN)
    assert page.locator(".note").text_content() == said
    expect(page.get_by_role("button", name="Download CSV of Rows, the first 600 rows")).to_be_visible()


def test_charts_that_are_ready_find_their_cards_whatever_is_still_to_come(typed: Pack, page: Page) -> None:
    page.route("**/results", answering(202, json.dumps({"state": "running", "charts": [TOTAL]})))
    page.goto(new_url(typed))
    expect(page.locator(".value")).to_have_text("98,765,432,109,876,543.21")
    expect(page.locator(".card[data-state=loading]")).to_have_count(2)


def test_results_from_before_there_were_types_and_slugs_are_shown(typed: Pack, page: Page) -> None:
    old = [{k: v for k, v in each.items() if k not in ("types", "slug")} for each in (ROWS, TOTAL, DRAWN)]
    old[1]["rows"] = [[1234.5]]
    old[2]["rows"] = [["a", 9.5]]
    show(page, typed, *old)
    assert page.locator(".value").text_content() == "1,234.50"
    assert page.locator(".card[data-state=ready]").count() == 3


def test_a_failed_chart_says_the_engines_words_where_they_are_sent(typed: Pack, page: Page) -> None:
    detail = "typed.yaml:7: Binder Error: <b>no column</b>\nLINE 1: SELECT x"
    problem = {"code": "query-failed", "title": "This chart's query failed"}
    failed = {"title": "Rows", "slug": "rows", "problem": {**problem, "detail": detail}}
    show(page, typed, failed, {"title": "Total", "slug": "total", "problem": problem}, DRAWN)
    assert page.locator(".chart-problem").all_text_contents() == [problem["title"]] * 2
    assert page.locator(".detail").all_text_contents() == [detail]
