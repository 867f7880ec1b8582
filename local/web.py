"""What answers on the port: the demo's files and the local issuer first, the gateway behind them."""

import mimetypes
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from msgspec.structs import asdict
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from clerestory.catalog import Catalog
from clerestory.problems import Kind
from local.gateway import problems
from local.issuer import AUDIENCE, ClaimsError, Issuer, read_claims
from local.personas import Viewer

LARGEST_CLAIMS = 64 * 1024
INVALID_CLAIMS = Kind("invalid-claims", 400, "These claims make no session")


class Page(NamedTuple):
    """Something that is served at one path with one method; HEAD goes with GET."""

    method: str
    answer: Callable[[Request, bytes], Response]


class Web:
    """An ASGI application: some pages of its own, and another application for everything else."""

    def __init__(self, pages: dict[str, Page], otherwise: ASGIApp) -> None:
        self._pages = pages
        self._otherwise = otherwise

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        page = self._pages.get(scope["path"])
        if page is None:
            await self._otherwise(scope, receive, send)
            return
        allowed = ("GET", "HEAD") if page.method == "GET" else (page.method,)
        if scope["method"] in allowed:
            request = Request(scope, receive)
            response = page.answer(request, await request.body())
        else:
            response = problems.method_not_allowed(", ".join(allowed))
        await response(scope, receive, send)


def issuer_pages(issuer: Issuer) -> dict[str, Page]:
    """The issuer's documents, and `POST /local/session`, which is in no deployed code."""

    def session(_: Request, body: bytes) -> Response:
        if len(body) > LARGEST_CLAIMS:
            return problems.too_large()
        try:
            token = issuer.token(read_claims(body))
        except ClaimsError as error:
            return problems.refusal(INVALID_CLAIMS, str(error))
        return JSONResponse({"token": token}, headers={"cache-control": "no-store"})

    return {
        "/.well-known/openid-configuration": Page("GET", lambda *_: _public(issuer.configuration())),
        "/.well-known/jwks.json": Page("GET", lambda *_: _public(issuer.keys())),
        "/local/session": Page("POST", session),
    }


def _public(document: dict[str, Any]) -> Response:
    """For pages of any origin, as issuers do."""
    return JSONResponse(document, headers={"access-control-allow-origin": "*"})


def settings_pages(url: str, catalog: Catalog, viewers: tuple[Viewer, ...]) -> dict[str, Page]:
    """What a static host would have beside the settings page: its `config.json`."""
    first = next(catalog.organizations())
    config = {
        "api": url,
        "issuer": url,
        "client_id": AUDIENCE,
        "organization": first.slug,
        "local": {"session": "/local/session", "viewers": [asdict(viewer) for viewer in viewers]},
    }
    headers = {"cache-control": "no-cache"}
    return {
        "/settings/config.json": Page("GET", lambda *_: JSONResponse(config, headers=headers)),
        "/settings": Page("GET", lambda *_: RedirectResponse("/settings/", 308)),
    }


def site_pages(folders: tuple[Path | None, ...], shared: Mapping[str, Path], embeds: str) -> dict[str, Page]:
    """The files of a site that lies in several folders, where they are, and by path those that it shares. Its
    pages may frame and ask what is served at `embeds` and run only own scripts. Without a first page it
    begins at the settings."""
    headers = {
        "content-security-policy": f"default-src 'self'; frame-src {embeds}; connect-src 'self' {embeds}; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        "cache-control": "no-cache",
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
    }
    pages = {"/": Page("GET", lambda *_: RedirectResponse("/settings/", 302))}
    for folder in filter(None, folders):
        files = (file for file in folder.rglob("*") if file.is_file() and not file.name.startswith("."))
        pages |= {_path(file.relative_to(folder)): _file(file, headers) for file in files}
    return pages | {_path(Path(name)): _file(file, headers) for name, file in shared.items()}


def _path(file: Path) -> str:
    """Where a file is served: `a/index.html` at `/a/`."""
    return "/" + file.as_posix().removesuffix("index.html")


def _file(file: Path, headers: dict[str, str]) -> Page:
    kind = mimetypes.guess_type(file.name)[0]
    return Page("GET", lambda *_: FileResponse(file, media_type=kind, headers=headers))
