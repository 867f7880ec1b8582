"""The gateway gives a function what API Gateway's HTTP API would give it, and its answer to the caller."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from local.gateway.app import LARGEST_BODY
from tests.local.gateway.echoed import event, problem


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
