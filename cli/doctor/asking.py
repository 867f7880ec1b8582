"""What the server says of an embed, asked so that nothing is counted.

HEAD records and counts nothing, so it comes first. A refusal's reason is in the body of a GET, which
counts nothing either where HEAD was refused. Redirects are not followed: the token would go along.
"""

import json
import time
from collections.abc import Callable
from email.message import Message
from email.utils import parsedate_to_datetime
from http.client import HTTPException
from typing import Any, NamedTuple
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, OpenerDirector, ProxyHandler, Request, build_opener

from cli.doctor.link import Link

SECONDS_TO_ANSWER = 35
SECONDS_TO_RUN = 60
_LARGEST_PROBLEM = 65_536
_REFUSALS = (401, 403, 404, 422)
_HERE = ("127.0.0.1", "localhost", "::1")


class UnreachableError(Exception):
    """Why there was no answer, in words that don't hold the URL."""


class Reply(NamedTuple):
    status: int
    headers: Message
    body: bytes = b""


class Answer(NamedTuple):
    """`code` and `variables` are the problem's, where the server gave one. `skew` is how far this
    machine's clock is ahead of the server's, in seconds. `computed` says whether results are there."""

    status: int
    code: str = ""
    variables: tuple[str, ...] = ()
    skew: float = 0
    policy: str | None = None
    computed: bool = False

    @property
    def refused(self) -> bool:
        return self.status != 200


def ask(link: Link, *, open_it: bool = False) -> Answer:
    """Raises UnreachableError. `open_it` begins the dashboard's queries if it was never opened, which
    counts as an embed, and waits for them."""
    server = _Server(link)
    page = server.reply("HEAD", link.page)
    answer = Answer(page.status, skew=_skew(page), policy=page.headers.get("content-security-policy"))
    if page.status in _REFUSALS:
        return _with_problem(answer, server.reply("GET", link.page))
    if page.status != 200:
        return answer
    results = server.results(link) if open_it else server.reply("HEAD", link.results)
    if results.status in (200, 202):
        return answer._replace(computed=results.status == 200)
    return _with_problem(answer, results)


class _Server:
    def __init__(self, link: Link) -> None:
        self._opener = _opener(urlsplit(link.base).hostname)

    def results(self, link: Link) -> Reply:
        end = time.monotonic() + SECONDS_TO_RUN
        while (reply := self.reply("GET", link.results)).status == 202 and time.monotonic() < end:
            time.sleep(1)
        return reply

    def reply(self, method: str, url: str) -> Reply:
        request = Request(url, method=method, headers={"Accept": "application/json", "User-Agent": "doctor"})
        try:
            with self._opener.open(request, timeout=SECONDS_TO_ANSWER) as response:
                return Reply(response.status, response.headers)
        except HTTPError as error:
            with error:
                return Reply(error.code, error.headers, error.read(_LARGEST_PROBLEM))
        except URLError as error:
            raise UnreachableError(_reason(error.reason)) from None
        except (OSError, HTTPException, ValueError) as error:
            raise UnreachableError(_reason(error)) from None


class _NoRedirects(HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


def _opener(host: str | None) -> OpenerDirector:
    """No proxy knows this machine's own ports."""
    return build_opener(_NoRedirects, *([ProxyHandler({})] if host in _HERE else []))


def _reason(error: object) -> str:
    """Only the system's own words: others may quote the URL."""
    if isinstance(error, TimeoutError):
        return f"no answer in {SECONDS_TO_ANSWER} s"
    said = error.strerror if isinstance(error, OSError) else None
    return said or type(error).__name__


def _skew(reply: Reply, now: Callable[[], float] = time.time) -> float:
    """`Date` has whole seconds: in the middle of one it is right on average."""
    try:
        return now() - parsedate_to_datetime(reply.headers["date"]).timestamp() - 0.5
    except (TypeError, ValueError):
        return 0


def _with_problem(answer: Answer, reply: Reply) -> Answer:
    try:
        problem = json.loads(reply.body)
    except (ValueError, RecursionError):
        problem = None
    if not isinstance(problem, dict):
        return answer._replace(status=reply.status)
    return answer._replace(
        status=reply.status, code=str(problem.get("code", "")), variables=tuple(_variables(problem))
    )


def _variables(problem: dict[str, Any]) -> list[str]:
    errors = problem.get("errors")
    listed = errors if isinstance(errors, list) else []
    return [str(each["variable"]) for each in listed if isinstance(each, dict) and "variable" in each]
