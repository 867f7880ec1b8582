"""The other parts of the settings page: usage, Embed pages, revocations, audit. By the keyboard alone."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.asking import asked_by
from tests.browser.axe import frame_complaints
from tests.browser.settings import (
    as_owner,
    clipboard,
    go_to,
    open_as_owner,
    press,
    reach,
    settings_page,
    sign_in,
    type_into,
    visit,
)
from tests.local.flights import flights
from tests.pack import Pack, running_pack

PARTS = ["secret", "usage", "dashboards", "dashboards/38727", "revocations", "audit"]


@pytest.fixture(scope="module")
def pack() -> Iterator[Pack]:
    """One of its own, with a history: 10 embeds a day of the one dashboard, 4 of the other."""
    with running_pack() as running:
        table = running.client("dynamodb").list_tables()["TableNames"][0]
        for back in range(1, 60):
            day = datetime.now(UTC).date() - timedelta(days=back)
            for dashboard, count in (("38727", 10), ("231", 4)):
                key = {"pk": {"S": "USAGE#16417"}, "sk": {"S": f"{day}#{dashboard}#00"}}
                item = {**key, "embeds": {"N": str(count)}}
                running.client("dynamodb").put_item(TableName=table, Item=item)
        yield running


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with settings_page(browser, accept_downloads=True) as opened:
        yield opened


def ask(pack: Pack, path: str, **more: Any) -> Any:
    return pack.http.get(f"/organizations/airlines{path}", headers=as_owner(pack), **more).json()


def test_every_part_is_reached_by_the_keyboard(pack: Pack, page: Page) -> None:
    sign_in(page, pack)
    for part in ("Usage", "Dashboards", "Revocations", "Audit", "Secret"):
        go_to(page, part)
        expect(page.locator("h1")).to_be_focused()
        expect(page).to_have_title(re.compile(part))
    page.reload()
    page.get_by_role("heading", name="Keys").wait_for()
    press(page, "Skip to the content")
    expect(page.get_by_role("main")).to_be_focused()


def test_usage_as_chart_table_and_file(pack: Pack, page: Page, tmp_path: Path) -> None:
    open_as_owner(page, pack, "usage")
    reach(page, page.get_by_role("radio", name="30 days"))
    page.keyboard.press("ArrowLeft")  # 7 days
    days = ask(pack, "/usage", params={"from": str(datetime.now(UTC).date() - timedelta(days=6))})
    expect(page.get_by_role("table", name="Totals").get_by_role("row").last).to_contain_text(
        f"{days['total']}"
    )
    chart = page.get_by_role("slider", name="New-token embeds by day")
    reach(page, chart)
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    expect(chart).to_have_attribute(
        "aria-valuetext", re.compile("14: On-time performance 10, Airport weather 4")
    )
    with page.expect_download() as download:
        press(page, "Download CSV")
    download.value.save_as(tmp_path / "usage.csv")
    lines = (tmp_path / "usage.csv").read_text(encoding="utf-8-sig").splitlines()
    assert lines[0] == "date,dashboard,slug,title,new_token_embeds"
    assert len(lines) == 1 + 2 * 7
    yesterday = datetime.now(UTC).date() - timedelta(days=1)
    assert f"{yesterday},231,airport-weather,Airport weather,4" in lines


def test_any_two_days_and_what_is_wrong_with_them(pack: Pack, page: Page) -> None:
    open_as_owner(page, pack, "usage")
    reach(page, page.get_by_label("From", exact=True))
    page.keyboard.type("01012020")
    expect(page.get_by_role("alert")).to_contain_text("at most 400 days")
    last = page.get_by_label("To", exact=True)
    reach(page, last)
    page.keyboard.type("01312020")
    expect(page.get_by_text("Nothing was embedded in these days.")).to_be_visible()
    reach(page, page.get_by_role("radio", name="7 days"))
    page.keyboard.press("ArrowLeft")  # round to 365 days
    expect(page.get_by_role("heading", name="New-token embeds by week")).to_be_visible()


def test_example_code_in_five_languages(pack: Pack, page: Page) -> None:
    open_as_owner(page, pack, "dashboards")
    reach(page, page.get_by_role("link", name=re.compile("On-time performance")))
    page.keyboard.press("Enter")
    reach(page, page.get_by_role("tab", name="Python"))
    for language in ("python", "javascript", "ruby", "php", "go"):
        code = ask(pack, "/dashboards/38727/example-code", params={"language": language})
        tab = page.get_by_role("tab", selected=True)
        expect(tab).to_be_focused()
        expect(page.get_by_role("region", name=code["filename"])).to_have_text(code["code"])
        press(page, "Copy the program")
        expect(page.get_by_role("button", name="Copy the program")).to_have_text("Copied")
        assert clipboard(page) == code["code"]
        for _ in range(4 if code["install"] else 3):
            if tab.evaluate("element => element === document.activeElement"):
                break
            page.keyboard.press("Shift+Tab")
        page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="Python")).to_be_focused()


def test_the_sandbox_mints_and_shows_as_a_viewer_sees_it(pack: Pack, page: Page) -> None:
    open_as_owner(page, pack, "dashboards/38727")
    reach(page, page.get_by_label("Viewer", exact=True))
    page.keyboard.type("Hana")
    expect(page.get_by_label("Claims of the session")).to_have_value(re.compile("HA"))
    reach(page, page.get_by_label("LGA"))
    page.keyboard.press("Space")
    press(page, "Mint and show")
    url = page.get_by_role("region", name="The minted URL").inner_text()
    expect(page.locator(".length")).to_contain_text(f"{len(url)} of 2,038 characters")
    expect(page.get_by_role("region", name="Header")).to_contain_text('"alg": "HS256"')
    payload = json.loads(page.get_by_role("region", name="Payload").inner_text())
    assert payload["env"] == {"ACCT_ID": "HA", "ORIGIN": ["EWR", "JFK"]}
    embed = page.frame_locator("iframe[title='On-time performance']")
    expect(embed.get_by_text(f"{flights('HA', ('EWR', 'JFK')):,}", exact=True).first).to_be_visible()
    expect(page.get_by_text("Up to date")).to_be_visible()


def test_the_sandbox_says_which_variable_lacks_its_claim(pack: Pack, page: Page) -> None:
    open_as_owner(page, pack, "dashboards/38727")
    reach(page, page.get_by_label("Viewer", exact=True))
    page.keyboard.type("Nobody")
    expect(page.get_by_role("alert")).to_contain_text("ACCT_ID")
    expect(page.get_by_role("button", name="Mint and show")).to_be_disabled()
    type_into(page, "Claims of the session", '{"custom:acct_id": "DL"')
    page.keyboard.press("Tab")
    expect(page.get_by_role("alert")).to_contain_text("must be a JSON object")
    type_into(page, "Claims of the session", '{"custom:acct_id": "DL"}')
    page.keyboard.press("Tab")
    press(page, "Mint and show")
    expect(page.get_by_role("region", name="Payload")).to_contain_text('"ACCT_ID": "DL"')


def test_a_url_that_is_too_long_says_by_how_much(pack: Pack, page: Page) -> None:
    open_as_owner(page, pack, "dashboards/38727")
    type_into(page, "Claims of the session", '{"custom:acct_id": ""}')
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    page.keyboard.insert_text("x" * 2_500)
    page.keyboard.press("Tab")
    press(page, "Mint and show")
    expect(page.get_by_role("alert")).to_contain_text("url-too-long")
    expect(page.locator(".length")).to_contain_text("of 2,038 characters")


def test_deployed_the_sandbox_has_the_owners_session_only(pack: Pack, page: Page) -> None:
    config = pack.http.get("/settings/config.json").json() | {"local": None}
    page.route("**/settings/config.json", lambda route: route.fulfill(json=config))
    asked = asked_by(page)
    open_as_owner(page, pack, "dashboards/38727")
    expect(page.get_by_text("The session is your own, as Olga")).to_be_visible()
    expect(page.get_by_role("alert")).to_contain_text("ACCT_ID")
    page.evaluate("location.hash = '#/dashboards/231'")
    press(page, "Mint and show")
    expect(page.get_by_role("region", name="Payload")).to_contain_text('"dashboard": 231')
    assert not [url for url in asked if url.endswith("/local/session")]


@pytest.mark.parametrize("level", ["Viewer", "Dashboard", "Token"])
def test_a_revocation_is_made_listed_and_undone(pack: Pack, page: Page, level: str) -> None:
    url = pack.embed_url({"dashboard": 231, "env": {"ORIGIN": "LGA"}})
    name = {"Viewer": "rita", "Dashboard": "Airport weather", "Token": "Token "}[level]
    open_as_owner(page, pack, "revocations")
    reach(page, page.get_by_role("radio", name="Viewer"))
    for _ in range(["Viewer", "Dashboard", "Token"].index(level)):
        page.keyboard.press("ArrowRight")
    if level != "Dashboard":
        label, text = {"Viewer": ("Sub of the viewer", "rita"), "Token": ("Token or URL", url)}[level]
        type_into(page, label, text)
    press(page, "Revoke")
    if level == "Dashboard":
        press(page, "Revoke the dashboard", within=page.get_by_role("dialog"))
    undo = page.get_by_role("button", name=re.compile("Undo the revocation"))
    expect(undo).to_have_count(1)
    expect(undo).to_have_accessible_name(re.compile(f"Undo the revocation of {name}"))
    assert pack.http.get(url).status_code == (200 if level == "Viewer" else 403)
    reach(page, undo)
    page.keyboard.press("Enter")
    press(page, "Undo it", within=page.get_by_role("dialog"))
    expect(page.get_by_text("Nothing is revoked.")).to_be_visible()
    assert page.evaluate("document.activeElement !== document.body")
    assert pack.http.get(url).status_code == 200


def test_it_says_what_a_viewers_revocation_reaches(pack: Pack, page: Page) -> None:
    open_as_owner(page, pack, "revocations")
    viewer = page.get_by_label("Sub of the viewer", exact=True)
    for said in (
        "Within a second they get no new URL, on any dashboard.",
        "end at once only on dashboards that are bound to their viewer",
        "until it expires, 24 hours at most",
        "Revoking its dashboard or its token ends it, and so does a reset.",
    ):
        expect(viewer).to_have_accessible_description(re.compile(re.escape(said)))


def test_a_wrong_token_is_refused_where_it_was_typed(pack: Pack, page: Page) -> None:
    open_as_owner(page, pack, "revocations")
    reach(page, page.get_by_role("radio", name="Viewer"))
    page.keyboard.press("ArrowLeft")
    type_into(page, "Token or URL", "nonsense")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("not a live one")


def test_the_audit_comes_in_pages(pack: Pack, page: Page) -> None:
    headers = as_owner(pack)
    for _ in range(30):
        pack.http.post("/organizations/airlines/secret/reveal", headers=headers)
    open_as_owner(page, pack, "audit")
    rows = page.locator("tbody tr")
    expect(rows).to_have_count(25)
    expect(rows.first).to_contain_text("Saw the secret")
    while page.get_by_role("button", name="Show more").is_visible():
        before = rows.count()
        press(page, "Show more")
        expect(rows).not_to_have_count(before)
    assert rows.count() == len(ask(pack, "/audit", params={"limit": "500"})["entries"])
    assert page.evaluate("document.activeElement !== document.body")


def test_a_part_that_fails_can_be_tried_again(pack: Pack, page: Page) -> None:
    page.route("**/audit?*", lambda route: route.abort(), times=1)
    open_as_owner(page, pack, "audit")
    expect(page.get_by_role("alert")).to_contain_text("The API doesn't answer")
    press(page, "Try again")
    expect(page.get_by_role("heading", name="Newest first")).to_be_visible()


def test_hostile_names_stay_text(pack: Pack, page: Page) -> None:
    hostile = "<img src=x onerror=alert(1)>=cmd()"
    usage = ask(pack, "/usage")
    usage["dashboards"][0]["title"] = hostile
    page.route(re.compile("/organizations/airlines/usage"), lambda route: route.fulfill(json=usage))
    for part in ("usage", "dashboards"):
        open_as_owner(page, pack, part)
        expect(page.locator("main")).to_contain_text(hostile)
        assert page.locator("img").count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(pack: Pack, browser: Browser, scheme: Any) -> None:
    with settings_page(browser, color_scheme=scheme) as page:
        visit(page, f"{pack.url}/settings/")
        page.get_by_role("button", name="Sign in").wait_for()
        found = {"welcome": frame_complaints(page.main_frame)}
        for part in PARTS:
            open_as_owner(page, pack, part)
            found[part] = frame_complaints(page.main_frame)
        open_as_owner(page, pack, "dashboards/231")
        press(page, "Mint and show")
        page.get_by_text("Up to date").wait_for()
        found["minted"] = frame_complaints(page.main_frame)
        open_as_owner(page, pack, "secret")
        press(page, "Reveal")
        page.get_by_text(re.compile(r"^It hides in \d+ s\.$")).wait_for()
        found["revealed"] = frame_complaints(page.main_frame)
        press(page, "Reset…")
        page.get_by_role("dialog").wait_for()
        found["reset"] = frame_complaints(page.main_frame)
        assert {part: said for part, said in found.items() if said} == {}


@pytest.mark.parametrize("width", [320, 375, 2560, 3840])
def test_every_part_fits_its_width(pack: Pack, browser: Browser, width: int) -> None:
    with settings_page(browser, viewport={"width": width, "height": 900}) as page:
        for part in PARTS:
            open_as_owner(page, pack, part)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, part


def test_nothing_is_asked_of_a_third_party(pack: Pack, page: Page) -> None:
    asked = asked_by(page)
    for part in PARTS:
        open_as_owner(page, pack, part)
    assert {url.split("/")[2] for url in asked} == {pack.url.removeprefix("http://")}
