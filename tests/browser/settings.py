"""The settings page in a browser, driven by the keyboard alone."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Locator, Page, expect

from tests.pack import Pack

MOST_TABS = 80
expect.set_options(timeout=20_000)


@contextmanager
def settings_page(browser: Browser, **options: Any) -> Iterator[Page]:
    """A page of a browser that has seen nothing yet. What its console complains of fails the test, but
    for answers that are refusals: those are the page's to show."""
    size = {"viewport": {"width": 1280, "height": 1000}}
    context = browser.new_context(**{**size, **options}, permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    complaints: list[str] = []
    page.on(
        "console",
        lambda said: (
            complaints.append(said.text)
            if said.type == "error" and not re.search("Failed to load resource", said.text)
            else None
        ),
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    assert complaints == [], complaints


def reach(page: Page, wanted: Locator) -> None:
    """Tab until it has the focus."""
    expect(wanted).to_be_visible()
    for _ in range(MOST_TABS):
        if wanted.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard does not reach {wanted}")


def press(page: Page, name: str, role: Any = "button", within: Any = None, key: str = "Enter") -> None:
    """The one control of that name, by the keyboard."""
    wanted = (within or page).get_by_role(role, name=name, exact=True)
    reach(page, wanted)
    page.keyboard.press(key)


def type_into(page: Page, label: str, text: str) -> None:
    reach(page, page.get_by_label(label, exact=True))
    page.keyboard.press("Control+a")
    page.keyboard.type(text)


def go_to(page: Page, part: str) -> None:
    press(page, part, "link", within=page.get_by_role("navigation"))
    expect(page.get_by_role("navigation").get_by_role("link", name=part)).to_have_attribute(
        "aria-current", "page"
    )


def visit(page: Page, url: str) -> None:
    """Opens it anew. Chromium drops what is on its way when a network interface comes or goes, as
    Docker's do while other tests run: then again."""
    page.goto("about:blank")
    page.goto(url)
    heading = page.locator("main h1")
    failed = page.get_by_text("This page could not be loaded as a whole.")
    for _ in range(5):
        expect(heading.or_(failed)).to_be_visible()
        if heading.is_visible():
            return
        page.reload()


def sign_in(page: Page, pack: Pack, who: str = "Owner of airlines", at: str = "", base: str = "") -> None:
    visit(page, f"{base or pack.url}/settings/{at}")
    press(page, "Sign in")
    choice = page.get_by_role("link", name=who)
    reach(page, choice)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/settings/#/"))


OWNER = {"sub": "olga", "name": "Olga", "custom:organization": "airlines", "cognito:groups": ["owners"]}


def as_owner(pack: Pack) -> dict[str, str]:
    """The headers of a session that owns airlines, for what a test does beside the page."""
    return {"Authorization": f"Bearer {pack.session(**OWNER)}"}


def open_as_owner(page: Page, pack: Pack, part: str, base: str = "", **claims: Any) -> None:
    """That part of the page, with a session that was begun before."""
    origin = base or pack.url
    who = OWNER | claims
    session = json.dumps({"token": pack.session(**who), "claims": who})
    keep = f"sessionStorage.setItem('clerestory-session', {json.dumps(session)})"
    page.add_init_script(f"if (origin === {json.dumps(origin)}) {keep}")
    visit(page, f"{origin}/settings/#/{part}")
    expect(page.locator("main [aria-busy]")).to_have_count(0)


def clipboard(page: Page) -> str:
    text: str = page.evaluate("navigator.clipboard.readText()")
    return text
