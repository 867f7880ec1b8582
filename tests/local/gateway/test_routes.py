"""Which route a request takes, who may call it from a page, and what is logged."""

import json

import httpx
import pytest

from local.gateway.api import read_api
from local.gateway.routing import Router
from local.template import Template
from tests.local.gateway.echoed import SITE, problem


class TestRoutes:
    @pytest.mark.parametrize(
        ("method", "path", "key"),
        [
            ("GET", "/open/fixed", "GET /open/fixed"),
            ("GET", "/open/other", "GET /open/{name}"),
            ("POST", "/open/fixed", "ANY /open/{proxy+}"),
            ("GET", "/open/a/b", "ANY /open/{proxy+}"),
            ("POST", "/closed", "POST /closed"),
        ],
    )
    def test_the_most_specific_route_is_taken(
        self, template: Template, method: str, path: str, key: str
    ) -> None:
        assert Router(read_api(template).routes).match(method, path).route.key == key

    @pytest.mark.parametrize("path", ["/nowhere", "/closed/", "/open", "/open/", "/Closed"])
    def test_a_path_without_a_route_is_not_found(self, http: httpx.Client, path: str) -> None:
        assert problem(http.get(path)) == (404, "not-found")

    @pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "OPTIONS", "BREW"])
    def test_a_wrong_method_is_refused_before_the_session_is_asked_for(
        self, http: httpx.Client, method: str
    ) -> None:
        answer = http.request(method, "/closed")
        assert problem(answer) == (405, "method-not-allowed")
        assert answer.headers["allow"] == "POST"


class TestCors:
    def test_a_preflight_is_answered_without_the_function(self, http: httpx.Client) -> None:
        answer = http.options("/closed", headers={**SITE, "Access-Control-Request-Method": "POST"})
        assert answer.status_code == 204
        assert answer.headers["access-control-allow-origin"] == "https://app.example.com"
        assert answer.headers["access-control-allow-methods"] == "GET,POST"
        assert answer.headers["access-control-allow-headers"] == "authorization"
        assert answer.headers["access-control-max-age"] == "600"
        assert "access-control-allow-credentials" not in answer.headers

    @pytest.mark.parametrize(
        ("origin", "method"), [("https://evil.example", "POST"), ("https://app.example.com", "DELETE")]
    )
    def test_a_preflight_for_anything_else_permits_nothing(
        self, http: httpx.Client, origin: str, method: str
    ) -> None:
        headers = {"Origin": origin, "Access-Control-Request-Method": method}
        assert "access-control-allow-origin" not in http.options("/closed", headers=headers).headers

    def test_refusals_can_be_read_by_the_site(self, http: httpx.Client) -> None:
        answer = http.post("/closed", headers=SITE)
        assert answer.status_code == 401
        assert answer.headers["access-control-allow-origin"] == "https://app.example.com"
        assert answer.headers["vary"] == "origin"

    def test_a_functions_own_permission_does_not_count(self, http: httpx.Client) -> None:
        declared = {"statusCode": 200, "headers": {"Access-Control-Allow-Origin": "*"}}
        headers = {"Origin": "https://evil.example", "X-Answer": json.dumps(declared)}
        assert "access-control-allow-origin" not in http.get("/open/x/y", headers=headers).headers


def test_the_log_names_the_route_and_never_the_path(
    http: httpx.Client, capfd: pytest.CaptureFixture[str]
) -> None:
    http.get("/open/secret-token/results?embed_token=secret-token")
    logged = capfd.readouterr()
    assert "ANY /open/{proxy+} 200" in logged.out
    assert "secret-token" not in logged.out + logged.err
