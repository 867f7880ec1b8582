"""Whom the visitor's session goes to: the API of the client's address, and those that the site's code names.

Markup names none: it may hold what a stranger wrote.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.foreign import ForeignApi, foreign_api
from tests.browser.sites import Minting, Site, open_site
from tests.local.flights import flights
from tests.pack import Pack

# The site leaves it to the client: no policy keeps the browser from asking anybody.
OPEN = {"content-security-policy": ""}
# From the site's own host, where the client can't know whose it is.
COPY = "/clerestory.js"
ELEMENT = "document.querySelector('clerestory-dashboard')"


@pytest.fixture
def foreign() -> Iterator[ForeignApi]:
    with foreign_api() as api:
        yield api


def element(**attributes: str) -> str:
    written = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return f'<clerestory-dashboard dashboard="38727"{written}></clerestory-dashboard>'


def sign_in(site: Site) -> None:
    site.sign_in()
    site.page.evaluate("site.provideSession(site.getSession)")


def refused(site: Site, count: int = 1) -> None:
    """The element has said so, and shows nothing."""
    told: dict[str, Any] = site.wait("error", count)
    assert (told["code"], told["retries"]) == ("unknown-api", False)
    expect(site.page.get_by_role("alert")).to_contain_text("This page doesn't name the API")
    assert site.frames() == 0


def test_an_element_that_names_a_foreign_api_gives_it_nothing(
    pack: Pack, browser: Browser, foreign: ForeignApi
) -> None:
    with open_site(browser, pack, OPEN, element(api=foreign.url)) as site:
        sign_in(site)
        refused(site)
        site.page.get_by_role("button", name="Try again").click()
        site.page.evaluate(f"{ELEMENT}.refresh()")
        refused(site, 3)
        assert site.page.evaluate("site.sessions") == []
        assert foreign.asked == []


@pytest.mark.parametrize("change", ["setAttribute('api', foreign)", "api = foreign"])
def test_an_element_that_is_turned_to_a_foreign_api_gives_it_nothing(
    pack: Pack, browser: Browser, foreign: ForeignApi, change: str
) -> None:
    with open_site(browser, pack, OPEN, element()) as site:
        sign_in(site)
        site.wait("ready")
        site.page.evaluate(f"foreign => {{ {ELEMENT}.{change} }}", foreign.url)
        refused(site)
        site.page.evaluate(f"{ELEMENT}.removeAttribute('api')")
        site.wait("ready", 2)
        assert foreign.asked == []


def test_other_dashboards_of_the_page_are_shown(pack: Pack, browser: Browser, foreign: ForeignApi) -> None:
    with open_site(browser, pack, OPEN, element(api=foreign.url) + element()) as site:
        sign_in(site)
        site.wait("ready")
        site.shows(f"{flights('UA'):,}")
        assert site.wait("error")["code"] == "unknown-api"
        assert foreign.asked == []


def test_a_base_in_markup_turns_nothing_elsewhere(pack: Pack, browser: Browser, foreign: ForeignApi) -> None:
    written = f'<base href="{foreign.url}/">{element(api="/")}{element()}'
    with open_site(browser, pack, OPEN, written) as site:
        sign_in(site)
        site.wait("ready")
        assert site.wait("error")["code"] == "unknown-api"
        assert "/embeds" not in {each.path for each in foreign.asked}


def test_the_api_may_be_written_in_another_way(pack: Pack, browser: Browser) -> None:
    with open_site(browser, pack, OPEN, element(api=f"{pack.url}/x/..".upper())) as site:
        sign_in(site)
        site.wait("ready")


def test_a_copy_of_the_client_asks_nobody_until_the_site_names_the_api(pack: Pack, browser: Browser) -> None:
    with open_site(browser, pack, body=element(api=pack.url), client=COPY) as site:
        minting = Minting(site.page)
        sign_in(site)
        refused(site)
        assert (minting.asked, site.page.evaluate("site.sessions")) == ([], [])
        site.page.evaluate("api => site.configure({ api })", pack.url)
        site.wait("ready")
        assert len(minting.asked) == 1


def test_an_api_that_is_named_is_that_of_elements_that_name_none(pack: Pack, browser: Browser) -> None:
    with open_site(browser, pack, body=element(), client=COPY) as site:
        site.page.evaluate("api => site.configure({ api })", pack.url)
        sign_in(site)
        site.wait("ready")
        assert site.events("error") == []


def test_a_page_of_two_packs_names_the_second_and_each_element_its_own(
    pack: Pack, browser: Browser, foreign: ForeignApi
) -> None:
    elements = element(api=pack.url) + element(api=foreign.url) + element()
    with open_site(browser, pack, OPEN, elements) as site:
        site.page.evaluate("api => site.configure({ api })", foreign.url)
        sign_in(site)
        site.wait("ready")
        assert site.wait("error")["code"] == "unknown-api"  # of the one that doesn't say which
        session = site.page.evaluate("session")
        asked = {each.authorization for each in foreign.asked if each.method == "POST"}
        assert asked == {f"Bearer {session}"}


def test_a_second_copy_of_the_client_names_nothing_to_the_elements_of_the_first(
    pack: Pack, browser: Browser, foreign: ForeignApi
) -> None:
    with open_site(browser, pack, OPEN, element(api=foreign.url)) as site:
        second = "async api => (await import('/clerestory.js')).configure({ api })"
        site.page.evaluate(second, foreign.url)
        sign_in(site)
        refused(site)
        assert foreign.asked == []


@pytest.mark.parametrize("api", ["/", "", "javascript:alert(1)", "https://ana@api.example", None])
def test_what_can_be_no_api_is_refused_where_it_is_named(
    pack: Pack, browser: Browser, api: str | None
) -> None:
    with open_site(browser, pack) as site:
        named = "api => { try { site.configure({ api }) } catch (error) { return String(error) } }"
        assert site.page.evaluate(named, api) == "TypeError: api must be an http or https address"
