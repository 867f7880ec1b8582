"""The secret on the settings page: seen for a moment, copied, rotated, reset. By the keyboard alone."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.settings import as_owner, clipboard, go_to, open_as_owner, press, settings_page, type_into
from tests.local.secrets import keyset, secret
from tests.pack import Pack, running_pack


@pytest.fixture(scope="module")
def pack() -> Iterator[Pack]:
    """One of its own: these tests reset its secret."""
    with running_pack() as running:
        yield running


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with settings_page(browser) as opened:
        yield opened


def everything(page: Page) -> str:
    """All that the page holds where a script or a person could find it."""
    held: str = page.evaluate(
        """() => [document.documentElement.outerHTML, location.href, JSON.stringify({...sessionStorage}),
          JSON.stringify({...localStorage}), document.cookie,
          ...[...document.querySelectorAll("input, textarea")].map(({ value }) => value)].join("\\n")"""
    )
    return held


def test_the_secret_is_nowhere_until_it_is_revealed_and_hides_again(pack: Pack, page: Page) -> None:
    value = secret(pack)
    page.clock.install()
    open_as_owner(page, pack, "secret")
    shown = page.get_by_label("Embed secret", exact=False)
    expect(shown).to_have_value("•" * 32)
    assert value not in everything(page)
    press(page, "Reveal")
    expect(shown).to_have_value(value)
    expect(page.get_by_role("button", name="Hide")).to_be_focused()
    page.clock.fast_forward(31_000)
    expect(shown).to_have_value("•" * 32)
    assert value not in everything(page)


def test_it_can_be_hidden_at_once_and_is_gone_with_the_part(pack: Pack, page: Page) -> None:
    open_as_owner(page, pack, "secret")
    for leave, name in ((press, "Hide"), (go_to, "Usage")):
        press(page, "Reveal")
        expect(page.get_by_label("Embed secret", exact=True)).to_have_value(secret(pack))
        leave(page, name)
        assert secret(pack) not in everything(page)


def test_a_copy_is_not_shown_and_is_audited(pack: Pack, page: Page) -> None:
    open_as_owner(page, pack, "secret")
    press(page, "Copy the secret")
    expect(page.get_by_role("button", name="Copy the secret")).to_have_text("Copied")
    assert clipboard(page) == secret(pack)
    assert secret(pack) not in everything(page)
    newest = pack.http.get("/organizations/airlines/audit", headers=as_owner(pack)).json()["entries"][0]
    assert (newest["action"], newest["actor"]) == ("secret-revealed", "olga")


def test_no_url_and_no_log_line_has_it(pack: Pack, page: Page) -> None:
    urls: list[str] = []
    page.on("request", lambda request: urls.append(request.url))
    open_as_owner(page, pack, "secret")
    press(page, "Reveal")
    expect(page.get_by_label("Embed secret", exact=True)).to_have_value(secret(pack))
    assert secret(pack) not in "".join(urls) + pack.log()


def test_a_failed_reveal_says_so_and_works_again(pack: Pack, page: Page) -> None:
    open_as_owner(page, pack, "secret")
    busy = {"title": "The service is busy", "code": "unavailable", "detail": "In a moment."}
    page.route("**/reveal", lambda route: route.fulfill(status=503, json=busy), times=1)
    press(page, "Reveal")
    expect(page.get_by_role("alert")).to_contain_text("The service is busy")
    press(page, "Reveal")
    expect(page.get_by_label("Embed secret", exact=True)).to_have_value(secret(pack))
    expect(page.get_by_role("alert")).to_have_count(0)


def test_it_is_rotated_and_the_key_before_still_verifies(pack: Pack, page: Page) -> None:
    embed = pack.embed_url({"dashboard": 231})
    open_as_owner(page, pack, "secret")
    press(page, "Rotate…")
    dialog = page.get_by_role("dialog", name="Rotate the secret?")
    press(page, "Cancel", within=dialog)
    expect(dialog).to_have_count(0)
    expect(page.get_by_role("button", name="Rotate…")).to_be_focused()
    assert len(keyset(pack)["keys"]) == 1
    press(page, "Rotate…")
    press(page, "Rotate", within=dialog)
    notice = page.get_by_text("Rotated. Key")
    expect(notice).to_be_focused()
    expect(page.get_by_role("table", name="Keys, the newest first").locator("tbody tr")).to_have_count(2)
    assert len(keyset(pack)["keys"]) == 2
    expect(notice).to_contain_text(keyset(pack)["keys"][-1]["kid"])
    expect(page.get_by_text("It is new: every function knows it in")).to_be_visible()
    assert pack.http.get(embed).status_code == 200


def test_a_refused_rotation_stays_in_its_dialog(pack: Pack, page: Page) -> None:
    open_as_owner(page, pack, "secret")
    full = {"title": "There are too many secrets", "code": "keyset-full", "detail": "Nothing was changed."}
    page.route("**/rotate", lambda route: route.fulfill(status=409, json=full))
    press(page, "Rotate…")
    dialog = page.get_by_role("dialog")
    press(page, "Rotate", within=dialog)
    expect(dialog.get_by_role("alert")).to_contain_text("Nothing was changed.")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)


def test_a_reset_shows_what_it_breaks_and_asks_for_the_name(pack: Pack, page: Page) -> None:
    embeds = [pack.embed_url({"dashboard": 38727}, carrier) for carrier in ("UA", "DL")]
    embeds.append(pack.embed_url({"dashboard": 231, "env": {"ORIGIN": "JFK"}}))
    for url in embeds:
        pack.http.get(url)
    before = keyset(pack)
    open_as_owner(page, pack, "secret")
    press(page, "Reset…")
    dialog = page.get_by_role("dialog", name="Reset the secret?")
    living = dialog.get_by_role("table", name="Live tokens of each dashboard")
    expect(living).to_contain_text("On-time performance")
    expect(living.get_by_role("row", name="On-time performance")).to_contain_text("2")
    accept = dialog.get_by_role("button", name="Reset the secret")
    expect(accept).to_be_disabled()
    page.keyboard.type("harbor")
    expect(accept).to_be_disabled()
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    assert keyset(pack) == before
    assert pack.http.get(embeds[0]).status_code == 200

    press(page, "Reset…")
    expect(dialog).to_be_visible()
    type_into(page, "Type airlines to go on", "airlines")
    press(page, "Reset the secret", within=dialog)
    expect(page.get_by_text("Reset. ")).to_be_focused()
    assert {pack.http.get(url).status_code for url in embeds} == {401}
    assert len(keyset(pack)["keys"]) == 1


def test_a_reset_that_can_not_say_what_it_breaks_can_still_be_done(pack: Pack, page: Page) -> None:
    open_as_owner(page, pack, "secret")
    busy = {"title": "The service is busy", "code": "unavailable"}
    page.route("**/reset", lambda route: route.fulfill(status=503, json=busy), times=1)
    before = keyset(pack)["keys"][-1]["kid"]
    press(page, "Reset…")
    expect(page.get_by_role("dialog")).to_contain_text("can't be said now")
    type_into(page, "Type airlines to go on", "airlines")
    press(page, "Reset the secret", within=page.get_by_role("dialog"))
    expect(page.get_by_text("Reset. ")).to_be_focused()
    assert keyset(pack)["keys"][-1]["kid"] != before
