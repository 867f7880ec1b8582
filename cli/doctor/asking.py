"""What the server says of an embed, asked so that nothing is counted.

HEAD records and counts nothing, so it comes first. A refusal's reason is in the body of a GET, which
counts nothing either where HEAD was refused. Redirects are not followed: the token would go along.
"""

import time
from email.message import Message
from email.utils import parsedate_to_datetime
from functools import partial
from http.client import HTTPException
from typing import Any, NamedTuple
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, OpenerDirector, ProxyHandler, Request, build_opener

from msgspec import DecodeError, Struct
from msgspec.json import decode

from cli.doctor.link import Link

SECONDS_TO_ANSWER = 35
SECONDS_TO_RUN = 60
_LARGEST_PROBLEM = 65_536
_REFUSALS = (401, 403, 404, 422)
_HERE = ("127.0.0.1", "localhost", "::1")


class UnreachableError(Exception):
    """Why there was no answer, in words that don't hold the URL."""


class Answer(NamedTuple):
    """`code` and `variables` are the problem's, where the server gave one. `skew` is how far this
    machine's clock is ahead of the server's, in seconds. `computed` says whether results are there."""

    status: int
    code: str = ""
    variables: tuple[str, ...] = ()
    skew: float = 0
    policy: str | None = None
    computed: bool = False


class _Problem(Struct):
    code: str = ""
    errors: tuple[Any, ...] = ()


def ask(link: Link, *, open_it: bool = False) -> Answer:
    """Raises UnreachableError. `open_it` begins the dashboard's queries if it was never opened, which
    counts as an embed, and waits for them."""
    reply = partial(_reply, _opener(urlsplit(link.base).hostname))
    page = reply("HEAD", link.page)
    if page.status in _REFUSALS:
        return reply("GET", link.page)._replace(policy=page.policy)
    if page.status != 200:
        return page
    end = time.monotonic() + SECONDS_TO_RUN
    results = reply("GET" if open_it else "HEAD", link.results)
    while open_it and results.status == 202 and time.monotonic() < end:
        time.sleep(1)
        results = reply("GET", link.results)
    if results.status in (200, 202):
        return page._replace(computed=results.status == 200)
    return results._replace(policy=page.policy)


class _NoRedirects(HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


def _opener(host: str | None) -> OpenerDirector:
    """No proxy knows this machine's own ports."""
    return build_opener(_NoRedirects, *([ProxyHandler({})] if host in _HERE else []))


def _reply(opener: OpenerDirector, method: str, url: str) -> Answer:
    request = Request(url, method=method, headers={"Accept": "application/json", "User-Agent": "doctor"})
    try:
        with opener.open(request, timeout=SECONDS_TO_ANSWER) as response:
            return _answer(response.status, response.headers)
    except HTTPError as error:
        with error:
            return _answer(error.code, error.headers, error.read(_LARGEST_PROBLEM))
    except (OSError, HTTPException, ValueError) as error:
        raise UnreachableError(_reason(error.reason if isinstance(error, URLError) else error)) from None


def _answer(status: int, headers: Message, body: bytes = b"") -> Answer:
    try:
        problem = decode(body, type=_Problem)
    except (DecodeError, ValueError, RecursionError):
        problem = _Problem()
    names = [each["variable"] for each in problem.errors if isinstance(each, dict) and "variable" in each]
    policy = headers.get("content-security-policy")
    return Answer(status, problem.code, tuple(names), _skew(headers["date"]), policy)


def _reason(error: object) -> str:
    """Only the system's own words: others may quote the URL."""
    if isinstance(error, TimeoutError):
        return f"no answer in {SECONDS_TO_ANSWER} s"
    return (isinstance(error, OSError) and error.strerror) or type(error).__name__


def _skew(date: str) -> float:
    """`Date` has whole seconds: in the middle of one it is right on average."""
    try:
        return time.time() - parsedate_to_datetime(date).timestamp() - 0.5
    except (TypeError, ValueError):
        return 0
