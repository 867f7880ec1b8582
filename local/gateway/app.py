"""The gateway: a request comes in, an event goes to a function, its answer goes out."""

import asyncio
import json
import time

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from local.aws.invocations import Invoke
from local.functions import LARGEST_EVENT
from local.gateway import cors, problems
from local.gateway.answer import failure, http_response, timed_out
from local.gateway.api import Api, Route
from local.gateway.authorizer import TokenVerifier, UnauthorizedError
from local.gateway.event import http_event
from local.gateway.routing import Match, NoRouteError, Router, WrongMethodError

LARGEST_BODY = 10 * 1024 * 1024
LONGEST_WAIT = 30.0  # seconds that API Gateway waits for a function


class Gateway:
    """An ASGI application. `domain` is the host and port that the functions believe to be behind."""

    def __init__(self, api: Api, verifier: TokenVerifier, invoke: Invoke, domain: str) -> None:
        self._cors = api.cors
        self._router = Router(api.routes)
        self._verifier = verifier
        self._invoke = invoke
        self._domain = domain

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request, started = Request(scope, receive), time.perf_counter()
        body = await _read(request)
        route, response = await self._respond(request, body)
        if self._cors and not (route is None and response.status_code == 204):
            cors.permit(request, response, self._cors)
        _log(route, response.status_code, time.perf_counter() - started)
        await response(scope, receive, send)

    async def _respond(self, request: Request, body: bytes | None) -> tuple[Route | None, Response]:
        if self._cors and cors.is_preflight(request):
            return None, cors.preflight(request, self._cors)
        try:
            match = self._router.match(request.method, request.scope["path"])
        except NoRouteError:
            return None, problems.not_found()
        except WrongMethodError as error:
            return None, problems.method_not_allowed(error.allowed)
        return match.route, await self._call(request, body, match)

    async def _call(self, request: Request, body: bytes | None, match: Match) -> Response:
        try:
            claims = self._claims(request, match.route)
        except UnauthorizedError as error:
            return problems.unauthorized(error.challenge)
        if body is None:
            return problems.too_large()
        event = json.dumps(http_event(request, body, match, claims, self._domain)).encode()
        return problems.too_large() if len(event) > LARGEST_EVENT else await self._answer(match.route, event)

    def _claims(self, request: Request, route: Route) -> dict[str, str] | None:
        if route.authorizer is None:
            return None
        authorization = ",".join(request.headers.getlist("authorization"))  # as the event has it
        return self._verifier.claims(authorization, route.authorizer)

    async def _answer(self, route: Route, event: bytes) -> Response:
        running = asyncio.wrap_future(self._invoke(route.function, event))
        try:
            # Lambda doesn't stop a function that the gateway no longer waits for.
            outcome = await asyncio.wait_for(asyncio.shield(running), LONGEST_WAIT)
        except TimeoutError:
            return timed_out()
        except asyncio.CancelledError:
            if running.cancelled():  # the functions are closing
                return failure()
            raise
        return http_response(outcome)


async def _read(request: Request) -> bytes | None:
    """The body, or None where it is too large; then it is read all the same, so that the client,
    which is still sending, gets to see the answer."""
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size <= LARGEST_BODY:
            parts.append(part)
    return b"".join(parts) if size <= LARGEST_BODY else None


def _log(route: Route | None, status: int, seconds: float) -> None:
    """Never the path or the headers: a token is a password while it lives."""
    print(f"{route.key if route else 'no route'} {status} {seconds * 1000:.0f} ms", flush=True)
