"""What the embedded page says and does when something fails."""

from playwright.sync_api import Browser, Page, expect

from clerestory.embed.page import ADVICE, DEFAULT_ADVICE
from tests.browser.axe import complaints
from tests.browser.embeds import DRAWN, ON_TIME, READY, answering, blank, new_embed, sentences
from tests.local.flights import flights
from tests.pack import Pack

BUSY = '{"title": "The service is busy", "status": 503, "code": "unavailable"}'
BY_OWNERS = {"custom:organization": "airlines", "cognito:groups": ["owners"]}


def test_a_link_that_is_not_valid_says_so_and_what_to_do(pack: Pack, page: Page) -> None:
    page.goto(f"{pack.url}/d/{ON_TIME}/nonsense")
    assert sentences(page) == ("This embed's link is not valid", ADVICE["invalid-token"])


def test_a_revoked_embed_says_so_and_what_to_do(pack: Pack, page: Page) -> None:
    url = new_embed(pack)
    revoke(pack, url)
    page.goto(url)
    assert sentences(page) == ("This embed was revoked", ADVICE["revoked"])


def test_a_link_for_another_dashboard_says_so_and_what_to_do(pack: Pack, page: Page) -> None:
    page.goto(new_embed(pack).replace(f"/d/{ON_TIME}/", "/d/231/"))
    assert sentences(page) == ("This embed's link is for another dashboard", DEFAULT_ADVICE)


def test_a_link_that_is_refused_while_loading_says_so_in_place(pack: Pack, page: Page) -> None:
    page.route("**/results", answering(202))
    url = new_embed(pack)
    page.goto(url)
    expect(page.locator(".loading")).to_be_visible()
    revoke(pack, url)
    page.unroute("**/results")
    assert sentences(page) == ("This embed was revoked", ADVICE["revoked"])


def test_a_busy_services_page_comes_back_by_itself(pack: Pack, browser: Browser) -> None:
    url = new_embed(pack)
    problem = pack.http.get(f"/d/{ON_TIME}/nonsense").text
    for refused, busy in (("invalid-token", "unavailable"), ('"status":401', '"status":503')):
        problem = problem.replace(refused, busy)
    with blank(browser) as page:
        page.route(url, answering(503, problem, "text/html"), times=2)
        page.goto(url)
        expect(page.get_by_role("button", name="Try again now")).to_be_visible()
        assert complaints(page) == []
        page.wait_for_selector(READY, timeout=20_000)


def test_trouble_while_loading_is_told_and_passes(pack: Pack, browser: Browser) -> None:
    with blank(browser, reduced_motion="reduce") as page:
        page.route("**/results", answering(503, BUSY, "application/problem+json"))
        page.goto(new_embed(pack))
        notice = page.locator(".notice")
        expect(notice).to_contain_text(f"The service is busy. {ADVICE['unavailable']}")
        assert complaints(page) == []
        page.unroute("**/results")
        page.get_by_role("button", name="Try again now").click()
        page.wait_for_selector(READY, timeout=20_000)
        expect(notice).to_be_empty()


def test_offline_while_loading_and_back(pack: Pack, browser: Browser) -> None:
    with blank(browser) as page:
        page.route("**/results", answering(202), times=1)
        page.goto(new_embed(pack))
        page.context.set_offline(True)
        expect(page.locator(".notice")).to_contain_text("The dashboard can't be reached. Check your")
        page.context.set_offline(False)
        page.wait_for_selector(READY, timeout=20_000)


def test_charts_that_cannot_be_drawn_are_tables_until_they_can(pack: Pack, browser: Browser) -> None:
    url = pack.embed_url({"dashboard": ON_TIME})
    with blank(browser) as page:
        page.route("**/assets/vega-*", lambda route: route.abort())
        page.goto(url)
        page.wait_for_selector(READY, timeout=20_000)
        expect(page.get_by_text(f"{flights('UA'):,}")).to_be_visible()
        expect(page.get_by_role("table")).to_have_count(6)
        assert complaints(page) == []
        page.unroute("**/assets/vega-*")
        page.locator("section", has_text="Flights a month").get_by_role("button", name="Try again").click()
        expect(page.locator(DRAWN)).to_have_count(1)


def test_a_chart_that_failed_says_so_and_the_others_are_there(pack: Pack, browser: Browser) -> None:
    url = pack.embed_url({"dashboard": ON_TIME})
    results = pack.results(url).json()
    results["charts"][0] = {"title": "Flights", "problem": {"code": "x", "title": "It took too long."}}
    inlined = pack.http.get(new_embed(pack)).text
    with blank(browser) as page:
        page.route(url, answering(200, inlined, "text/html"))
        page.route("**/results", lambda route: route.fulfill(json=results))
        page.goto(url)
        page.wait_for_selector(READY, timeout=20_000)
        expect(page.get_by_text("It took too long.")).to_be_visible()
        expect(page.locator(DRAWN)).to_have_count(5)


def revoke(pack: Pack, url: str) -> None:
    answer = pack.http.post(
        "/organizations/airlines/revocations",
        json={"token": url.rpartition("/")[2]},
        headers=pack.signed_in(None, **BY_OWNERS),
    )
    answer.raise_for_status()
