"""The settings page signs in by code with PKCE, and takes no answer that isn't its own."""

import base64
import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.asking import asked_by
from tests.browser.painting import painted
from tests.browser.settings import press, settings_page, sign_in, visit
from tests.pack import Pack

DOCS = Path(__file__).parents[2] / "docs" / "settings-page.md"


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with settings_page(browser) as opened:
        yield opened


def token(pack: Pack, **changes: Any) -> str:
    """An ID token as the page reads it. Its signature is the API's to judge."""
    claims = {"iss": pack.url, "aud": "clerestory-local", "sub": "mallory"} | changes
    parts = ({"alg": "RS256"}, {"exp": time.time() + 3600, **claims})
    encoded = [base64.urlsafe_b64encode(json.dumps(each).encode()).decode().rstrip("=") for each in parts]
    return ".".join([*encoded, "c2lnbmF0dXJl"])


def answer_with(page: Page, pack: Pack, **changes: Any) -> None:
    """Whatever code comes, the token endpoint gives that token for it."""
    nonce: list[str] = []
    page.on(
        "request",
        lambda request: (
            nonce.append(re.findall(r"nonce=([\w-]+)", request.url)[0])
            if "/local/authorize?" in request.url
            else None
        ),
    )

    def fulfil(route: Route) -> None:
        made = token(pack, **{"nonce": nonce[0], **changes})
        route.fulfill(json={"id_token": made, "access_token": made, "token_type": "Bearer"})

    page.route("**/local/token", fulfil)


def refused_sign_in(page: Page, pack: Pack, why: str) -> None:
    visit(page, f"{pack.url}/settings/")
    press(page, "Sign in")
    press_owner(page)
    expect(page.get_by_role("alert")).to_contain_text(why)
    assert page.evaluate("sessionStorage.length") == 0
    assert "code=" not in page.url


def press_owner(page: Page) -> None:
    page.get_by_role("link", name="Owner of airlines").press("Enter")


def test_one_comes_back_to_the_part_that_was_asked_for(pack: Pack, page: Page) -> None:
    sign_in(page, pack, at="#/audit")
    expect(page.get_by_role("heading", level=1)).to_have_text("Audit")
    expect(page.get_by_role("banner")).to_contain_text("Signed in as Owner of airlines")
    assert page.url == f"{pack.url}/settings/#/audit"


def test_neither_the_verifier_nor_a_token_is_in_any_url(pack: Pack, page: Page) -> None:
    urls: list[str] = []
    bodies: list[str] = []
    page.on("request", lambda request: urls.append(request.url))
    page.on(
        "request",
        lambda request: bodies.append(request.post_data or "") if "/local/token" in request.url else None,
    )
    sign_in(page, pack)
    expect(page.get_by_role("heading", name="Keys")).to_be_visible()
    (verifier,) = re.findall(r"code_verifier=([\w-]+)", bodies[0])
    session = json.loads(page.evaluate("sessionStorage.getItem('clerestory-session')"))["token"]
    assert not [url for url in urls if verifier in url or session in url]
    assert "code_challenge_method=S256" in "".join(urls)


def test_a_reload_keeps_the_session_and_a_second_tab_has_none(pack: Pack, page: Page) -> None:
    sign_in(page, pack)
    page.reload()
    expect(page.get_by_role("heading", name="Keys")).to_be_visible()
    other = page.context.new_page()
    other.goto(f"{pack.url}/settings/")
    expect(other.get_by_role("button", name="Sign in")).to_be_visible()


def test_signing_out_forgets_the_session(pack: Pack, page: Page) -> None:
    sign_in(page, pack)
    press(page, "Sign out")
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    assert page.evaluate("sessionStorage.length") == 0


def test_on_another_origin_than_the_api_and_the_issuer(pack: Pack, page: Page) -> None:
    sign_in(page, pack, base=f"http://localhost:{pack.port}")
    expect(page.get_by_role("heading", name="Keys")).to_be_visible()


def test_an_answer_that_nobody_asked_for_is_not_used(pack: Pack, page: Page) -> None:
    asked = asked_by(page)
    visit(page, f"{pack.url}/settings/?code=planted&state=guessed")
    expect(page.get_by_role("alert")).to_contain_text("wasn't begun here")
    assert not [url for url in asked if "/local/token" in url]
    press(page, "Sign in again")
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()


def test_an_answer_with_another_state_is_not_used(pack: Pack, page: Page) -> None:
    visit(page, f"{pack.url}/settings/")
    with page.expect_navigation():
        press(page, "Sign in")
    href = page.get_by_role("link", name="Owner of airlines").get_attribute("href") or ""
    page.goto(f"{pack.url}/local/authorize{re.sub('state=', 'state=x', href)}")
    expect(page.get_by_role("alert")).to_contain_text("wasn't begun here")


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"nonce": "another"}, "not the one that was asked for"),
        ({"nonce": None}, "not the one that was asked for"),
        ({"iss": "https://evil.example"}, "another issuer's"),
        ({"aud": "another"}, "for another client"),
        ({"aud": ["clerestory-local", "another"]}, "for another client"),
        ({"azp": "another"}, "for another client"),
        ({"exp": 1_700_000_000}, "has expired"),
        ({"exp": None}, "has expired"),
    ],
)
def test_a_token_that_is_not_for_this_sign_in_is_refused(
    pack: Pack, page: Page, changes: dict[str, Any], why: str
) -> None:
    answer_with(page, pack, **changes)
    refused_sign_in(page, pack, why)


def test_the_sub_of_a_token_signs_nobody_in_at_the_api(pack: Pack, page: Page) -> None:
    answer_with(page, pack, **{"custom:organization": "airlines", "cognito:groups": ["owners"]})
    sign_in(page, pack)
    expect(page.get_by_role("alert")).to_contain_text("Your session has ended")
    asked = asked_by(page)
    page.evaluate("location.hash = '#/audit'")
    painted(page, 18)
    expect(page.get_by_role("alert")).to_contain_text("Your session has ended")
    assert asked == []
    expect(page.get_by_role("button", name="Sign in")).to_be_focused()


def test_no_token_at_all_is_refused(pack: Pack, page: Page) -> None:
    page.route("**/local/token", lambda route: route.fulfill(json={"id_token": "x.y"}))
    refused_sign_in(page, pack, "no readable ID token")


@pytest.mark.parametrize("issuer", ["&iss=https://evil.example", ""])
def test_the_answer_of_another_issuer_or_of_none_is_refused(pack: Pack, page: Page, issuer: str) -> None:
    """The local issuer announces that it names itself in each (RFC 9207)."""
    visit(page, f"{pack.url}/settings/")
    with page.expect_navigation():
        press(page, "Sign in")
    state = re.findall(r"state=([\w-]+)", page.url)[0]
    visit(page, f"{pack.url}/settings/?code=x&state={state}{issuer}")
    expect(page.get_by_role("alert")).to_contain_text("another issuer")


def test_the_issuers_refusal_is_shown_as_text(pack: Pack, page: Page) -> None:
    visit(page, f"{pack.url}/settings/")
    with page.expect_navigation():
        press(page, "Sign in")
    state = re.findall(r"state=([\w-]+)", page.url)[0]
    said = "%3Cimg src=x onerror=alert(1)%3E You may not"
    visit(page, f"{pack.url}/settings/?error=access_denied&error_description={said}&state={state}")
    expect(page.get_by_role("alert")).to_contain_text("<img src=x onerror=alert(1)> You may not")


@pytest.mark.parametrize(
    ("document", "why"),
    [
        ({"issuer": "https://evil.example"}, "by another name"),
        ({"authorization_endpoint": "javascript:alert(1)"}, "not an https URL"),
        ({"token_endpoint": "http://evil.example/token"}, "not an https URL"),
    ],
)
def test_an_issuer_that_misdescribes_itself_is_refused(
    pack: Pack, page: Page, document: dict[str, str], why: str
) -> None:
    honest = pack.http.get("/.well-known/openid-configuration").json()
    page.route(
        "**/.well-known/openid-configuration", lambda route: route.fulfill(json={**honest, **document})
    )
    visit(page, f"{pack.url}/settings/")
    press(page, "Sign in")
    expect(page.get_by_role("alert")).to_contain_text(why)


def test_an_issuer_that_is_down_can_be_tried_again(pack: Pack, page: Page) -> None:
    page.route("**/.well-known/openid-configuration", lambda route: route.abort())
    visit(page, f"{pack.url}/settings/")
    press(page, "Sign in")
    expect(page.get_by_role("alert")).to_contain_text("doesn't answer")
    page.unroute("**/.well-known/openid-configuration")
    press(page, "Sign in")
    expect(page.get_by_role("heading", name="Who are you?")).to_be_visible()


@pytest.mark.parametrize(
    ("config", "why"), [({"status": 404}, "no readable config.json"), ({"json": {"api": "x"}}, '"issuer"')]
)
def test_a_wrong_config_is_said(pack: Pack, page: Page, config: Any, why: str) -> None:
    page.route("**/config.json", lambda route: route.fulfill(**config))
    visit(page, f"{pack.url}/settings/")
    expect(page.get_by_role("alert")).to_contain_text(why)


def test_a_viewer_is_told_that_owners_only_come_in(pack: Pack, page: Page) -> None:
    sign_in(page, pack, "Viewer at airlines")
    expect(page.get_by_role("alert")).to_contain_text("Only an owner")


def test_a_page_that_comes_in_part_says_so(pack: Pack, page: Page) -> None:
    page.route("**/settings/api.js", lambda route: route.abort())
    page.goto(f"{pack.url}/settings/")
    expect(page.get_by_role("alert")).to_contain_text("could not be loaded")
    page.unroute("**/settings/api.js")
    press(page, "Try again")
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()


def test_on_a_static_host_under_the_policy_that_its_page_in_docs_tells(pack: Pack, page: Page) -> None:
    (policy,) = re.findall(r"Content-Security-Policy: (.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
    for name in ("<api>", "<issuer>", "<token endpoint>"):
        policy = policy.replace(name, pack.url)
    host = f"http://localhost:{pack.port}"

    def send(route: Route) -> None:
        answer = route.fetch()
        headers = answer.headers | {"content-security-policy": " ".join(policy.split())}
        route.fulfill(response=answer, headers=headers)

    # To Chromium what a test answers comes from nowhere near, and may not ask this machine.
    page.context.grant_permissions(["local-network-access"])
    page.route(f"{host}/settings/**", send)
    sign_in(page, pack, at="#/dashboards/231", base=host)
    press(page, "Mint and show")
    expect(page.get_by_text("Up to date")).to_be_visible()
