"""What the gateway refuses by itself, in the shape of the functions' own problems.

API Gateway says the same in `{"message": …}`; here a caller meets one shape of error only.
"""

from collections.abc import Mapping

from starlette.responses import JSONResponse

from clerestory.problems import (
    MEDIA_TYPE,
    METHOD_NOT_ALLOWED,
    NO_SESSION,
    NOT_FOUND,
    TOO_LARGE,
    Kind,
    Problem,
)


def refusal(kind: Kind, detail: str = "", headers: Mapping[str, str] | None = None) -> JSONResponse:
    return JSONResponse(
        Problem(kind, detail).document(),
        kind.status,
        {"cache-control": "no-store", **(headers or {})},
        media_type=MEDIA_TYPE,
    )


def not_found() -> JSONResponse:
    return refusal(NOT_FOUND)


def method_not_allowed(allowed: str) -> JSONResponse:
    return refusal(METHOD_NOT_ALLOWED, headers={"allow": allowed})


def unauthorized(challenge: str) -> JSONResponse:
    return refusal(NO_SESSION, headers={"www-authenticate": challenge})


def too_large() -> JSONResponse:
    return refusal(TOO_LARGE)
