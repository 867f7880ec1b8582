"""A real browser: Debian's Chromium, driven by Playwright."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from tests.machine import chromium

# What Chromium does by itself would only fail here, and root has no sandbox.
OPTIONS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"]


# Chromium drops its requests (ERR_NETWORK_CHANGED) when a container's network comes or goes, which nothing
# here can prevent: a test gets a second chance, in a browser context of its own.
SECOND_CHANCE = pytest.mark.flaky(reruns=2)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(SECOND_CHANCE)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium(), args=OPTIONS)
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
