"""What a function answered, as an HTTP response."""

import base64
import binascii
import json
from typing import Any

from starlette.responses import JSONResponse, Response

from local.aws.invocations import Outcome

_GATEWAYS_OWN = {"connection", "content-length", "transfer-encoding"}


def http_response(outcome: Outcome) -> Response:
    """By payload format 2.0: an answer without a `statusCode` is itself the body of a 200."""
    try:
        answer = json.loads(outcome.payload)
        if outcome.failed:
            return failure()
        if not isinstance(answer, dict) or "statusCode" not in answer:
            return Response(outcome.payload, media_type="application/json")
        return _declared(answer)
    except (AttributeError, TypeError, ValueError, binascii.Error):
        return failure()


def failure() -> Response:
    """What API Gateway says for a function that failed or answered nonsense."""
    return JSONResponse({"message": "Internal Server Error"}, 500)


def timed_out() -> Response:
    return JSONResponse({"message": "Service Unavailable"}, 503)


def _declared(answer: dict[str, Any]) -> Response:
    text = answer.get("body") or ""
    body = base64.b64decode(text, validate=True) if answer.get("isBase64Encoded") else text.encode()
    response = Response(body, int(answer["statusCode"]))
    for name, value in (answer.get("headers") or {}).items():
        if name.lower() not in _GATEWAYS_OWN:
            response.headers[name] = _header(value)
    for cookie in answer.get("cookies") or ():
        response.headers.append("set-cookie", cookie)
    response.headers.setdefault("content-type", "text/plain;charset=utf-8")
    return response


def _header(value: object) -> str:
    return json.dumps(value) if isinstance(value, bool) else str(value)
