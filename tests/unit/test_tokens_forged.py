"""Tokens that nobody with the secret has made, and texts that are no token of the one form."""

import json
import time
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clerestory.problems import INVALID_TOKEN, TOKEN_EXPIRED, TOKEN_NOT_YET_VALID, Problem
from clerestory.tokens import UnknownKey, read, sign
from tests.unit.forging import CLAIMS, KEY, SECRET, base64url, json_scalars, jws, opened, refusal, token

# Forged


@given(data=st.data())
def test_refuses_a_token_with_any_one_character_changed(data: st.DataObject) -> None:
    text = sign(CLAIMS | {"env": {"ACCT_ID": "UA"}}, KEY)
    place = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.characters().filter(lambda character: character != text[place]))
    with pytest.raises((Problem, UnknownKey)):
        opened(text[:place] + other + text[place + 1 :])


@given(text=st.text() | st.from_regex(r"\A[\w-]{2,40}\.[\w-]{2,40}\.[\w-]{42}[AEIM]\Z"))
def test_refuses_any_other_text_in_one_way(text: str) -> None:
    with pytest.raises(Problem) as refused:
        read(text)
    assert refused.value.kind is INVALID_TOKEN


@given(header=st.binary(max_size=200), payload=st.binary(max_size=200))
def test_refuses_octets_that_are_no_json_objects_in_one_way(header: bytes, payload: bytes) -> None:
    assert refusal(jws(b'{"alg":"HS256"}', payload)) is INVALID_TOKEN
    assert refusal(jws(header, b"{}")) is INVALID_TOKEN


json_values = st.recursive(
    json_scalars | st.none() | st.floats(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
CLAIM_NAMES = ["organization", "dashboard", "env", "iat", "nbf", "exp", "sub", "jti"]


@given(claims=st.dictionaries(st.sampled_from(CLAIM_NAMES), json_values))
def test_any_signed_claims_are_taken_or_refused_and_nothing_else(claims: dict[str, Any]) -> None:
    refused = None
    try:
        opened(token(CLAIMS | claims))
    except Problem as problem:
        refused = problem.kind
    assert refused in (None, INVALID_TOKEN, TOKEN_EXPIRED, TOKEN_NOT_YET_VALID)


@pytest.mark.parametrize("secret", ["", " ", "secret", "changeme", "null", SECRET + " ", SECRET.upper()])
def test_knows_no_key_for_another_secret(secret: str) -> None:
    with pytest.raises(UnknownKey):
        opened(jws(b'{"alg":"HS256"}', json.dumps(CLAIMS).encode(), secret))


@pytest.mark.parametrize("kid", ["", "k2", "../../k1", "k1' OR '1'='1", "/dev/null", "k1\x00", "K1", "ключ"])
def test_knows_no_key_by_another_name(kid: str) -> None:
    with pytest.raises(UnknownKey):
        opened(token(kid=kid))


@pytest.mark.parametrize("kid", [None, 1, True, ["k1"], {"k": "k1"}, 1.5])
def test_refuses_a_kid_that_is_no_text(kid: Any) -> None:
    assert refusal(token(kid=kid)) is INVALID_TOKEN


NONE = ["none", "None", "NONE", "nOnE", "", None]
OTHERS = ["HS384", "HS512", "RS256", "ES256", "hs256", "HS256 ", 1, ["HS256"], {"HS256": 1}]


@pytest.mark.parametrize("algorithm", [*NONE, *OTHERS])
def test_refuses_every_other_algorithm(algorithm: Any) -> None:
    assert refusal(token(alg=algorithm)) is INVALID_TOKEN


@pytest.mark.parametrize("algorithm", ["HS384", "HS512"])
def test_refuses_an_hmac_over_another_hash_signed_with_the_right_secret(algorithm: str) -> None:
    assert refusal(jwt.encode(CLAIMS, SECRET * 2, algorithm=algorithm)) is INVALID_TOKEN


def test_refuses_an_unsigned_token() -> None:
    assert refusal(jwt.encode(CLAIMS, "", algorithm="none")) is INVALID_TOKEN


def test_refuses_a_header_without_algorithm() -> None:
    assert refusal(jws(b"{}", json.dumps(CLAIMS).encode())) is INVALID_TOKEN


JWK = {"kty": "oct", "k": base64url(SECRET.encode())}


@pytest.mark.parametrize(
    "parameter",
    [
        {"jwk": JWK},
        {"jku": "https://attacker.example/keys"},
        {"x5u": "https://attacker.example/certificate"},
        {"x5c": ["MIIB"]},
        {"crit": ["exp"]},
        {"crit": []},
        {"crit": None},
        {"b64": False, "crit": ["b64"]},
        {"b64": False},
        {"b64": True},
        {"zip": "DEF"},
    ],
    ids=lambda parameter: "+".join(parameter),
)
def test_refuses_a_header_that_asks_for_something_even_when_well_signed(parameter: dict[str, Any]) -> None:
    assert refusal(token(**parameter)) is INVALID_TOKEN


# One token, one text

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def test_refuses_the_three_other_spellings_of_the_same_signature() -> None:
    text = token()
    place = ALPHABET.index(text[-1])
    assert place % 4 == 0
    assert [refusal(text[:-1] + ALPHABET[place + bits]) for bits in (1, 2, 3)] == [INVALID_TOKEN] * 3


RESPELT: dict[str, Callable[[str], str]] = {
    "padded": lambda text: text + "=",
    "padded twice": lambda text: text + "==",
    "padded header": lambda text: text.replace(".", "=.", 1),
    "trailing newline": lambda text: text + "\n",
    "leading space": lambda text: " " + text,
    "inner newline": lambda text: text.replace(".", ".\n", 1),
    "base64, not base64url": lambda text: text[:-2] + "+" + text[-1],
    "no signature": lambda text: text.rpartition(".")[0] + ".",
    "truncated": lambda text: text[:-1],
    "lengthened": lambda text: text + "A",
    "two parts": lambda text: text.rpartition(".")[0],
    "four parts": lambda text: text + "." + "A" * 43,
    "five parts": lambda text: text + ".A.A",
    "only dots": lambda _: "..",
    "empty header": lambda text: text[text.index(".") :],
    "NUL": lambda text: text + "\0",
    "surrogate": lambda text: text + "\ud800",
    "surrogate in place": lambda text: "\udcff" + text[1:],
    "digits that aren't ASCII": lambda text: text[:-1] + "٠",
    "a letter that isn't ASCII": lambda text: text[:-1] + "Ａ",
    "percent-encoded": lambda text: text.replace(".", "%2E"),
    "empty": lambda _: "",
    "1 MB": lambda text: text * (1_000_000 // len(text)),
    "1 MB of header": lambda text: "A" * 1_000_000 + text,
}


@pytest.mark.parametrize("respell", RESPELT.values(), ids=RESPELT.keys())
def test_refuses_what_is_not_a_token_of_the_one_form(respell: Callable[[str], str]) -> None:
    assert refusal(respell(token())) is INVALID_TOKEN


def test_refuses_a_token_over_the_length_before_it_is_parsed() -> None:
    padding = 8_192
    while len(text := token(CLAIMS | {"x": "x" * padding})) > 8_192:
        padding -= 1
    assert opened(text)
    assert refusal(token(CLAIMS | {"x": "x" * (padding + 8)})) is INVALID_TOKEN


# Hostile JSON

HOSTILE_PAYLOADS = {
    "arrays": b"[" * 5_000,
    "objects": b'{"a":' * 1_000,
    "closed arrays": b'{"organization":1,"x":' + b"[" * 2_000 + b"]" * 2_000 + b"}",
    "brackets after an open string": b"[" * 17 + b'"' + b'\\"' * 2_900,
    "brackets in quotes": b'{"organization":"' + b"[" * 20 + b'"',
    "no object": b"[1]",
    "null": b"null",
    "empty": b"",
    "not UTF-8": b'{"organization":"\xff","dashboard":1}',
    "surrogate": b'{"organization":"\\ud800","dashboard":1}',
    "a surrogate's own octets": b'{"organization":"\xed\xa0\x80","dashboard":1}',
    "BOM": b'\xef\xbb\xbf{"organization":1,"dashboard":1}',
    "a number of 5,000 digits": b'{"organization":' + b"1" * 5_000 + b',"dashboard":1}',
}


@pytest.mark.parametrize("payload", HOSTILE_PAYLOADS.values(), ids=HOSTILE_PAYLOADS.keys())
def test_refuses_hostile_json_at_once(payload: bytes) -> None:
    started = time.process_time()
    for _ in range(20):
        assert refusal(jws(b'{"alg":"HS256"}', payload)) is INVALID_TOKEN
        assert refusal(jws(payload or b"{}", b'{"organization":1}')) is INVALID_TOKEN
    assert time.process_time() - started < 2


def test_refuses_json_100_000_deep() -> None:
    assert refusal(jws(b'{"alg":"HS256"}', b"[" * 100_000 + b"]" * 100_000)) is INVALID_TOKEN


def test_counts_brackets_in_values_as_text() -> None:
    assert opened(token(CLAIMS | {"env": {"A": '[{"' * 40}})).env == {"A": '[{"' * 40}
