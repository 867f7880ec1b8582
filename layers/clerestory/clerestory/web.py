"""HTTP for the functions: Starlette under Mangum, every refusal a problem document.

A route reads its request once, here, and hands on what it read; `answers` writes what it answers.
"""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from mangum import Mangum
from msgspec import Struct
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from clerestory.answers import problem_answer
from clerestory.problems import INTERNAL_ERROR, MEDIA_TYPE, METHOD_NOT_ALLOWED, NOT_FOUND, Problem

Endpoint = Callable[[Request], Awaitable[Response]]
Answer = Callable[[Request, Problem], Response]
Observe = Callable[[Problem, Exception], None]

# What Mangum passes on as text; all else travels as base64.
_TEXT_TYPES = ["text/", "application/json", MEDIA_TYPE]
_VARIABLE = re.compile(r"\{(\w+)\+?\}")


class ApiCall(Struct, frozen=True):
    """All that a route may know of its request. `event` is the HTTP API's (payload format 2.0), `root` the
    path before the API's routes, `names` the values of the route's own variables."""

    event: Mapping[str, Any]
    root: str
    names: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    content: bytes

    @property
    def address(self) -> str:
        """The host, and the path before the API's routes, that the request came to."""
        domain: str = self.event["requestContext"]["domainName"]
        return domain + self.root


async def read_request(request: Request) -> ApiCall:
    return ApiCall(
        event=request.scope["aws.event"],
        root=request.scope["root_path"],
        names=request.path_params,
        query=request.query_params,
        headers=request.headers,
        content=await request.body(),
    )


def base_path(event: Mapping[str, Any]) -> str:
    """What stands in the request's path before its route: the key of an API mapping, which API Gateway
    leaves there and which is in no route. Empty where the API answers at its host's root."""
    values: Mapping[str, str] = event.get("pathParameters") or {}
    route = str(event.get("routeKey", "")).partition(" ")[2]
    own = _VARIABLE.sub(lambda variable: values.get(variable[1], ""), route).rstrip("/")
    path = str(event.get("rawPath", "")).rstrip("/")
    return path.removesuffix(own) if own and path.endswith(own) else ""


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
