"""The embed token: what opens a dashboard."""

import base64
import hashlib
import json
import time
import warnings
from datetime import timedelta
from typing import Any

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clerestory.problems import INVALID_TOKEN, Problem
from clerestory.secret.keyset import Key, Keyset
from clerestory.tokens import UnknownKey, Unverified, sign, verify_signature
from tests.unit.forging import (
    CLAIMS,
    DAY,
    KEY,
    NOW,
    SECRET,
    base64url,
    json_scalars,
    jws,
    opened,
    refusal,
    token,
)

# What is taken

envs = st.dictionaries(st.text(max_size=20), json_scalars | st.lists(json_scalars, max_size=5), max_size=5)


@given(env=envs)
def test_what_was_signed_verifies_as_it_was(env: dict[str, Any]) -> None:
    found = opened(sign(CLAIMS | {"env": env, "sub": "viewer"}, KEY))
    assert (found.organization, found.dashboard, found.env) == ("16417", "38727", env)
    assert (found.kid, found.viewer, found.ends_at) == ("k1", "viewer", NOW + DAY)


def test_equal_claims_give_equal_tokens_in_whatever_order() -> None:
    one, other = {"env": {"A": 1, "B": 2}} | CLAIMS, CLAIMS | {"env": {"B": 2, "A": 1}}
    assert sign(one, KEY) == sign(other, KEY)


def test_names_the_token_by_the_hash_of_its_text() -> None:
    text = token()
    assert opened(text).hash == hashlib.sha256(text.encode()).hexdigest()


@pytest.mark.parametrize("name", [16417, 16417.0, "16417"])
def test_takes_ids_as_numbers_and_as_text(name: Any) -> None:
    found = opened(token(CLAIMS | {"organization": name, "dashboard": name}))
    assert (found.organization, found.dashboard) == ("16417", "16417")


def test_takes_a_token_without_kid_signed_with_any_key_that_verifies() -> None:
    newer = Key(kid="k2", secret="another embed secret of more than 32 bytes", created_at=1, signs_from=1)
    keyset = Keyset(generation=2, epoch=1, last_operation="test", keys=(KEY, newer))
    assert opened(token(), keyset=keyset).kid == "k1"


def test_takes_no_token_signed_with_a_key_past_its_grace() -> None:
    old = Key(kid="k1", secret=SECRET, created_at=0, signs_from=0, verifies_until=NOW)
    with pytest.raises(UnknownKey):
        opened(token(), keyset=Keyset(generation=1, epoch=1, last_operation="test", keys=(old,)))


@pytest.mark.parametrize(
    "claims",
    [{"exp": NOW + 60.5}, {"iat": NOW - 0.25}, {"nbf": NOW + 59.5}, {"jti": "x", "iss": None, "aud": ["a"]}],
)
def test_takes_dates_as_floats_and_any_other_claim(claims: dict[str, Any]) -> None:
    assert opened(token(CLAIMS | claims))


def test_takes_a_header_in_any_form_and_with_parameters_that_ask_for_nothing() -> None:
    assert opened(jws(b'{ "typ":"jwt" ,\r\n "cty":"x", "alg" : "HS256"}', json.dumps(CLAIMS).encode()))


def test_takes_the_seeds_own_program() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from jwcrypto.jwk import JWK
        from python_jwt import generate_jwt

        key = JWK(kty="oct", k=base64url(SECRET.encode()))
        payload = {"organization": 16417, "dashboard": 38727, "env": {"ACCT_ID": "1"}}
        text = generate_jwt(payload, key, "HS256", timedelta(days=1))
    assert opened(text, now=time.time()).env == {"ACCT_ID": "1"}


def test_takes_a_token_of_pyjwt_with_the_secret_as_it_is() -> None:
    assert opened(jwt.encode(CLAIMS | {"exp": NOW + 60}, SECRET, algorithm="HS256")).ends_at == NOW + 60


# The signature stage, with the RFCs' examples


class Octets(str):
    """A secret whose UTF-8 bytes are the vector's key: those of the RFCs are no text."""

    octets: bytes

    def __new__(cls, k: str) -> "Octets":
        secret = super().__new__(cls, k)
        secret.octets = base64.urlsafe_b64decode(k + "=" * (-len(k) % 4))
        return secret

    def encode(self, *_: Any, **__: Any) -> bytes:
        return self.octets


RFC_7515_A_1 = (
    "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow",
    "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9"
    ".eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
    ".dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
)
RFC_7520_4_4 = (
    "hJtXIZ2uSN5kbQfbtTNWbpdmhkV8FJG-Onbc6mxCcYg",
    "eyJhbGciOiJIUzI1NiIsImtpZCI6IjAxOGMwYWU1LTRkOWItNDcxYi1iZmQ2LWVlZjMxNGJjNzAzNyJ9"
    ".SXTigJlzIGEgZGFuZ2Vyb3VzIGJ1c2luZXNzLCBGcm9kbywgZ29pbmcgb3V0IHlvdXIgZG9vci4gWW91IHN0ZXAgb250byB0aGUg"
    "cm9hZCwgYW5kIGlmIHlvdSBkb24ndCBrZWVwIHlvdXIgZmVldCwgdGhlcmXigJlzIG5vIGtub3dpbmcgd2hlcmUgeW91IG1pZ2h0"
    "IGJlIHN3ZXB0IG9mZiB0by4"
    ".s0h6KThzkfBBBkLspW1h84VsJZFTsPPqMDA7g1Md7p0",
)


def vector(k: str, text: str) -> tuple[Unverified, Keyset]:
    key = Key(kid="vector", secret=Octets(k), created_at=0, signs_from=0)
    keyset = Keyset(generation=1, epoch=1, last_operation="test", keys=(key,))
    return Unverified(text, kid=None, organization="", dashboard="", viewer=None), keyset


@pytest.mark.parametrize(("k", "text"), [RFC_7515_A_1, RFC_7520_4_4], ids=["RFC 7515 A.1", "RFC 7520 4.4"])
def test_the_signatures_of_the_rfcs_verify(k: str, text: str) -> None:
    assert verify_signature(*vector(k, text), NOW).kid == "vector"


@pytest.mark.parametrize(("k", "text"), [RFC_7515_A_1, RFC_7520_4_4], ids=["RFC 7515 A.1", "RFC 7520 4.4"])
def test_the_rfcs_payloads_under_another_signature_do_not(k: str, text: str) -> None:
    body, _, signature = text.rpartition(".")
    with pytest.raises(UnknownKey):
        verify_signature(*vector(k, f"{body}.{'A' if signature[0] != 'A' else 'B'}{signature[1:]}"), NOW)


# What a refusal tells


def test_a_refusal_holds_nothing_of_the_token() -> None:
    with pytest.raises(Problem) as refused:
        opened(token(CLAIMS | {"organization": ["c0ffee"], "env": {"ACCT_ID": "c0ffee"}}))
    assert "c0ffee" not in json.dumps(refused.value.document()) + repr(refused.value)


def test_a_session_token_is_no_embed_token() -> None:
    session = {"iss": "https://issuer.example", "sub": "u", "exp": NOW + 60, "iat": NOW}
    assert refusal(token(session)) is INVALID_TOKEN
