"""The pages and routes of the local issuer's sign-in."""

from collections.abc import Mapping
from html import escape
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from local.sign_in import SignIn, SignInError, is_local
from local.web import Page

LARGEST_FORM = 16 * 1024
_HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'",
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}
_PAGE = """<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="light dark">
  <title>{title} · Local issuer</title>
  <link rel="icon" href="/settings/icon.svg" type="image/svg+xml">
  <link rel="stylesheet" href="/settings/colours.css">
  <link rel="stylesheet" href="/settings/settings.css">
</head>
<body class="lone">
  <main class="card welcome">
    <p class="brand">Local issuer</p>
    <h1>{title}</h1>
    {content}
  </main>
</body>
</html>
"""


def sign_in_pages(sign_in: SignIn) -> dict[str, Page]:
    """The authorization, token and end-session endpoints that the issuer's document names."""

    def authorize(request: Request, _: bytes) -> Response:
        query = _once(request.query_params.multi_items())
        try:
            authorization = sign_in.authorization_request(query)
            if "persona" in query:
                return _redirect(sign_in.authorized(authorization, query["persona"]))
        except SignInError as error:
            return _redirect(error.location) if error.location else _refused(error)
        return _page("Who are you?", _choices(sign_in, query))

    def token(_: Request, body: bytes) -> Response:
        headers = {"cache-control": "no-store", "access-control-allow-origin": "*"}
        try:
            if len(body) > LARGEST_FORM:
                raise SignInError("invalid_request", "The form is too large.")
            form = _once(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
            return JSONResponse(sign_in.tokens(form), headers=headers)
        except SignInError as error:
            problem = {"error": error.code, "error_description": error.detail}
            return JSONResponse(problem, 400, headers=headers)

    return {
        "/local/authorize": Page("GET", authorize),
        "/local/token": Page("POST", token),
        "/local/end-session": Page("GET", _end_session),
    }


def _end_session(request: Request, _: bytes) -> Response:
    """This issuer keeps no session of its own, so there is only the way back."""
    wanted = request.query_params.get("post_logout_redirect_uri", "")
    return _redirect(wanted) if is_local(wanted) else _page("Signed out", "<p>You can close this page.</p>")


def _once(pairs: list[tuple[str, str]]) -> dict[str, str]:
    """RFC 6749 section 3.1: a parameter that comes twice makes the request invalid."""
    if len({name for name, _ in pairs}) < len(pairs):
        return {}
    return dict(pairs)


def _choices(sign_in: SignIn, query: Mapping[str, str]) -> str:
    links = (
        f'<li><a class="choice" href="?{escape(urlencode({**query, "persona": each.id}))}">'
        f"<b>{escape(each.name)}</b> <span>{escape(each.about)}</span></a></li>"
        for each in sign_in.personas
    )
    intro = "A real issuer would ask for a password. This one runs on your machine only and believes you."
    return f'<p class="hint">{intro}</p><ul class="choices">{"".join(links)}</ul>'


def _refused(error: SignInError) -> Response:
    return _page("This sign-in can't go on", f'<p role="alert">{escape(error.detail)}</p>', 400)


def _redirect(location: str) -> Response:
    return RedirectResponse(location, 303, headers={"cache-control": "no-store"})


def _page(title: str, content: str, status: int = 200) -> Response:
    return HTMLResponse(_PAGE.format(title=title, content=content), status, headers=_HEADERS)
