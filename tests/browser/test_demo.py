"""What a visitor of the demo sees."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, FrameLocator, Page, Route, expect

from cli.site import build
from tests.browser.asking import asked_by
from tests.browser.axe import complaints, frame_complaints
from tests.browser.elsewhere import serving
from tests.browser.statics import hosted, sent_headers
from tests.local.flights import flights
from tests.pack import Pack


def embed(page: Page) -> FrameLocator:
    return page.frame_locator("#frame iframe:not(.next, .old)")


CLIENT_ID = "clerestory-local"


def deploy(page: Page, pack: Pack) -> None:
    """The demo with an issuer in its config.json."""
    config = {"api": pack.url, "issuer": pack.url, "client_id": CLIENT_ID}
    page.route(f"{pack.url}/config.json", lambda route: route.fulfill(json=config))
    let_ana_in(page, pack)


def let_ana_in(page: Page, pack: Pack) -> None:
    """Whoever signs in at the issuer is Ana of United."""
    nonces: list[str] = []
    page.on("request", lambda request: nonces.extend(re.findall(r"authorize\?.*nonce=([\w-]+)", request.url)))

    def tokens(route: Route) -> None:
        claims: dict[str, Any] = {"sub": "ana", "name": "Ana", "custom:acct_id": "UA", "nonce": nonces[-1]}
        token = pack.session(**claims)
        answer = {"id_token": token, "access_token": token, "token_type": "Bearer"}
        route.fulfill(json=answer, headers={"access-control-allow-origin": "*"})

    page.route("**/local/token", tokens)


def sign_in(page: Page) -> None:
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("link", name="Viewer at airlines").click()
    expect(page.get_by_role("banner")).to_contain_text("Signed in as Ana")


def test_signed_in_loading_then_the_charts(pack: Pack, page: Page) -> None:
    seen_loading: list[bool] = []
    page.on(
        "response",
        lambda answer: (
            seen_loading.append("Loading" in answer.text())
            if "/d/" in answer.url and "results" not in answer.url
            else None
        ),
    )
    page.goto(pack.url)
    # No other test opens this carrier's embed: "Loading" is there only while a token is new.
    page.get_by_text("Hawaiian").click()
    expect(page.locator("#carrier")).to_contain_text("Hawaiian")
    expect(embed(page).locator(".value").first).to_have_text(f"{flights('HA'):,}", timeout=20_000)
    expect(embed(page).locator("svg, canvas").first).to_be_visible(timeout=20_000)
    assert True in seen_loading


def test_a_filter_of_the_page_filters_the_embed(pack: Pack, page: Page) -> None:
    page.goto(pack.url)
    expect(page.locator("#url")).to_contain_text(f"{pack.url}/d/", timeout=20_000)  # its script has run
    page.get_by_label("EWR").uncheck()
    expect(embed(page).get_by_text(f"{flights('UA', ('JFK', 'LGA')):,}")).to_be_visible(timeout=20_000)


def test_the_minted_url_is_shown_and_opens_alone(pack: Pack, page: Page) -> None:
    page.goto(pack.url)
    expect(page.locator("#url")).to_contain_text(f"{pack.url}/d/38727/", timeout=20_000)
    url = page.locator("#url").inner_text()
    page.goto(url)
    expect(page.get_by_text(f"{flights('UA'):,}")).to_be_visible(timeout=20_000)


def test_a_dead_link_says_so_in_the_frame_and_to_the_site(pack: Pack, page: Page) -> None:
    hear = 'addEventListener("message", ({data}) => { if (data.type === "error") window.told = data })'
    frame = f'<iframe src="{pack.url}/d/38727/nonsense" title="embed"></iframe>'
    site = f"<script>{hear}</script>{frame}"
    page.route(f"{pack.url}/site", lambda route: route.fulfill(body=site, content_type="text/html"))
    page.goto(f"{pack.url}/site")
    expect(page.frame_locator("iframe").get_by_role("alert")).to_contain_text("not valid")
    page.wait_for_function("window.told")
    told = page.evaluate("window.told")
    assert (told["source"], told["problem"]["code"]) == ("clerestory", "invalid-token")


def test_nothing_is_asked_of_a_third_party(pack: Pack, page: Page) -> None:
    asked = asked_by(page)
    page.goto(pack.url)
    expect(embed(page).locator("svg, canvas").first).to_be_visible(timeout=20_000)
    assert {url.split("/")[2] for url in asked} == {pack.url.removeprefix("http://")}


def test_a_site_that_is_not_listed_cannot_frame_the_embed(pack: Pack, browser: Browser) -> None:
    with serving() as site, browser.new_page() as page:
        site.answer(f'<iframe src="{pack.embed_url({"dashboard": 38727})}"></iframe>')
        error_page = "chrome-error://chromewebdata/"
        given_up = page.expect_event("framenavigated", lambda frame: frame.url == error_page)
        with given_up, page.expect_console_message(lambda said: "frame-ancestors" in said.text):
            page.goto(site.url)


def test_the_code_beside_it_follows_the_filters(pack: Pack, page: Page) -> None:
    page.goto(pack.url)
    expect(page.locator("#code")).to_contain_text(f'from "{pack.url}/assets/clerestory.js"')
    page.get_by_label("JFK").uncheck()
    expect(page.locator("#code")).to_contain_text("""env='{"ORIGIN":["EWR","LGA"]}'""")


def test_a_choice_that_makes_no_sense_is_said_at_once_and_asks_nothing(pack: Pack, page: Page) -> None:
    page.goto(pack.url)
    expect(page.locator("#state")).to_contain_text("Up to date", timeout=20_000)
    asked = asked_by(page)
    page.get_by_label("From", exact=True).fill("")
    expect(page.locator("#problem")).to_contain_text("Choose both dates.")
    page.get_by_label("From", exact=True).fill("2012-12-31")
    expect(page.locator("#problem")).to_contain_text("The flights are those of 2013.")
    assert asked == []


def test_a_config_that_cannot_be_read_is_said(pack: Pack, page: Page) -> None:
    page.route(f"{pack.url}/config.json", lambda route: route.fulfill(body="<!doctype html>"))
    page.goto(pack.url)
    expect(page.locator("#frame")).to_contain_text("config.json can't be read")


def test_what_cannot_be_copied_is_selected(pack: Pack, page: Page) -> None:
    page.add_init_script("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    page.goto(pack.url)
    expect(page.locator("#url")).to_contain_text(f"{pack.url}/d/", timeout=20_000)  # its script has run
    page.get_by_role("button", name="Copy").first.click()
    expect(page.get_by_role("button", name="Selected")).to_be_visible()
    assert page.evaluate("String(getSelection())")


def test_with_an_issuer_a_visitor_signs_in_there_and_sees_their_own(pack: Pack, page: Page) -> None:
    deploy(page, pack)
    page.goto(pack.url)
    expect(page.get_by_text("Sign in to see your flights.")).to_be_visible()
    expect(page.get_by_role("radio")).to_have_count(0)  # nobody can be somebody else
    page.get_by_label("EWR").uncheck()
    sign_in(page)
    assert "code=" not in page.url
    expect(embed(page).locator(".value").first).to_have_text(f"{flights('UA'):,}", timeout=20_000)
    page.reload()
    expect(embed(page).locator(".value").first).to_have_text(f"{flights('UA'):,}", timeout=20_000)


def test_the_built_site_works_on_a_static_host_with_its_own_headers(
    pack: Pack, page: Page, tmp_path: Path
) -> None:
    config = {"api": pack.url, "issuer": pack.url, "client_id": CLIENT_ID}
    (tmp_path / "config.json").write_text(json.dumps(config))
    build(tmp_path / "site", tmp_path / "config.json")
    origin = hosted(page, pack, tmp_path / "site", sent_headers(tmp_path / "site"))
    let_ana_in(page, pack)
    page.goto(f"{origin}/")
    sign_in(page)
    expect(embed(page).locator(".value").first).to_have_text(f"{flights('UA'):,}", timeout=20_000)
    page.get_by_role("link", name="Owner's settings").click()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()


def test_whoever_signs_out_leaves_nothing_behind(pack: Pack, page: Page) -> None:
    deploy(page, pack)
    page.goto(pack.url)
    sign_in(page)
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    assert page.evaluate("sessionStorage.length") == 0
    assert page.locator("clerestory-dashboard").count() == 0


def test_a_session_that_has_ended_can_be_begun_again(pack: Pack, page: Page) -> None:
    deploy(page, pack)
    page.goto(pack.url)
    sign_in(page)
    expect(page.locator("#state")).to_contain_text("Up to date", timeout=20_000)
    page.evaluate("sessionStorage.setItem('runway-session', JSON.stringify({ claims: { name: 'Ana' } }))")
    page.reload()
    expect(page.get_by_role("alert")).to_contain_text("Sign in to see this dashboard")
    sign_in(page)


def test_a_sign_in_that_failed_says_why_and_can_be_tried_again(pack: Pack, page: Page) -> None:
    deploy(page, pack)
    page.goto(f"{pack.url}/?error=access_denied&state=nobodys")
    expect(page.get_by_text("This sign-in wasn't begun here")).to_be_visible()
    sign_in(page)


def test_a_choice_by_the_keyboard_is_another_visitor(pack: Pack, page: Page) -> None:
    page.goto(pack.url)
    page.get_by_role("radio", name="United").press("ArrowDown")
    expect(page.locator("#carrier")).to_contain_text("Delta")
    expect(embed(page).locator(".value").first).to_have_text(f"{flights('DL'):,}", timeout=20_000)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [375, 1280])
def test_axe_finds_nothing(pack: Pack, page: Page, width: int, scheme: str) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.set_viewport_size({"width": width, "height": 1000})
    page.goto(pack.url)
    expect(page.locator("#state")).to_contain_text("Up to date", timeout=20_000)
    assert frame_complaints(page.main_frame) == []


def test_axe_finds_nothing_where_nobody_is_signed_in_or_it_fails(pack: Pack, page: Page) -> None:
    deploy(page, pack)
    page.goto(pack.url)
    expect(page.get_by_text("Sign in to see your flights.")).to_be_visible()
    assert complaints(page) == []
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Who are you?")).to_be_visible()
    assert complaints(page) == []
    page.evaluate("sessionStorage.setItem('runway-session', JSON.stringify({ claims: { name: 'Ana' } }))")
    page.goto(pack.url)
    expect(page.get_by_role("alert")).to_contain_text("Sign in to see this dashboard")
    assert complaints(page) == []


@pytest.mark.parametrize("width", [320, 375, 1280, 2560])
def test_it_fits_every_width(pack: Pack, page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 700})
    page.goto(pack.url)
    expect(page.locator("#state")).to_contain_text("Up to date", timeout=20_000)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
