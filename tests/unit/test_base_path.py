"""Under an API mapping with a key, API Gateway leaves the key in the path and out of the route."""

from types import SimpleNamespace
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from clerestory.web import application, base_path, read_request


def event(path: str, route: str, **parameters: str) -> dict[str, Any]:
    """A GET of a domain of one's own (payload format 2.0)."""
    return {
        "version": "2.0",
        "routeKey": route,
        "rawPath": path,
        "rawQueryString": "",
        "headers": {"host": "data.example.com"},
        "pathParameters": parameters,
        "requestContext": {
            "domainName": "data.example.com",
            "http": {"method": "GET", "path": path, "sourceIp": "192.0.2.1", "protocol": "HTTP/1.1"},
        },
        "isBase64Encoded": False,
    }


EMBED = "ANY /d/{proxy+}"
SECRET = "GET /organizations/{organization}/secret"


@pytest.mark.parametrize(
    ("key", "event"),
    [
        ("", event("/d/1/t", EMBED, proxy="1/t")),
        ("/reports", event("/reports/d/1/t", EMBED, proxy="1/t")),
        ("/reports/v1", event("/reports/v1/d/1/t", EMBED, proxy="1/t")),
        ("/d", event("/d/d/1/t", EMBED, proxy="1/t")),
        ("/reports", event("/reports/d/airlines/on-time/", EMBED, proxy="airlines/on-time/")),
        ("/reports", event("/reports/d/airlines/on-time/", EMBED, proxy="airlines/on-time")),
        ("/reports", event("/reports/embeds", "POST /embeds")),
        ("/reports", event("/reports/organizations/{a}/secret", SECRET, organization="{a}")),
        ("", event("/anything", "$default")),
    ],
)
def test_the_key_is_what_stands_before_the_route(key: str, event: dict[str, Any]) -> None:
    assert base_path(event) == key


@pytest.mark.parametrize("key", ["", "/reports", "/reports/v1"])
def test_routes_are_found_under_a_key_and_know_their_address(key: str) -> None:
    async def show(request: Request) -> Response:
        call = await read_request(request)
        return PlainTextResponse(f"{call.address} {call.names['organization']}")

    answer = application([Route("/organizations/{organization}/secret", show)], lambda *_: None)
    call = event(f"{key}/organizations/airlines/secret", SECRET, organization="airlines")
    assert answer(call, SimpleNamespace())["body"] == f"data.example.com{key} airlines"
