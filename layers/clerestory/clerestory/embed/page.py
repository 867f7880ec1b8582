"""The embedded page: one HTML document that carries its data and loads its code from the pack.

Everything that comes from outside is inert: text is escaped for HTML, data for a script element.
"""

import hashlib
from collections.abc import Mapping
from html import escape
from typing import Any

from msgspec import Struct
from msgspec.json import encode
from msgspec.structs import replace

from clerestory.dashboards import Chart, Dashboard
from clerestory.inline_json import script_safe
from clerestory.problems import Problem

ADVICE = {
    "invalid-token": "Open it again from the page that shows this dashboard.",
    "token-expired": "Reload the page that shows this dashboard to get a new link.",
    "token-not-yet-valid": "Check the clock of the program that made the link.",
    "revoked": "Ask the owner of this dashboard for access.",
    "unavailable": "It tries again by itself in a moment.",
    "internal-error": "It tries again by itself in a moment.",
    "run-failed": "It tries again by itself in a while.",
}
DEFAULT_ADVICE = "Tell the people who run the page that shows this dashboard."
"""What to do, in one sentence. A problem's title says what happened."""

# The page has these problems too, which no answer tells it of.
_PAGE_ADVICE = ADVICE | {
    "unreachable": "Check your connection; it tries again by itself.",
    "page-failed": "Reload the page to try again.",
    "other": DEFAULT_ADVICE,
}


class Assets(Struct, frozen=True):
    """The built files of the page: `files` maps a plain name to the hashed one. `root` is how a page
    names the place that they are served under, without a last slash."""

    files: Mapping[str, str]
    root: str = ""

    def url(self, name: str) -> str:
        return f"{self.root}/assets/{self.files[name]}"

    def under(self, root: str) -> "Assets":
        return replace(self, root=root)

    @property
    def version(self) -> str:
        return hashlib.sha256(repr(sorted(self.files.items())).encode()).hexdigest()[:16]


def charts_page(
    dashboard: Dashboard,
    results: bytes | None,
    results_url: str,
    assets: Assets,
    now: float,
) -> bytes:
    """The page with the charts' data inlined, or with "Loading" while there are no results.

    `results_url` and the assets' root may be relative to the page's own address.

    The viewer's clock may be wrong, so the page gets `now`, ours, and measures the token's life from it.
    """
    data = {
        "dashboard": {
            "id": dashboard.id,
            "slug": dashboard.slug,
            "title": dashboard.title,
            "description": dashboard.description,
            "downloads": dashboard.downloads,
            "charts": [_presentation(chart) for chart in dashboard.charts],
        },
        "served_at": int(now),
        "advice": _PAGE_ADVICE,
        "results_url": results_url,
        "vega_url": assets.url("vega.js"),
    }
    inlined = encode(data)[:-1] + b',"results":' + (results or b"null") + b"}"
    body = f"<h1>{escape(dashboard.title)}</h1>"
    if results is None:
        body += '<p class="loading" role="status">Loading</p>'
    return _document(dashboard.title, body, inlined, assets)


def problem_page(problem: Problem, assets: Assets) -> bytes:
    """What happened and what to do, in a sentence each."""
    advice = ADVICE.get(problem.kind.code, DEFAULT_ADVICE)
    body = (
        f'<section class="problem" role="alert"><h1>{escape(problem.kind.title)}</h1>'
        f"<p>{escape(advice)}</p></section>"
    )
    return _document(problem.kind.title, body, encode({"problem": problem.document()}), assets)


def _presentation(chart: Chart) -> dict[str, Any]:
    shown = {"number": chart.number, "table": chart.table, "vega_lite": chart.vega_lite}
    return {
        "slug": chart.slug,
        "title": chart.title,
        "description": chart.description,
        "span": chart.span,
        **{kind: how for kind, how in shown.items() if how is not None},
    }


def _document(title: str, body: str, data: bytes, assets: Assets) -> bytes:
    head = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        '<link rel="icon" href="data:,">'  # or browsers ask the API for one
        f'<title>{escape(title)}</title><link rel="stylesheet" href="{assets.url("page.css")}">'
        f'<script type="module" src="{assets.url("page.js")}"></script></head>'
        f'<body><main id="embed">{body}</main><script type="application/json" id="embed-data">'
    )
    return head.encode() + script_safe(data) + b"</script></body></html>"
