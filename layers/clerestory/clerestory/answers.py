"""What a route answers: JSON, or a problem document."""

from collections.abc import Mapping
from typing import Any

from msgspec.json import encode
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from clerestory.problems import MEDIA_TYPE, Problem

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
