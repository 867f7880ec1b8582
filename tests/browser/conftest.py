"""A real browser: Debian's Chromium, driven by Playwright."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from tests.machine import headless_chromium

# What Chromium does by itself would only fail here, and root has no sandbox.
OPTIONS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=headless_chromium(), args=OPTIONS)
        yield running
        running.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of a browser that has seen nothing yet. What its console complains of fails the test, but
    for the refusals that the test itself asks for."""
    context = browser.new_context(viewport={"width": 1280, "height": 1000})
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("console", lambda message: complaints.append(message.text) if _complains(message) else None)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    yield opened
    context.close()
    assert complaints == []


def _complains(message: ConsoleMessage) -> bool:
    refused = "the server responded with a status of 4" in message.text
    return message.type == "error" and not (refused and "/d/" in message.location["url"])
