"""A static host: a folder's files, at an origin that is not the pack's."""

import mimetypes
import re
from pathlib import Path

from playwright.sync_api import Page, Route

from tests.pack import Pack


def sent_headers(folder: Path) -> dict[str, str]:
    """What the site's own file of headers says."""
    return dict(re.findall(r"^  ([\w-]+): (.+)$", (folder / "_headers").read_text(), re.MULTILINE))


def hosted(page: Page, pack: Pack, folder: Path, headers: dict[str, str] | None = None) -> str:
    """The origin where the folder now is; the pack lets it embed."""
    origin = f"http://localhost:{pack.port}"

    def answer(route: Route) -> None:
        path = route.request.url.removeprefix(origin).partition("?")[0].partition("#")[0].removeprefix("/")
        file = folder / (f"{path}index.html" if path.endswith("/") or not path else path)
        kind = mimetypes.guess_type(file.name)[0] or "text/plain"
        route.fulfill(body=file.read_bytes(), headers={"content-type": kind, **(headers or {})})

    # To Chromium what a test answers comes from nowhere near, and may not ask this machine.
    page.context.grant_permissions(["local-network-access"])
    page.route(f"{origin}/**", answer)
    return origin
