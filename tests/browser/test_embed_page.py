"""The embedded page in a browser: what it shows, how it looks, and what it asks of browser and network."""

import json

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.asking import asked_by
from tests.browser.axe import complaints
from tests.browser.embeds import DRAWN, ON_TIME, READY, answering, blank, new_embed, opened
from tests.browser.painting import painted
from tests.local.flights import flights
from tests.pack import Pack

BUDGET = 350_000
SHIFTS = """
window.shifted = 0;
new PerformanceObserver((list) => list.getEntries().forEach(({ value }) => (window.shifted += value)))
  .observe({ type: "layout-shift", buffered: true });
"""
LEAST_PICTURES = """() => {
  const pictures = () => document.querySelectorAll(".plot:not(.coming) svg").length;
  window.least = pictures();
  new MutationObserver(() => (window.least = Math.min(window.least, pictures())))
    .observe(document.body, { childList: true, subtree: true });
}"""


@pytest.fixture(scope="module")
def url(pack: Pack) -> str:
    return pack.embed_url({"dashboard": ON_TIME})


@pytest.mark.parametrize("width", [375, 1280])
def test_nothing_moves_when_the_charts_come(pack: Pack, browser: Browser, width: int) -> None:
    with blank(browser, viewport={"width": width, "height": 900}) as page:
        page.add_init_script(SHIFTS)
        page.goto(new_embed(pack))
        expect(page.locator(".loading")).to_have_text("Loading")
        page.wait_for_selector(READY, timeout=20_000)
        painted(page, 6)  # shifts are told of after the next frame
        assert page.evaluate("window.shifted") < 0.01


def test_what_comes_before_the_first_chart_is_within_the_budget(pack: Pack, browser: Browser) -> None:
    received: list[float] = []
    with blank(browser) as page:
        network = page.context.new_cdp_session(page)
        network.send("Network.enable")
        network.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
        page.goto(new_embed(pack))
        page.wait_for_selector(DRAWN, timeout=20_000)
    assert len(received) >= 5
    assert sum(received) <= BUDGET


def test_numbers_come_before_charts(pack: Pack, browser: Browser, url: str) -> None:
    with blank(browser) as page:
        held: list[Route] = []
        page.route("**/assets/vega-*", lambda route: held.append(route))
        page.goto(url)
        expect(page.get_by_text(f"{flights('UA'):,}")).to_be_visible()
        expect(page.get_by_role("columnheader", name="Route")).to_be_visible()
        assert page.locator(DRAWN).count() == 0
        held[0].continue_()
        expect(page.locator(DRAWN)).to_have_count(5)


def test_charts_come_as_their_queries_end(pack: Pack, browser: Browser, url: str) -> None:
    charts = pack.results(url).json()["charts"]
    shown = {title: at for at, title in enumerate(chart["title"] for chart in charts)}["Flights a month"] + 1
    with blank(browser) as page:
        body = json.dumps({"state": "running", "charts": charts[:shown]})
        answers = [answering(202), answering(202, body), answering(202, body)]
        page.route("**/results", lambda route: (answers.pop(0) if answers else Route.continue_)(route))
        page.add_init_script(SHIFTS)
        page.goto(new_embed(pack, ORIGIN=["JFK", "EWR", "LGA"]))
        expect(page.locator(DRAWN)).to_have_count(1, timeout=20_000)
        expect(page.get_by_text(f"{flights('UA'):,}")).to_be_visible()
        expect(page.locator(".loading")).to_have_text("Loading")
        expect(page.locator(".card[aria-busy]")).to_have_count(len(charts) - shown)
        page.locator(DRAWN).evaluate("drawing => { drawing.first = true }")
        page.wait_for_selector(READY, timeout=20_000)
        assert page.locator(DRAWN).first.evaluate("drawing => drawing.first")  # it was not drawn again
        expect(page.locator(DRAWN)).to_have_count(5)
        assert page.evaluate("window.shifted") < 0.01


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing(browser: Browser, url: str, theme: str) -> None:
    with opened(browser, f"{url}#theme={theme}") as page:
        assert complaints(page) == []
        page.get_by_role("button", name="Show data").first.click()
        assert complaints(page) == []


@pytest.mark.parametrize(("dashboard", "organization"), [(231, "airlines"), (50121, "harbor")])
def test_axe_finds_nothing_in_the_other_dashboards(
    pack: Pack, browser: Browser, dashboard: int, organization: str
) -> None:
    url = pack.embed_url({"dashboard": dashboard}, **{"custom:organization": organization})
    with opened(browser, url) as page:
        assert complaints(page) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_while_it_loads_or_fails(pack: Pack, browser: Browser, theme: str) -> None:
    with blank(browser, reduced_motion="reduce") as page:
        page.goto(f"{pack.url}/d/{ON_TIME}/nonsense#theme={theme}")
        assert complaints(page) == []
        page.route("**/results", answering(202))
        page.goto(f"{new_embed(pack)}#theme={theme}")
        expect(page.locator(".loading")).to_be_visible()
        assert complaints(page) == []


@pytest.mark.parametrize("width", [320, 375, 1280, 2560, 3840])
def test_it_fits_every_width(browser: Browser, url: str, width: int) -> None:
    with opened(browser, url, viewport={"width": width, "height": 900}) as page:
        assert page.evaluate("document.documentElement.scrollWidth") == width
        plots = page.locator(".plot").all()
        assert not any(plot.evaluate("(each) => each.scrollWidth > each.clientWidth + 1") for plot in plots)


def test_every_picture_says_in_words_what_it_shows(browser: Browser, url: str) -> None:
    with opened(browser, url) as page:
        pictures = page.locator(".plot")
        expect(page.get_by_role("img")).to_have_count(5)
        said = pictures.first.get_attribute("aria-label")
        assert said is not None
        assert said.startswith("Flights a month. Scheduled departures by airport. 36 rows: Month from Jan 1")
        assert "Airport EWR, JFK, LGA; Flights from " in said


def test_by_keyboard_the_data_takes_the_pictures_place_and_nothing_moves(browser: Browser, url: str) -> None:
    with opened(browser, url) as page:
        cards = page.locator(".card")
        before = [card.bounding_box() for card in cards.all()]
        button = page.get_by_role("button", name="Show data of Flights a month")
        while not button.evaluate("(each) => each === document.activeElement"):
            page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        table = page.get_by_role("table", name="Flights a month")
        expect(table.get_by_role("row")).to_have_count(37)
        expect(button).to_be_focused()
        expect(button).to_have_attribute("aria-pressed", "true")
        assert [card.bounding_box() for card in cards.all()] == before
        page.keyboard.press("Enter")
        expect(table).to_have_count(0)


def test_the_table_of_a_picture_speaks_as_its_tooltip_does(browser: Browser, url: str) -> None:
    with opened(browser, url) as page:
        page.get_by_role("button", name="Show data of How late flights arrive").click()
        shares = page.get_by_role("table", name="How late flights arrive").locator("tbody td:last-child")
        expect(shares.first).to_have_text("30.9%")
        page.get_by_role("button", name="Show data of Arrival delay").click()
        heads = page.get_by_role("table", name="Arrival delay").get_by_role("columnheader")
        expect(heads).to_have_text(["Week of", "Carrier", "Average delay (min)"])


def test_another_theme_takes_no_chart_away_on_its_way(browser: Browser, url: str) -> None:
    with opened(browser, f"{url}#theme=light") as page:
        page.get_by_role("button", name="Show data of Aircraft").click()
        page.evaluate(LEAST_PICTURES)
        page.evaluate("location.hash = 'theme=dark'")
        expect(page.locator(".plot:not(.coming) [data-drawn=dark]")).to_have_count(5)
        expect(page.get_by_role("table", name="Aircraft")).to_be_visible()
        assert page.evaluate("window.least") == 5


def test_the_fragment_sets_the_look(browser: Browser, url: str) -> None:
    with opened(browser, f"{url}#theme=dark&titled=false&bordered=true") as page:
        assert background(page) == "rgb(13, 16, 21)"
        assert clipped(page)
        assert page.locator("#embed").evaluate("(each) => getComputedStyle(each).borderTopWidth") == "1px"
        page.evaluate("location.hash = 'theme=light'")
        assert background(page) == "rgb(246, 247, 249)"
        assert not clipped(page)


def test_without_a_fragment_the_system_decides(browser: Browser, url: str) -> None:
    with opened(browser, url, color_scheme="dark") as page:
        assert background(page) == "rgb(13, 16, 21)"
        page.emulate_media(color_scheme="light")
        expect(page.locator(".plot:not(.coming) [data-drawn=light]")).to_have_count(5)


def test_print_is_light_and_leaves_out_what_only_a_screen_needs(browser: Browser, url: str) -> None:
    with opened(browser, f"{url}#theme=dark") as page:
        page.emulate_media(media="print")
        assert background(page) == "rgb(255, 255, 255)"
        expect(page.get_by_role("button")).to_have_count(0)
        filtered = page.locator(DRAWN).first.evaluate("(each) => getComputedStyle(each).filter")
        assert filtered.startswith("invert(1)")
        assert page.pdf(format="A4").startswith(b"%PDF")


def test_numbers_and_dates_are_in_the_viewers_language(browser: Browser, url: str) -> None:
    with opened(browser, url, locale="de-DE") as page:
        expect(page.get_by_text("58.665")).to_be_visible()
        expect(page.locator(".value", has_text="77,5\u00a0%")).to_be_visible()
        months = page.locator(DRAWN).first.get_by_text("Dez", exact=True)
        expect(months).to_be_visible()
        expect(page.locator(DRAWN).nth(3).get_by_text("30,9\u00a0%")).to_be_visible()
        page.get_by_role("button", name="Show data of Flights a month").click()
        expect(page.get_by_role("cell", name="Dezember 2013").first).to_be_visible()
        page.get_by_role("button", name="Show data of Arrival delay").click()
        expect(page.get_by_role("cell", name="31.12.2012").first).to_be_visible()


def test_nothing_is_asked_of_anyone_but_the_pack(pack: Pack, browser: Browser) -> None:
    with blank(browser) as page:
        asked = asked_by(page)
        page.goto(new_embed(pack))
        page.wait_for_selector(READY, timeout=20_000)
        page.locator(DRAWN).first.hover()
        painted(page, 12)
    assert {url.split("/")[2] for url in asked} == {pack.url.removeprefix("http://")}


def background(page: Page) -> str:
    found: str = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    return found


def clipped(page: Page) -> bool:
    """Whether the heading is there for readers only."""
    found: str = page.locator(".heading").evaluate("(each) => getComputedStyle(each).clipPath")
    return found != "none"


def test_a_bare_hash_takes_no_legend_its_colours(url: str, page: Page) -> None:
    page.goto(f"{url}#")
    page.wait_for_selector(DRAWN, timeout=20_000)
    read = "(all) => all.map((each) => each.getAttribute('fill'))"
    fills = page.locator("[fill^='url(']").evaluate_all(read)
    assert fills
    assert [fill for fill in fills if "##" in fill] == []
