"""A refusal is a page or JSON, and a file gzipped or not, as the client asks (RFC 9110, 12.5)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clerestory.embed.accept_headers import prefers_json, takes_gzip

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"


@pytest.mark.parametrize(
    "accept",
    [
        "application/json",
        "Application/JSON; charset=utf-8",
        "application/problem+json",
        "application/json, text/plain, */*",
        "application/*",
        "text/html;q=0.5, application/json",
        "text/html ; q=0.9 , application/json ; q=1.000",
        "text/*;q=0.3, application/json;q=0.7, */*;q=0.1",
        "text/html;q=0, */*",
    ],
)
def test_json_is_answered_where_it_is_preferred(accept: str) -> None:
    assert prefers_json(accept)


@pytest.mark.parametrize(
    "accept",
    [
        "",
        "*/*",
        BROWSER,
        "text/html",
        "text/html, application/json",
        "application/json;q=0.5, text/html",
        "application/json;q=0.5, text/*",
        "application/json;q=0",
        "application/json;q=0, */*",
        "image/png",
        "application/jsonp",
        "application/json;q=2",
    ],
)
def test_a_page_is_answered_elsewhere(accept: str) -> None:
    assert not prefers_json(accept)


@pytest.mark.parametrize("header", ["gzip", "br, GZIP;q=0.5", "gzip;q=0.001", "*", "br;q=0, *;q=0.1"])
def test_gzip_is_sent_to_who_takes_it(header: str) -> None:
    assert takes_gzip(header)


@pytest.mark.parametrize(
    "header", ["", "identity", "gzip;q=0", "gzip; q=0.000", "*, gzip;q=0", "*;q=0", "gzipped"]
)
def test_gzip_is_sent_to_nobody_else(header: str) -> None:
    assert not takes_gzip(header)


@given(st.text())
def test_any_header_is_answered(header: str) -> None:
    assert prefers_json(header) in (True, False)
    assert takes_gzip(header) in (True, False)
