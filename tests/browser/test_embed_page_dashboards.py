"""The embedded page with dashboards that are made for it: hostile ones, brief ones, ones to download."""

import csv
import io
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest
from playwright.sync_api import Browser, Download, Page, expect

from clerestory.embed.page import ADVICE
from tests.browser.axe import complaints
from tests.browser.elsewhere import Site, serving
from tests.browser.embeds import DRAWN, READY, blank, opened, sentences
from tests.pack import Pack, running_pack

HOSTILE = "<img src=x onerror='window.ran=1'></script><script>window.ran=1</script>\"`${1}\u2028{{7*7}}"
LINK = "javascript:window.ran=1"

ORGANIZATION = """\
id: 16417
slug: airlines
embed_origins: ["{site}"]
sources: {{flights: {{type: duckdb, tables: {{flights: {{files: flights.parquet, shared: true}}}}}}}}
"""
DASHBOARDS = {
    "hostile": """\
id: 1
slug: hostile
title: "</title><script>window.ran=1</script>"
description: "<img src=x onerror='window.ran=1'>"
source: flights
downloads: true
variables: {WORD: {type: string}}
charts:
  - title: "<b>Hostile</b> ../../='x'"
    sql: SELECT $WORD AS "<script>window.ran=1</script>", 'javascript:window.ran=1' AS "Link"
    table: {}
  - title: "Drawn \\u2028 <i>too</i>"
    sql: SELECT $WORD AS "Word", 3 AS "Count", 'javascript:window.ran=1' AS "Link"
    vega_lite:
      mark: bar
      encoding:
        x: {field: Word, type: nominal, axis: {labelAngle: 0}}
        y: {field: Count, type: quantitative}
        color: {field: Word, type: nominal}
        href: {field: Link}
        tooltip: [{field: Word}, {field: Link}]
  - title: Figure
    sql: SELECT $WORD AS "Word"
    number: {prefix: "<b>", suffix: "</b>"}
""",
    "brief": """\
id: 2
slug: brief
title: Brief
source: flights
embed: {lifetime: 10s, share_window: 1s}
charts:
  - {title: One, sql: SELECT 1 AS one, number: {}}
  - {title: Rows, sql: SELECT 1 AS one, table: {}}
""",
    "spreadsheet": """\
id: 3
slug: spreadsheet
title: Spreadsheet
source: flights
downloads: true
charts:
  - title: Rows
    sql: |
      SELECT * FROM (VALUES
        ('=1+1', 1.5, DATE '2013-01-31'), ('+1', -2, NULL), ('-1', 3, NULL), ('@SUM(A1)', 4, NULL),
        (chr(9) || 'x', 5, NULL), (chr(13) || 'x', 6, NULL),
        ('say "hi", twice' || chr(10) || 'please', 7, NULL), ('é', 1234567.25, NULL), (NULL, NULL, NULL)
      ) AS t("=Formula", "Number", "Day")
    table: {formats: {Number: ",.0f"}}
""",
    "figures": """\
id: 4
slug: figures
title: Figures
source: flights
downloads: true
charts:
  - {title: Revenue, sql: SELECT -98765432.19, number: {format: "$,.2f"}}
  - {title: Riders, sql: SELECT 1284567890, number: {suffix: " passengers"}}
  - {title: Some, sql: SELECT 42, number: {}}
  - title: Readings
    sql: SELECT * FROM (VALUES (-9007199254740993, 0.0012), (7, 0.5)) AS t("Id", "Level")
    table: {}
  - title: By airport
    sql: SELECT * FROM (VALUES ('EWR', 1), (NULL, 2)) AS t(origin, flights)
    vega_lite:
      mark: bar
      encoding:
        x: {field: origin, type: nominal}
        y: {field: flights, type: quantitative}
""",
}


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with serving() as running:
        yield running


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, site: Site) -> Iterator[Pack]:
    folder = tmp_path_factory.mktemp("dashboards")
    (folder / "airlines").mkdir()
    (folder / "airlines" / "organization.yaml").write_text(ORGANIZATION.format(site=site.url))
    for name, text in DASHBOARDS.items():
        (folder / "airlines" / f"{name}.yaml").write_text(text)
    with running_pack("--dashboards", str(folder)) as running:
        yield running


@pytest.mark.parametrize("word", [HOSTILE, LINK, "</ScRiPt ><svg onload=window.ran=1>"])
def test_hostile_titles_values_and_variables_are_only_text(made: Pack, browser: Browser, word: str) -> None:
    failures: list[str] = []
    with blank(browser) as page:
        page.on("console", lambda message: failures.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: failures.append(str(error)))
        page.on("dialog", lambda dialog: failures.append(dialog.message))
        url = made.embed_url({"dashboard": 1, "env": {"WORD": word}})
        for _ in ("while it loads", "with the results inlined"):
            page.goto(url)
            page.wait_for_selector(READY, timeout=20_000)
            page.locator(".plot path[aria-roledescription], .plot .mark-rect path").first.click(force=True)
            page.get_by_role("button", name="Show data").click()
            assert page.locator("td").first.text_content() == word
            assert page.locator("h1").inner_text() == "</title><script>window.ran=1</script>"
            assert page.locator("script").count() == 2
            assert page.locator("main :is(img, b, i, script, [onload], [onerror])").count() == 0
            assert page.locator("a[href^='javascript'], [*|href^='javascript']").count() == 0
            assert page.evaluate("window.ran") is None
        assert page.url == url
    assert failures == []


def test_data_is_saved_as_csv_that_no_spreadsheet_runs(made: Pack, browser: Browser) -> None:
    with opened(browser, made.embed_url({"dashboard": 3}), locale="de-DE") as page:
        saved = download(page, "Download CSV of Rows")
        assert saved.suggested_filename == "rows.csv"
        content = saved.path().read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")  # for it isn't ASCII, and Excel asks for it
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert rows[0] == ["'=Formula", "Number", "Day"]
    assert [row[0] for row in rows[1:]] == [
        "'=1+1", "'+1", "'-1", "'@SUM(A1)", "'\tx", "'\rx", 'say "hi", twice\nplease', "é", "",
    ]  # fmt: skip
    assert [row[1] for row in rows[1:]] == [
        "1.50",
        "-2.00",
        "3.00",
        "4.00",
        "5.00",
        "6.00",
        "7.00",
        "1234567.25",
        "",
    ]
    assert [row[2] for row in rows[1:3]] == ["2013-01-31", ""]
    assert content.count(b"\r\n") == len(rows)


LINES_OF_FIGURES = """() => [...document.querySelectorAll(".value")].map((figure) => {
  const range = document.createRange();
  range.selectNodeContents(figure);
  return new Set([...range.getClientRects()].map((box) => Math.round(box.bottom / 12))).size;
})"""


@pytest.mark.parametrize("width", [320, 375, 768, 1280, 2560])
def test_a_long_figure_gets_smaller_rather_than_break(made: Pack, browser: Browser, width: int) -> None:
    with opened(browser, made.embed_url({"dashboard": 4}), viewport={"width": width, "height": 800}) as page:
        assert page.evaluate(LINES_OF_FIGURES) == [1, 1, 1]
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        size = "each => parseFloat(getComputedStyle(each).fontSize)"
        sizes = [each.evaluate(size) for each in page.locator(".value").all()]
        assert min(sizes) >= 10
        assert sizes[2] >= 23


def test_numbers_are_exact_however_large_or_small(made: Pack, browser: Browser) -> None:
    with opened(browser, made.embed_url({"dashboard": 4})) as page:
        cells = page.get_by_role("table", name="Readings").get_by_role("cell")
        expect(cells).to_have_text(["\u22129,007,199,254,740,993", "0.0012", "7", "0.5000"])
        saved = download(page, "Download CSV of Readings").path().read_text()
    assert saved.splitlines() == ["Id,Level", "-9007199254740993,0.0012", "7,0.5000"]


def test_a_missing_category_is_named_as_in_tables(made: Pack, browser: Browser) -> None:
    with opened(browser, made.embed_url({"dashboard": 4})) as page:
        labels = page.locator(".plot .role-axis-label text")
        assert {"—", "EWR"} <= {*labels.all_text_contents()}
        assert "null" not in labels.all_text_contents()


def test_a_picture_is_saved_as_png_with_its_title(pack: Pack, browser: Browser) -> None:
    with opened(browser, f"{pack.embed_url({'dashboard': 38727})}#theme=dark") as page:
        saved = download(page, "Download PNG of Flights a month")
        assert saved.suggested_filename == "flights-a-month.png"
        content = saved.path().read_bytes()
        box = page.locator(".drawing").first.bounding_box()
    assert content.startswith(b"\x89PNG")
    width, height = (int.from_bytes(content[at : at + 4], "big") for at in (16, 20))
    assert box is not None
    assert width > 1.9 * box["width"]
    assert height > 2 * box["height"]


def test_a_hostile_title_makes_a_harmless_name(made: Pack, browser: Browser) -> None:
    with opened(browser, made.embed_url({"dashboard": 1, "env": {"WORD": "x"}})) as page:
        assert download(page, "Download CSV of <b>Hostile").suggested_filename == "b-hostile-b-x.csv"


def test_nothing_can_be_saved_where_the_dashboard_does_not_say_so(made: Pack, browser: Browser) -> None:
    with opened(browser, made.embed_url({"dashboard": 2})) as page:
        expect(page.get_by_role("button", name="Download")).to_have_count(0)


def test_a_link_that_ends_while_it_is_open_is_told_of_and_the_charts_stay(
    made: Pack, browser: Browser
) -> None:
    url = made.embed_url({"dashboard": 2})
    with ExitStack() as stack:
        pages = [stack.enter_context(clock_off_by(browser, hours)) for hours in (0, -24, 24)]
        for page in pages:
            page.goto(url)
            page.wait_for_selector(READY)
            expect(page.locator(".notice")).to_be_empty()
        for page in pages:
            told = f"This embed's link has expired. {ADVICE['token-expired']}"
            expect(page.locator(".notice")).to_have_text(told, timeout=20_000)
            expect(page.get_by_role("table", name="Rows")).to_be_visible()
        assert complaints(page) == []
        page.reload()
        assert sentences(page) == ("This embed's link has expired", ADVICE["token-expired"])


@contextmanager
def clock_off_by(browser: Browser, hours: int) -> Iterator[Page]:
    with blank(browser) as page:
        page.add_init_script(f"const now = Date.now; Date.now = () => now() + {hours * 3_600_000};")
        yield page


@pytest.mark.parametrize("isolation", ["unsafe-none", "require-corp", "credentialless"])
def test_a_listed_site_frames_it_isolated_or_not_with_storage_blocked(
    made: Pack, browser: Browser, site: Site, isolation: str
) -> None:
    url = made.embed_url({"dashboard": 1, "env": {"WORD": "x"}})
    site.answer(f'<!doctype html><iframe src="{url}" width="1000" height="800"></iframe>', isolation)
    failures: list[str] = []
    with blank(browser) as page:
        page.add_init_script(BLOCKED)
        page.on("pageerror", lambda error: failures.append(str(error)))
        page.goto(site.url)
        expect(page.frame_locator("iframe").locator(DRAWN)).to_have_count(1, timeout=20_000)
        assert page.evaluate("window.crossOriginIsolated") is (isolation != "unsafe-none")
        assert page.context.cookies() == []
    assert failures == []


BLOCKED = """
for (const [owner, name] of [[window, "localStorage"], [window, "sessionStorage"], [window, "indexedDB"],
                             [window, "caches"], [Document.prototype, "cookie"]])
  Object.defineProperty(owner, name, { get() { throw new DOMException("blocked", "SecurityError"); } });
"""


def download(page: Page, name: str) -> Download:
    with page.expect_download() as saving:
        page.get_by_role("button", name=name).click()
    return saving.value
