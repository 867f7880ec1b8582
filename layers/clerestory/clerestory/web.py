"""HTTP for the functions: Starlette under Mangum, every refusal a problem document."""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any, TypeVar

from mangum import Mangum
from msgspec import DecodeError, ValidationError, convert
from msgspec.json import decode, encode
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from clerestory.problems import (
    INTERNAL_ERROR,
    INVALID_JSON,
    INVALID_REQUEST,
    MEDIA_TYPE,
    METHOD_NOT_ALLOWED,
    NOT_FOUND,
    TOO_LARGE,
    Problem,
)

Endpoint = Callable[[Request], Awaitable[Response]]
Answer = Callable[[Request, Problem], Response]
Observe = Callable[[Problem, Exception], None]

Body = TypeVar("Body")

MAX_BODY = 65_536
# What Mangum passes on as text; all else travels as base64.
_TEXT_TYPES = ["text/", "application/json", MEDIA_TYPE]
_VARIABLE = re.compile(r"\{(\w+)\+?\}")
NO_STORE = {"cache-control": "no-store", "x-content-type-options": "nosniff"}


def json_answer(document: Any, status: int = 200, headers: Mapping[str, str] = NO_STORE) -> Response:
    return Response(encode(document), status, headers, media_type="application/json")


def problem_answer(_: Request, problem: Problem) -> Response:
    return Response(
        encode(problem.document()), problem.kind.status, problem_headers(problem), media_type=MEDIA_TYPE
    )


def problem_headers(problem: Problem) -> dict[str, str]:
    headers = dict(NO_STORE)
    if problem.retry_after is not None:
        headers["retry-after"] = str(problem.retry_after)
    if problem.kind.status == 401:
        headers["www-authenticate"] = "Bearer"  # RFC 9110 section 11.6.1
    if isinstance(problem.__cause__, HTTPException):
        headers.update(problem.__cause__.headers or {})  # Allow, with a 405
    return headers


async def read_body(request: Request, form: type[Body]) -> Body:
    """The JSON body in that form. Its size is checked before it is parsed."""
    body = await request.body()
    if len(body) > MAX_BODY:
        raise Problem(TOO_LARGE, f"The body may have {MAX_BODY:,} bytes.")
    try:
        document = decode(body)
    except (DecodeError, UnicodeDecodeError, RecursionError):
        raise Problem(INVALID_JSON) from None
    try:
        return convert(document, form)
    except ValidationError as error:
        raise Problem(INVALID_REQUEST, f"{error}.") from None


async def read_optional_body(request: Request, form: type[Body]) -> Body | None:
    """The JSON body in that form; None where the request has none."""
    return await read_body(request, form) if await request.body() else None


def event_of(request: Request) -> Mapping[str, Any]:
    """The HTTP API event (payload format 2.0) that the request came as."""
    event: Mapping[str, Any] = request.scope["aws.event"]
    return event


def base_path(event: Mapping[str, Any]) -> str:
    """What stands in the request's path before its route: the key of an API mapping, which API Gateway
    leaves there and which is in no route. Empty where the API answers at its host's root."""
    values: Mapping[str, str] = event.get("pathParameters") or {}
    route = str(event.get("routeKey", "")).partition(" ")[2]
    own = _VARIABLE.sub(lambda variable: values.get(variable[1], ""), route).rstrip("/")
    path = str(event.get("rawPath", "")).rstrip("/")
    return path.removesuffix(own) if own and path.endswith(own) else ""


def api_address(request: Request) -> str:
    """The host, and the path before the API's routes, that the request came to."""
    domain: str = event_of(request)["requestContext"]["domainName"]
    return domain + str(request.scope["root_path"])


def application(routes: Sequence[Route], observe: Observe, answer: Answer = problem_answer) -> Mangum:
    """A Lambda handler for the routes. `observe` is told of each problem and of what caused it."""

    async def refuse(request: Request, error: Exception) -> Response:
        problem = _problem(error)
        observe(problem, error)
        return answer(request, problem)

    handlers = {Problem: refuse, HTTPException: refuse, Exception: refuse}
    app = Starlette(routes=routes, exception_handlers=handlers)
    app.router.redirect_slashes = False
    return Mangum(_Answered(app), lifespan="off", text_mime_types=_TEXT_TYPES)


class _Answered:
    """The routes, which stand under `root_path` as ASGI has it.

    Starlette answers an unforeseen error and then raises it again, for servers to log. Mangum
    would log it with the request's path, which holds the token."""

    def __init__(self, app: Starlette) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        with suppress(Exception):
            await self.app(scope | {"root_path": base_path(scope["aws.event"])}, receive, send)


def _problem(error: Exception) -> Problem:
    if isinstance(error, Problem):
        return error
    if isinstance(error, HTTPException) and error.status_code in (404, 405):
        problem = Problem(METHOD_NOT_ALLOWED if error.status_code == 405 else NOT_FOUND)
        problem.__cause__ = error
        return problem
    return Problem(INTERNAL_ERROR)
