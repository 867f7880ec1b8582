"""A pack whose `PublicUrl` has a path: all that the browser asks for lies under it."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from cli.site import build
from tests.browser.embeds import DRAWN, ON_TIME, READY, new_embed, opened, sentences
from tests.browser.fronts import PATH, Front, fronted_pack
from tests.browser.settings import OWNER, open_as_owner
from tests.browser.statics import hosted, sent_headers
from tests.local.flights import flights

UNDER_THE_PATH = f"{PATH}/"


@pytest.fixture(scope="module")
def served() -> Iterator[Front]:
    with fronted_pack() as front:
        yield front


@pytest.fixture
def front(served: Front) -> Iterator[Front]:
    """Nothing but what lies under the path was asked for."""
    served.asked.clear()
    yield served
    assert [path for path in served.asked if not path.startswith(UNDER_THE_PATH)] == []


def by_slugs(front: Front, url: str, end: str = "/") -> str:
    token = url.rpartition("/")[2]
    return f"{front.url}/d/airlines/on-time-performance{end}?embed_token={token}"


def test_embeds_are_minted_under_the_path(front: Front) -> None:
    assert new_embed(front.pack).startswith(f"{front.url}/d/{ON_TIME}/")


def test_a_new_embed_goes_from_loading_to_its_charts(front: Front, browser: Browser) -> None:
    with opened(browser, new_embed(front.pack)) as page:
        expect(page.locator(DRAWN)).to_have_count(5)
    assert {path.split("/")[3] for path in front.asked} == {"d", "assets"}


@pytest.mark.parametrize("end", ["/", ""])
def test_the_form_with_slugs_is_served_too(front: Front, browser: Browser, end: str) -> None:
    with opened(browser, by_slugs(front, new_embed(front.pack), end)) as page:
        expect(page.locator(DRAWN)).to_have_count(5)


def test_an_embed_is_shown_at_the_apis_own_address_too(front: Front, browser: Browser) -> None:
    """As those are that were minted before the path was."""
    with opened(browser, new_embed(front.pack).replace(front.url, front.pack.url)) as page:
        expect(page.locator(DRAWN)).to_have_count(5)


def test_a_reload_shows_it_again(front: Front, browser: Browser) -> None:
    with opened(browser, new_embed(front.pack)) as page:
        page.reload()
        page.wait_for_selector(READY)
        expect(page.locator(DRAWN)).to_have_count(5)


def test_a_refusal_tells_the_site(front: Front, browser: Browser) -> None:
    with opened(browser, new_embed(front.pack)) as page:
        page.goto(f"{front.url}/d/{ON_TIME}/forged")
        assert sentences(page)[0]
        expect(page.locator('#embed[data-state="error"]')).to_be_visible()


def test_the_client_is_loaded_from_there_and_asks_there(front: Front, page: Page) -> None:
    site = f"http://localhost:{front.pack.port}/elsewhere"
    token = front.pack.session(**{"sub": "ana", "custom:acct_id": "UA"})
    script = f"""<!doctype html><script type="module">
      import {{ provideSession }} from "{front.url}/assets/clerestory.js";
      provideSession(() => {json.dumps(token)});
    </script><clerestory-dashboard dashboard="{ON_TIME}"></clerestory-dashboard>"""
    page.context.grant_permissions(["local-network-access"])
    page.route(site, lambda route: route.fulfill(body=script, content_type="text/html"))
    page.goto(site)
    embed = page.frame_locator("clerestory-dashboard iframe:not(.next, .old)")
    expect(embed.get_by_text(f"{flights('UA'):,}")).to_be_visible(timeout=20_000)
    assert f"{PATH}/embeds" in front.asked


def test_the_settings_page_asks_there(front: Front, page: Page, tmp_path: Path) -> None:
    config = {"api": f"{front.url}/", "issuer": front.pack.url, "client_id": "clerestory-local"}
    (tmp_path / "config.json").write_text(json.dumps(config))
    build(tmp_path / "site", tmp_path / "config.json")
    origin = hosted(page, front.pack, tmp_path / "site", sent_headers(tmp_path / "site"))
    open_as_owner(page, front.pack, "secret", base=origin)
    expect(page.get_by_role("heading", name="Keys")).to_be_visible()
    assert f"{PATH}/organizations/{OWNER['custom:organization']}/secret" in front.asked
