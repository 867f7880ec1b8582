"""An HTTP request as an event of payload format 2.0."""

import base64
import re
import time
import uuid
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request

from local.aws.environment import ACCOUNT
from local.gateway.routing import Match

API_ID = "local"
_TEXT = re.compile(r"text/.*|application/(json|javascript|xml|.*\+json|.*\+xml)", re.IGNORECASE)
_NOT_PASSED_ON = {"connection", "cookie", "expect", "host", "keep-alive", "transfer-encoding", "upgrade"}


def http_event(
    request: Request, body: bytes, match: Match, claims: dict[str, str] | None, domain: str
) -> dict[str, Any]:
    """The event for the function. The path is decoded and the query string is not, as API Gateway has it."""
    query = request.scope["query_string"].decode("latin-1")
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": match.route.key,
        "rawPath": request.scope["path"],
        "rawQueryString": query,
        "headers": _headers(request, domain),
        "requestContext": _context(request, match, claims, domain),
        "isBase64Encoded": False,
    }
    if cookies := _cookies(request):
        event["cookies"] = cookies
    if query:
        event["queryStringParameters"] = _joined(parse_qsl(query, keep_blank_values=True))
    if match.parameters:
        event["pathParameters"] = match.parameters
    if body:
        event["body"], event["isBase64Encoded"] = _body(body, request.headers.get("content-type", ""))
    return event


def _context(request: Request, match: Match, claims: dict[str, str] | None, domain: str) -> dict[str, Any]:
    now = time.time()
    context: dict[str, Any] = {
        "accountId": ACCOUNT,
        "apiId": API_ID,
        "domainName": domain,
        "domainPrefix": domain.split(".")[0],
        "http": {
            "method": request.method,
            "path": request.scope["path"],
            "protocol": f"HTTP/{request.scope['http_version']}",
            "sourceIp": _source(request),
            "userAgent": request.headers.get("user-agent", ""),
        },
        "requestId": str(uuid.uuid4()),
        "routeKey": match.route.key,
        "stage": "$default",
        "time": time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(now)),
        "timeEpoch": int(now * 1000),
    }
    if claims is not None:
        context["authorizer"] = {"jwt": {"claims": claims, "scopes": None}}
    return context


def _headers(request: Request, domain: str) -> dict[str, str]:
    """Lower-case names, repeated ones joined, and what API Gateway adds."""
    headers = _joined((name, value) for name, value in request.headers.items() if name not in _NOT_PASSED_ON)
    forwarded = headers.get("x-forwarded-for")
    headers |= {
        "host": domain,
        "x-forwarded-for": f"{forwarded}, {_source(request)}" if forwarded else _source(request),
        "x-forwarded-port": domain.rpartition(":")[2],
        "x-forwarded-proto": "http",
    }
    headers.setdefault("content-length", "0")
    headers.setdefault("x-amzn-trace-id", f"Root=1-{int(time.time()):08x}-{uuid.uuid4().hex[:24]}")
    return headers


def _joined(pairs: Any) -> dict[str, str]:
    joined: dict[str, str] = {}
    for name, value in pairs:
        joined[name] = f"{joined[name]},{value}" if name in joined else value
    return joined


def _cookies(request: Request) -> list[str]:
    sent = "; ".join(request.headers.getlist("cookie"))
    return [cookie.strip() for cookie in sent.split(";") if cookie.strip()]


def _body(body: bytes, content_type: str) -> tuple[str, bool]:
    """Text where the type says so and the bytes agree; base64 otherwise."""
    try:
        if _TEXT.fullmatch(content_type.partition(";")[0].strip()):
            return body.decode(), False
    except UnicodeDecodeError:
        pass
    return base64.b64encode(body).decode(), True


def _source(request: Request) -> str:
    return request.client.host if request.client else "127.0.0.1"
