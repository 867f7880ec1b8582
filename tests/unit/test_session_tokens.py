"""The one token of `Authorization`: its form, its bounds, and what its payload may be."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clerestory.problems import NO_SESSION, Problem
from clerestory.session.authorization import MAX_CHARACTERS, MAX_DEPTH, claims_in
from tests.sessions import token_of

CLAIMS = {"sub": "ana", "n": [1, 1.5, True, None], "o": {"id": "acme"}}
TOKEN = token_of(json.dumps(CLAIMS).encode())


def refused(authorization: Any) -> Problem:
    with pytest.raises(Problem) as refusal:
        claims_in(authorization)
    assert refusal.value.kind is NO_SESSION
    return refusal.value


@pytest.mark.parametrize("before", ["", "Bearer ", "bearer ", "BEARER "])
def test_a_token_stands_alone_or_after_bearer(before: str) -> None:
    assert claims_in(before + TOKEN) == CLAIMS


NOT_ONE_TOKEN: list[Any] = [
    *(None, "", "Bearer", "Bearer ", 7, [TOKEN], {"token": TOKEN}, TOKEN.encode()),
    *(f"Bearer  {TOKEN}", f"Bearer\t{TOKEN}", f"Bearer{TOKEN}", f"Basic {TOKEN}", f"JWT {TOKEN}"),
    *(f" {TOKEN}", f"{TOKEN} ", f"{TOKEN}\n", f"{TOKEN},", f"{TOKEN};x", f"{TOKEN}=", f"{TOKEN}."),
    *(f"{TOKEN} {TOKEN}", f"{TOKEN},{TOKEN}", f"{TOKEN}, {TOKEN}", f"{TOKEN}.{TOKEN}"),
    *(f"Bearer {TOKEN} {TOKEN}", f"Bearer {TOKEN} Bearer {TOKEN}", f"Bearer {TOKEN},Bearer {TOKEN}"),
    *(f"Bearer Bearer {TOKEN}", f"{TOKEN} Bearer", f"Bearer {TOKEN}\r\nX: y", f"Bearer {TOKEN}é"),
    *("a.b", "..", f"{TOKEN.partition('.')[0]}..x", TOKEN.replace(".", "/")),
]


def test_anything_else_is_no_session(subtests: pytest.Subtests) -> None:
    for authorization in NOT_ONE_TOKEN:
        with subtests.test(authorization=authorization):
            refused(authorization)


@pytest.mark.parametrize(
    "payload",
    [
        *(b"[]", b'"sub"', b"null", b"7", b"", b"{", b"{}}", b"{} {}", b"sub", b"\xef\xbb\xbf{}"),
        *(b'{"a": NaN}', b'{"a": Infinity}', b'{"a": 1e999}', b'{"a": 01}', b"{'a': 1}", b'{"a": 1,}'),
        *(b'{"a": "\xff"}', b'{"\xff": 1}', b'{"a": "\xed\xa0\x80"}', b'{"a": "\n"}'),
        *(rb'{"a": "\ud800"}', rb'{"a": "\udc00x"}', rb'{"\ud800": 1}', rb'{"a": "\x41"}'),
    ],
)
def test_a_payload_that_is_no_json_object_is_no_session(payload: bytes) -> None:
    refused(token_of(payload))


@pytest.mark.parametrize(
    "payload",
    [
        b'{"sub": "a", "sub": "b"}',
        b'{"sub": "a", "sub": "a"}',
        rb'{"sub": "a", "\u0073ub": "b"}',
        b'{"o": {"id": 1, "id": 2}}',
        b'{"l": [{"id": 1, "id": 2}]}',
        b'{"": 1, "": 2}',
    ],
)
def test_a_name_that_stands_twice_is_no_session(payload: bytes) -> None:
    refused(token_of(payload))


@pytest.mark.parametrize(
    "claims", [{"a:b": 'c:"d', "e": {"a:b": ["{:}", {"x": ":"}]}}, {"\\": ":\\", '"': '\\":'}, {}]
)
def test_colons_in_text_are_no_names(claims: dict[str, Any]) -> None:
    assert claims_in(token_of(json.dumps(claims).encode())) == claims


def test_a_payload_may_nest_so_deep_and_no_deeper() -> None:
    def nested(levels: int) -> str:
        return token_of(b'{"a":' + b"[" * (levels - 1) + b"]" * (levels - 1) + b"}")

    assert claims_in(nested(MAX_DEPTH))
    refused(nested(MAX_DEPTH + 1))


def test_a_token_is_bounded_before_it_is_parsed() -> None:
    assert claims_in(f"{TOKEN}{'x' * (MAX_CHARACTERS - len(TOKEN))}") == CLAIMS
    refused(f"{TOKEN}{'x' * (MAX_CHARACTERS - len(TOKEN) + 1)}")
    refused(token_of(b'{"a":' * 100_000))


@pytest.mark.parametrize("digits", [400, 4_300, 4_301, 7_000])
def test_a_number_of_any_length_is_taken_exactly_or_refused(digits: int) -> None:
    try:
        assert str(claims_in(token_of(b'{"n":%s}' % (b"7" * digits)))["n"]) == "7" * digits
    except Problem as refusal:
        assert refusal.kind is NO_SESSION  # noqa: PT017


numbers = st.integers(-(2**63), 2**64) | st.floats(allow_nan=False, allow_infinity=False)
json_values = st.recursive(
    st.none() | st.booleans() | numbers | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)


@given(claims=st.dictionaries(st.text(), json_values, max_size=5), ascii_only=st.booleans())
def test_claims_keep_their_exact_types(claims: dict[str, Any], ascii_only: bool) -> None:
    assert repr(claims_in(token_of(json.dumps(claims, ensure_ascii=ascii_only).encode()))) == repr(claims)


@given(payload=st.binary() | st.text().map(str.encode))
def test_any_payload_is_read_or_refused(payload: bytes) -> None:
    try:
        claims_in(token_of(payload))
    except Problem as refusal:
        assert refusal.kind is NO_SESSION  # noqa: PT017


@given(authorization=st.text())
def test_any_header_is_read_or_refused(authorization: str) -> None:
    refused(authorization)
