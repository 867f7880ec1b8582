"""The local issuer, and the site beside the API."""

import httpx
import pytest

from tests.local.gateway.echoed import ISSUER, event, problem


class TestIssuer:
    def test_a_session_is_made_of_the_claims_that_were_asked_for(self, http: httpx.Client) -> None:
        token = http.post("/local/session", json={"sub": "ana", "custom:acct_id": "UA", "aud": "one"}).json()[
            "token"
        ]
        seen = event(http.post("/closed", headers={"Authorization": f"Bearer {token}"}))
        claims = seen["requestContext"]["authorizer"]["jwt"]["claims"]
        assert (claims["sub"], claims["custom:acct_id"]) == ("ana", "UA")

    def test_its_keys_are_published(self, http: httpx.Client) -> None:
        configuration = http.get("/.well-known/openid-configuration").json()
        keys = http.get("/.well-known/jwks.json").json()["keys"]
        assert configuration["issuer"] == ISSUER
        assert configuration["jwks_uri"] == f"{ISSUER}/.well-known/jwks.json"
        assert [(key["kty"], key["alg"], "d" in key) for key in keys] == [("RSA", "RS256", False)]

    @pytest.mark.parametrize(
        "body", [b"", b"x", b"[]", b"null", b'{"a": NaN}', b'{"iss": 1}', b"[" * 50_000, b'{"a": "\xff"}']
    )
    def test_what_are_no_claims_is_refused(self, http: httpx.Client, body: bytes) -> None:
        assert problem(http.post("/local/session", content=body)) == (400, "invalid-claims")

    def test_a_megabyte_of_claims_is_refused(self, http: httpx.Client) -> None:
        assert problem(http.post("/local/session", json={"a": "x" * 1_000_000})) == (413, "too-large")

    @pytest.mark.parametrize(
        ("method", "path", "allowed"),
        [
            ("GET", "/local/session", "POST"),
            ("POST", "/", "GET, HEAD"),
            ("PUT", "/.well-known/jwks.json", "GET, HEAD"),
        ],
    )
    def test_a_wrong_method_is_refused(
        self, http: httpx.Client, method: str, path: str, allowed: str
    ) -> None:
        answer = http.request(method, path)
        assert problem(answer) == (405, "method-not-allowed")
        assert answer.headers["allow"] == allowed


class TestSite:
    def test_its_pages_are_served_and_may_run_no_inline_script(self, http: httpx.Client) -> None:
        answer = http.get("/")
        assert answer.text == "<h1>Site</h1>"
        assert (
            "default-src 'self'; frame-src http://127.0.0.1:8787" in answer.headers["content-security-policy"]
        )
        assert http.get("/demo.js").headers["content-type"].startswith("text/javascript")

    @pytest.mark.parametrize(
        "path", ["/index.html", "/../pyproject.toml", "/%2e%2e/pyproject.toml", "/app.py"]
    )
    def test_nothing_else_is(self, http: httpx.Client, path: str) -> None:
        assert problem(http.get(path)) == (404, "not-found")
