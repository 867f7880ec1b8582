"""The gateway gives a function what API Gateway's HTTP API would give it, and its answer to the caller."""

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from local.aws.server import listen
from local.functions import Functions, read_functions
from local.gateway.api import Authorizer, read_api
from local.gateway.app import LARGEST_BODY, Gateway
from local.gateway.authorizer import TokenVerifier, UnauthorizedError
from local.gateway.routing import Router
from local.issuer import Issuer
from local.serving import Serving
from local.template import Template
from local.web import Web, issuer_pages, site_pages

ECHO = Path(__file__).parent / "echo"
ISSUER = "http://127.0.0.1:1"
SITE = {"Origin": "https://app.example.com"}


@pytest.fixture(scope="module")
def template() -> Template:
    return Template.read(ECHO / "template.yaml", {"JwtIssuer": ISSUER})


@pytest.fixture(scope="module")
def issuer() -> Issuer:
    return Issuer(ISSUER)


@pytest.fixture(scope="module")
def http(
    template: Template, issuer: Issuer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[httpx.Client]:
    site = tmp_path_factory.mktemp("site")
    (site / "index.html").write_text("<h1>Site</h1>")
    (site / "demo.js").write_text("export {};")
    functions = Functions(read_functions(template, ECHO, {}))
    gateway = Gateway(read_api(template), TokenVerifier(issuer.keys()), functions.invoke, "127.0.0.1:8787")
    pages = {**site_pages((site,), {}, "http://127.0.0.1:8787"), **issuer_pages(issuer)}
    with listen("127.0.0.1", 0) as listener, Serving(Web(pages, gateway), listener):
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        yield httpx.Client(base_url=url, trust_env=False)
    functions.close()


def event(answer: httpx.Response) -> dict[str, Any]:
    assert answer.status_code == 200
    seen: dict[str, Any] = answer.json()["event"]
    return seen


def signed(issuer: Issuer, **claims: Any) -> dict[str, str]:
    return {"Authorization": f"Bearer {issuer.token({'aud': 'one', **claims})}"}


def problem(answer: httpx.Response) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    document = answer.json()
    assert document["status"] == answer.status_code
    return answer.status_code, document["code"]


class TestEvents:
    def test_a_request_becomes_an_event_of_format_two(self, http: httpx.Client) -> None:
        seen = event(http.get("/open/a%20b/c?x=1&x=2&y=%2F", headers={"User-Agent": "test"}))
        context = seen["requestContext"]
        assert {key: seen[key] for key in ("version", "routeKey", "rawPath", "rawQueryString")} == {
            "version": "2.0",
            "routeKey": "ANY /open/{proxy+}",
            "rawPath": "/open/a b/c",
            "rawQueryString": "x=1&x=2&y=%2F",
        }
        assert seen["queryStringParameters"] == {"x": "1,2", "y": "/"}
        assert seen["pathParameters"] == {"proxy": "a b/c"}
        assert context["http"] == {
            "method": "GET",
            "path": "/open/a b/c",
            "protocol": "HTTP/1.1",
            "sourceIp": "127.0.0.1",
            "userAgent": "test",
        }
        assert (context["stage"], context["domainName"]) == ("$default", "127.0.0.1:8787")
        assert abs(context["timeEpoch"] / 1000 - time.time()) < 60
        assert "authorizer" not in context
        assert not {"body", "cookies"} & seen.keys()

    def test_headers_are_lower_case_and_joined_and_cookies_stand_apart(self, http: httpx.Client) -> None:
        sent = [("X-One", "a"), ("X-One", "b"), ("Cookie", "c=1; d=2"), ("Host", "evil.example")]
        seen = event(http.get("/open/x/y", headers=sent))
        assert seen["headers"]["x-one"] == "a,b"
        assert seen["headers"]["host"] == "127.0.0.1:8787"
        assert seen["headers"]["x-forwarded-proto"] == "http"
        assert seen["cookies"] == ["c=1", "d=2"]
        assert "cookie" not in seen["headers"]

    @pytest.mark.parametrize(
        ("kind", "sent", "body", "encoded"),
        [
            ("application/json", b'{"a": "\xc3\xa9"}', '{"a": "é"}', False),
            ("application/problem+json; charset=utf-8", b"{}", "{}", False),
            ("application/json", b"\xff", "/w==", True),
            ("application/octet-stream", b"text", "dGV4dA==", True),
            ("application/x-www-form-urlencoded", b"a=1", "YT0x", True),
        ],
    )
    def test_a_body_is_text_where_it_can_be(
        self, http: httpx.Client, kind: str, sent: bytes, body: str, encoded: bool
    ) -> None:
        seen = event(http.post("/open/x/y", content=sent, headers={"Content-Type": kind}))
        assert (seen["body"], seen["isBase64Encoded"]) == (body, encoded)

    def test_a_body_of_one_megabyte_arrives(self, http: httpx.Client) -> None:
        sent = b"x" * 1_000_000
        assert (
            len(event(http.post("/open/x/y", content=sent, headers={"Content-Type": "text/plain"}))["body"])
            == 1_000_000
        )

    @pytest.mark.parametrize("size", [LARGEST_BODY + 1, 7 * 1024 * 1024])
    def test_a_body_that_no_function_can_take_is_refused(self, http: httpx.Client, size: int) -> None:
        answer = http.post("/open/x/y", content=b"x" * size, headers={"Content-Type": "text/plain"})
        assert problem(answer) == (413, "too-large")

    def test_a_path_of_a_megabyte_is_the_functions_to_judge(self, http: httpx.Client) -> None:
        assert len(event(http.get("/open/x/" + "y" * 60_000))["rawPath"]) == 60_008


class TestAnswers:
    def answer(self, http: httpx.Client, answer: Any, method: str = "GET") -> httpx.Response:
        return http.request(method, "/open/x/y", headers={"X-Answer": json.dumps(answer)})

    def test_status_headers_cookies_and_body_come_out(self, http: httpx.Client) -> None:
        headers = {"Content-Type": "text/html", "X-Number": 3, "Content-Length": "99"}
        declared = {"statusCode": 201, "headers": headers, "cookies": ["a=1", "b=2"], "body": "<p>"}
        got = self.answer(http, declared)
        assert (got.status_code, got.text, got.headers["x-number"]) == (201, "<p>", "3")
        assert got.headers["content-length"] == "3"
        assert got.headers.get_list("set-cookie") == ["a=1", "b=2"]

    def test_a_base64_body_comes_out_as_bytes(self, http: httpx.Client) -> None:
        declared = {"statusCode": 200, "body": "/wA=", "isBase64Encoded": True}
        assert self.answer(http, declared).content == b"\xff\x00"

    def test_an_answer_without_a_status_is_the_body(self, http: httpx.Client) -> None:
        got = self.answer(http, {"a": 1})
        assert (got.status_code, got.json(), got.headers["content-type"]) == (
            200,
            {"a": 1},
            "application/json",
        )

    def test_a_head_request_gets_the_headers_alone(self, http: httpx.Client) -> None:
        got = self.answer(http, {"statusCode": 200, "body": "text"}, "HEAD")
        assert (got.status_code, got.content, got.headers["content-length"]) == (200, b"", "4")

    @pytest.mark.parametrize(
        "nonsense",
        [
            {"statusCode": "x"},
            {"statusCode": 200, "body": "%", "isBase64Encoded": True},
            {"statusCode": 200, "headers": ["not", "a", "mapping"]},
        ],
    )
    def test_a_nonsensical_answer_is_a_500(self, http: httpx.Client, nonsense: Any) -> None:
        assert self.answer(http, nonsense).json() == {"message": "Internal Server Error"}

    def test_a_function_that_fails_is_a_500_without_its_words(self, http: httpx.Client) -> None:
        got = http.get("/open/x/y", headers={"X-Fail": "1"})
        assert (got.status_code, got.json()) == (500, {"message": "Internal Server Error"})

    def test_many_requests_at_once_are_answered(self, http: httpx.Client) -> None:
        with ThreadPoolExecutor(20) as threads:
            answers = list(threads.map(lambda n: http.get(f"/open/x/{n}"), range(60)))
        assert [event(each)["rawPath"] for each in answers] == [f"/open/x/{n}" for n in range(60)]


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


class TestSessions:
    def test_the_claims_arrive_as_text(self, http: httpx.Client, issuer: Issuer) -> None:
        claims = {"groups": ["owners", "editors"], "n": 1.5, "yes": True, "none": None}
        claims |= {"deep": {"roles": ["x", None], "a": {"yes": False}}, "of": [{"id": 1, "a": "b c"}]}
        token = signed(issuer, sub="ana", iat=1_700_000_000, **claims)
        seen = event(http.post("/closed", headers=token))["requestContext"]["authorizer"]
        expiry = seen["jwt"]["claims"].pop("exp")
        assert expiry.isdecimal()
        assert seen == {
            "jwt": {
                "claims": {
                    "iss": ISSUER,
                    "aud": "one",
                    "sub": "ana",
                    "iat": "1700000000",
                    "groups": "[owners editors]",
                    "n": "1.5",
                    "yes": "true",
                    "deep": "map[a:map[yes:false] roles:[x <nil>]]",
                    "of": "[map[a:b c id:1]]",
                },
                "scopes": None,
            }
        }

    def test_a_token_without_bearer_is_taken(self, http: httpx.Client, issuer: Issuer) -> None:
        bare = signed(issuer)["Authorization"].removeprefix("Bearer ")
        assert http.post("/closed", headers={"Authorization": bare}).status_code == 200

    @pytest.mark.parametrize(
        "claims",
        [
            {"aud": "two"},
            {"aud": ["three", "one"]},
            {"nbf": 1, "iat": 1},
        ],
    )
    def test_a_session_for_this_audience_is_taken(
        self, http: httpx.Client, issuer: Issuer, claims: dict[str, Any]
    ) -> None:
        assert http.post("/closed", headers=signed(issuer, **claims)).status_code == 200

    @pytest.mark.parametrize(
        "claims",
        [
            {"exp": 1},
            {"exp": "soon"},
            {"nbf": 32_503_680_000},
            {"iat": 32_503_680_000},
            {"aud": "three"},
            {"aud": None},
            {"aud": []},
            {"iss": "https://example.com"},
            {"iss": f"{ISSUER}/"},
        ],
    )
    def test_a_session_that_breaks_a_rule_is_refused(
        self, http: httpx.Client, issuer: Issuer, claims: dict[str, Any]
    ) -> None:
        answer = http.post("/closed", headers=signed(issuer, **claims))
        assert problem(answer) == (401, "no-session")
        assert answer.headers["www-authenticate"].startswith("Bearer ")

    @pytest.mark.parametrize("header", ["", "Bearer", "Bearer x", "Basic dTpw", "Bearer a.b.c"])
    def test_what_is_no_session_is_refused(self, http: httpx.Client, header: str) -> None:
        headers = {"Authorization": header} if header else {}
        assert problem(http.post("/closed", headers=headers)) == (401, "no-session")

    def test_only_the_issuers_own_signature_counts(self, issuer: Issuer) -> None:
        (public,) = issuer.keys()["keys"]
        claims = {"iss": ISSUER, "aud": "one", "exp": 32_503_680_000}
        other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        forgeries = [
            jwt.encode(claims, other, "RS256", {"kid": public["kid"]}),
            jwt.encode(claims, other, "RS256", {"kid": "unknown"}),
            jwt.encode(claims, other, "RS256"),
            jwt.encode(claims, "x" * 32, "HS256", {"kid": public["kid"]}),
            jwt.encode(claims, "", "none", {"kid": public["kid"]}),
        ]
        for forgery in forgeries:
            with pytest.raises(UnauthorizedError):
                TokenVerifier(issuer.keys()).claims(forgery, Authorizer(ISSUER, ("one",)))

    @pytest.mark.parametrize(("client", "taken"), [("one", True), ("three", False)])
    def test_client_id_stands_in_for_a_missing_audience(self, client: str, taken: bool) -> None:
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        public = {**RSAAlgorithm.to_jwk(key.public_key(), as_dict=True), "kid": "1", "alg": "RS256"}
        claims = {"iss": ISSUER, "client_id": client, "exp": 32_503_680_000}
        token, verifier = jwt.encode(claims, key, "RS256", {"kid": "1"}), TokenVerifier({"keys": [public]})
        with nullcontext() if taken else pytest.raises(UnauthorizedError):
            verifier.claims(token, Authorizer(ISSUER, ("one",)))

    @pytest.mark.parametrize("before", ["", "Bearer ", "bearer ", "BEARER "])
    def test_the_token_arrives_beside_them_as_it_came(
        self, http: httpx.Client, issuer: Issuer, before: str
    ) -> None:
        sent = before + issuer.token({"aud": "one"})
        assert (
            event(http.post("/closed", headers={"Authorization": sent}))["headers"]["authorization"] == sent
        )

    @pytest.mark.parametrize(
        "form", ["{0},{0}", "{0} {0}", "{0}, {0}", "Bearer {0} Bearer {0}", "Bearer  {0}"]
    )
    def test_two_tokens_are_none(self, http: httpx.Client, issuer: Issuer, form: str) -> None:
        sent = form.format(issuer.token({"aud": "one"}))
        assert problem(http.post("/closed", headers={"Authorization": sent})) == (401, "no-session")

    def test_nor_are_two_headers(self, http: httpx.Client, issuer: Issuer) -> None:
        one = signed(issuer)["Authorization"]
        twice = [("Authorization", one), ("Authorization", one)]
        assert problem(http.post("/closed", headers=twice)) == (401, "no-session")


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


def test_the_log_names_the_route_and_never_the_path(
    http: httpx.Client, capfd: pytest.CaptureFixture[str]
) -> None:
    http.get("/open/secret-token/results?embed_token=secret-token")
    logged = capfd.readouterr()
    assert "ANY /open/{proxy+} 200" in logged.out
    assert "secret-token" not in logged.out + logged.err
