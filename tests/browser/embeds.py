"""The embedded page by itself, as the tests of it open it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

from playwright.sync_api import Browser, Page, Route, expect

from tests.pack import Pack

ON_TIME = 38727
READY = '#embed[data-state="ready"]'
DRAWN = '.card[data-kind="vega_lite"] .plot:not(.coming) svg'

_days = count(1)


def new_embed(pack: Pack, dashboard: int = ON_TIME, **env: Any) -> str:
    """The URL of an embed that nobody has opened yet."""
    day = next(_days)
    dates = ["2013-01-01", f"2013-12-{1 + day % 31:02}", f"2013-11-{1 + day // 31:02}"]
    return pack.embed_url({"dashboard": dashboard, "env": {"DATE_RANGE": dates, **env}})


@contextmanager
def opened(browser: Browser, url: str, **context: Any) -> Iterator[Page]:
    """The page in a browser that has seen nothing yet, with its charts drawn."""
    with blank(browser, **context) as page:
        page.goto(url)
        page.wait_for_selector(READY, timeout=20_000)
        yield page


@contextmanager
def blank(browser: Browser, **context: Any) -> Iterator[Page]:
    opened = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **context})
    try:
        yield opened.new_page()
    finally:
        opened.close()


def answering(status: int, body: str = "{}", kind: str = "application/json") -> Callable[[Route], None]:
    return lambda route: route.fulfill(status=status, body=body, content_type=kind)


def sentences(page: Page) -> tuple[str, str]:
    """The heading and the text of a problem's page."""
    problem = page.locator(".problem")
    expect(problem).to_be_visible()
    return problem.locator("h1").inner_text(), problem.locator("p").inner_text()
