"""CORS as the HTTP API does it: preflights never reach a function, and its own headers don't count."""

from starlette.requests import Request
from starlette.responses import Response

from local.gateway.api import Cors

_PREFIX = "access-control-"


def is_preflight(request: Request) -> bool:
    return (
        request.method == "OPTIONS"
        and "origin" in request.headers
        and "access-control-request-method" in request.headers
    )


def preflight(request: Request, rules: Cors) -> Response:
    """204, with permission only for an origin and a method that the rules name."""
    response = Response(status_code=204)
    wanted = request.headers["access-control-request-method"]
    if not (_allowed(request, rules) and (wanted in rules.methods or "*" in rules.methods)):
        return response
    permit(request, response, rules)
    response.headers["access-control-allow-methods"] = ",".join(rules.methods)
    if rules.headers:
        response.headers["access-control-allow-headers"] = ",".join(rules.headers)
    if rules.max_age is not None:
        response.headers["access-control-max-age"] = str(rules.max_age)
    return response


def permit(request: Request, response: Response, rules: Cors) -> None:
    """Set the response's CORS headers by the rules and drop the function's own."""
    for name in [name for name in response.headers if name.startswith(_PREFIX)]:
        del response.headers[name]
    if not _allowed(request, rules):
        return
    everyone = "*" in rules.origins and not rules.credentials
    response.headers["access-control-allow-origin"] = "*" if everyone else request.headers["origin"]
    if not everyone:
        response.headers.add_vary_header("origin")
    if rules.exposed:
        response.headers["access-control-expose-headers"] = ",".join(rules.exposed)
    if rules.credentials:
        response.headers["access-control-allow-credentials"] = "true"


def _allowed(request: Request, rules: Cors) -> bool:
    origin = request.headers.get("origin")
    return origin is not None and (origin in rules.origins or "*" in rules.origins)
