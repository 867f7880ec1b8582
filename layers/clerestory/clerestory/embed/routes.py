"""The iframe's routes over HTTP: pages, results, and the page's own files."""

import gzip
import hashlib
from collections.abc import Callable
from pathlib import Path

from msgspec.json import decode
from starlette.requests import Request
from starlette.responses import Response

from clerestory.answers import json_answer, problem_answer, problem_headers
from clerestory.dashboards import Organization
from clerestory.embed.accept_headers import prefers_json, takes_gzip
from clerestory.embed.admission import Admission, Verified
from clerestory.embed.framing import ANYBODY, content_security_policy
from clerestory.embed.page import Assets, charts_page, problem_page
from clerestory.embed.results import StoredResults
from clerestory.embed.runs import Runs
from clerestory.embed.vouching import Address, Vouching
from clerestory.problems import INVALID_TOKEN, NOT_FOUND, Problem
from clerestory.records import Record

HEADERS = {
    # `no-cache`, not `no-store`: the page is kept, and asked for again, so that a reset reaches a reload
    "cache-control": "private, no-cache",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-robots-tag": "noindex",
    # Sites that isolate themselves (COEP) may frame only what says that it may be framed
    "cross-origin-resource-policy": "cross-origin",
    "cross-origin-embedder-policy": "require-corp",
}
IMMUTABLE = {
    "cache-control": "public, max-age=31536000, immutable",
    "x-content-type-options": "nosniff",
    "cross-origin-resource-policy": "cross-origin",
}
# The client's address stays the same, so it is asked for again; hashed names never are
REVALIDATED = IMMUTABLE | {"cache-control": "public, no-cache"}
STABLE_NAMES = frozenset({"clerestory.js"})
_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
POLL_AFTER = "1"
"""Seconds until a page should ask again while the run goes on."""


def read_assets(folder: Path) -> Assets:
    return Assets(decode((folder / "manifest.json").read_bytes(), type=dict[str, str]))


class Iframe:
    """`clock` tells epoch seconds. `public_path` is the path that embeds are served under, for what can't say
    it relative to its URL."""

    def __init__(
        self,
        vouching: Vouching,
        admission: Admission,
        runs: Runs,
        results: StoredResults,
        page_folder: Path,
        public_path: str,
        clock: Callable[[], float],
        count: Callable[[str], None],
    ) -> None:
        self._vouching = vouching
        self._admission = admission
        self._runs = runs
        self._results = results
        self._folder = page_folder
        self._assets = read_assets(page_folder)
        self._public_path = public_path
        self._clock = clock
        self._count = count

    async def page(self, request: Request) -> Response:
        """`GET /d/{dashboard}/{token}` and `GET /d/{organization}/{dashboard}/?embed_token=`."""
        verified = self._verified(request)
        record = self._record(request, verified)
        root = _way_to_root(request)
        etag = self._etag(record, verified, f"page at {root}")
        if etag is not None and _matches(request, etag):
            return self._answer(request, verified.organization, b"", status=304, etag=etag)
        results = self._results.whole(verified, record)
        url = f"{root}/d/{verified.dashboard.id}/{verified.token.text}/results"
        page = charts_page(verified.dashboard, results, url, self._assets.under(root), self._clock())
        return self._answer(request, verified.organization, page, etag=etag if results else None)

    async def results(self, request: Request) -> Response:
        """`GET /d/{dashboard}/{token}/results`."""
        verified = self._verified(request)
        record = self._record(request, verified)
        etag = self._etag(record, verified, "results")
        if etag is not None and _matches(request, etag):
            return self._answer(request, verified.organization, b"", status=304, etag=etag)
        results = self._results.whole(verified, record)
        if results is None:
            running = self._results.so_far(verified, record)
            return json_answer(running, 202, HEADERS | {"retry-after": POLL_AFTER})
        return self._answer(request, verified.organization, results, etag=etag, media_type="application/json")

    async def asset(self, request: Request) -> Response:
        """`GET /assets/{name}`, by hashed names; what sites load also by its plain one."""
        name = request.path_params["name"]
        stable = name in STABLE_NAMES and name in self._assets.files
        hashed = self._assets.files[name] if stable else name
        if hashed not in self._assets.files.values():
            raise Problem(NOT_FOUND)
        headers = (REVALIDATED if stable else IMMUTABLE) | {"vary": "accept-encoding"}
        headers["etag"] = f'W/"{hashed}"'  # weak: gzipped or not
        if _matches(request, f'"{hashed}"'):
            return Response(status_code=304, headers=headers)
        headers["content-type"] = f"{_TYPES[Path(hashed).suffix]}; charset=utf-8"
        if _takes_gzip(request):
            content = (self._folder / f"{hashed}.gz").read_bytes()
            return Response(content, headers=headers | {"content-encoding": "gzip"})
        return Response((self._folder / hashed).read_bytes(), headers=headers)

    def problem(self, request: Request, problem: Problem) -> Response:
        """The problem as a page, or as JSON where that was asked for. Whom the URL names makes no difference:
        a stranger would learn who is there."""
        self._count("RefusedEmbed" if problem.kind.status < 500 else "FailedEmbed")
        framed_by = getattr(request.state, "framed_by", ANYBODY)
        headers = HEADERS | {"content-security-policy": content_security_policy(framed_by)}
        if _wants_json(request):
            response = problem_answer(request, problem)
        else:
            # Named from the host's root, so that refusals are alike in both forms of the URL
            root = request.scope["root_path"] or self._public_path
            page = problem_page(problem, self._assets.under(root))
            response = Response(page, problem.kind.status, problem_headers(problem), media_type="text/html")
        response.headers.update(headers)
        return response

    def _verified(self, request: Request) -> Verified:
        """From when the token is vouched for, whatever is answered is its organization's."""
        address = address_of(request)
        vouched = self._vouching.vouch(address)
        request.state.framed_by = vouched.organization.embed_origins
        return self._admission.admit(address, vouched, self._clock())

    def _record(self, request: Request, verified: Verified) -> Record | None:
        """HEAD records and counts nothing."""
        if request.method == "HEAD":
            return self._runs.record(verified)
        return self._runs.advance(verified)

    def _etag(self, record: Record | None, verified: Verified, form: str) -> str | None:
        if record is None or not record.ready(verified.version):
            return None
        seen = f"{record.token}/{record.fence}/{record.version}/{self._assets.version}/{form}"
        return f'"{hashlib.sha256(seen.encode()).hexdigest()[:32]}"'

    def _answer(
        self,
        request: Request,
        organization: Organization,
        content: bytes,
        *,
        status: int = 200,
        etag: str | None = None,
        media_type: str = "text/html",
    ) -> Response:
        policy = content_security_policy(organization.embed_origins)
        headers = HEADERS | {"content-security-policy": policy, "vary": "accept-encoding, accept"}
        if etag is not None:
            headers["etag"] = etag
        if content and _takes_gzip(request):
            headers["content-encoding"] = "gzip"
            content = gzip.compress(content, compresslevel=5, mtime=0)
        return Response(content, status, headers, media_type=media_type if status == 200 else None)


def address_of(request: Request) -> Address:
    """What the URL names. The slug form has its token in the query, exactly once, and is taken
    without its last slash too."""
    names = request.path_params
    tokens = request.query_params.getlist("embed_token")
    if not tokens and "token" in names:
        return Address(dashboard=names["dashboard"], token=names["token"])
    organization, dashboard = names.get("organization"), names["dashboard"]
    if "token" in names:
        organization, dashboard = names["dashboard"], names["token"]
    if len(tokens) != 1 or organization is None:
        raise Problem(INVALID_TOKEN)
    return Address(dashboard=dashboard, token=tokens[0], organization=organization)


def _way_to_root(request: Request) -> str:
    """From an embed's page to where the pack is served, whatever stands before it there: a path that a
    proxy takes off is seen by nobody but the browser."""
    return "../../.." if request.scope["path"].endswith("/") else "../.."


def _matches(request: Request, etag: str) -> bool:
    """RFC 9110 section 13.1.2: the weak comparison, over a list."""
    listed = request.headers.get("if-none-match", "")
    return etag in [each.strip().removeprefix("W/") for each in listed.split(",")]


def _takes_gzip(request: Request) -> bool:
    return takes_gzip(_listed(request, "accept-encoding"))


def _wants_json(request: Request) -> bool:
    return request.scope["path"].endswith("/results") or prefers_json(_listed(request, "accept"))


def _listed(request: Request, name: str) -> str:
    """A header that is a list, which may come in several lines."""
    return ",".join(request.headers.getlist(name))
