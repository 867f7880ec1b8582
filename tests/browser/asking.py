"""What a page asks for over the network."""

from playwright.sync_api import Page, Request

ICONS = ("/favicon.ico", "/icon.svg", "/demo.svg")


def is_icon(url: str) -> bool:
    """Each browser asks for a page's icon when it likes, several times or never."""
    return url.startswith("data:") or url.endswith(ICONS)


def asked_by(page: Page) -> list[str]:
    """The URLs that it asks for from now on, as they come, but for its icon's."""
    urls: list[str] = []

    def asks(request: Request) -> None:
        if not is_icon(request.url):
            urls.append(request.url)

    page.on("request", asks)
    return urls
