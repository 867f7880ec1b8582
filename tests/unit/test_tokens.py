"""The embed token: what opens a dashboard, and all that must not."""

import base64
import hashlib
import hmac
import json
import time
import warnings
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clerestory.keyring import Key, Keyset
from clerestory.problems import INVALID_TOKEN, TOKEN_EXPIRED, TOKEN_NOT_YET_VALID, Kind, Problem
from clerestory.tokens import Token, UnknownKey, Unverified, read, sign, verify, verify_signature

NOW = 1_700_000_000
DAY = 86_400
SECRET = "an embed secret of more than 32 bytes, as text"
KEY = Key(kid="k1", secret=SECRET, created_at=0, signs_from=0)
KEYSET = Keyset(generation=1, epoch=1, last_operation="test", keys=(KEY,))
CLAIMS: dict[str, Any] = {"organization": 16417, "dashboard": 38727, "iat": NOW}


def base64url(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def jws(header: bytes, payload: bytes, secret: str = SECRET) -> str:
    """A JWS with a right signature, whatever the header says."""
    signed = f"{base64url(header)}.{base64url(payload)}"
    return f"{signed}.{base64url(hmac.digest(secret.encode(), signed.encode(), 'sha256'))}"


def token(claims: dict[str, Any] | None = None, **header: Any) -> str:
    payload = CLAIMS if claims is None else claims
    return jws(json.dumps({"alg": "HS256"} | header).encode(), json.dumps(payload).encode())


def opened(text: str, now: float = NOW, keyset: Keyset = KEYSET) -> Token:
    return verify(read(text), keyset, now)


def refusal(text: str, now: float = NOW) -> Kind:
    with pytest.raises(Problem) as refused:
        opened(text, now)
    return refused.value.kind


# What is taken

json_scalars = st.text() | st.integers(-(2**53), 2**53) | st.booleans()
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
    return Unverified(text=text, kid=None, organization=""), keyset


@pytest.mark.parametrize(("k", "text"), [RFC_7515_A_1, RFC_7520_4_4], ids=["RFC 7515 A.1", "RFC 7520 4.4"])
def test_the_signatures_of_the_rfcs_verify(k: str, text: str) -> None:
    assert verify_signature(*vector(k, text), NOW).kid == "vector"


@pytest.mark.parametrize(("k", "text"), [RFC_7515_A_1, RFC_7520_4_4], ids=["RFC 7515 A.1", "RFC 7520 4.4"])
def test_the_rfcs_payloads_under_another_signature_do_not(k: str, text: str) -> None:
    body, _, signature = text.rpartition(".")
    with pytest.raises(UnknownKey):
        verify_signature(*vector(k, f"{body}.{'A' if signature[0] != 'A' else 'B'}{signature[1:]}"), NOW)


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


@pytest.mark.parametrize("kid", [1, True, ["k1"], {"k": "k1"}, 1.5])
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
    started = time.perf_counter()
    assert refusal(jws(b'{"alg":"HS256"}', payload)) is INVALID_TOKEN
    assert refusal(jws(payload or b"{}", b'{"organization":1}')) is INVALID_TOKEN
    assert time.perf_counter() - started < 0.1


def test_refuses_json_100_000_deep() -> None:
    assert refusal(jws(b'{"alg":"HS256"}', b"[" * 100_000 + b"]" * 100_000)) is INVALID_TOKEN


def test_counts_brackets_in_values_as_text() -> None:
    assert opened(token(CLAIMS | {"env": {"A": '[{"' * 40}})).env == {"A": '[{"' * 40}


# Claims


@pytest.mark.parametrize("missing", ["organization", "dashboard"])
def test_refuses_a_token_without_organization_or_dashboard(missing: str) -> None:
    assert refusal(token({name: value for name, value in CLAIMS.items() if name != missing})) is INVALID_TOKEN


@pytest.mark.parametrize("name", [None, True, [16417], {"id": 16417}, 1.5])
def test_refuses_ids_of_another_type(name: Any) -> None:
    assert refusal(token(CLAIMS | {"organization": name})) is INVALID_TOKEN
    assert refusal(token(CLAIMS | {"dashboard": name})) is INVALID_TOKEN


@pytest.mark.parametrize("env", ["ACCT_ID=UA", ["UA"], 1, True])
def test_refuses_an_env_that_is_no_object(env: Any) -> None:
    assert refusal(token(CLAIMS | {"env": env})) is INVALID_TOKEN


def test_a_token_may_go_without_env() -> None:
    assert opened(token()).env == opened(token(CLAIMS | {"env": None})).env == {}


def dated(claim: str, value: str) -> str:
    """A token with that claim spelt exactly so."""
    others = {name: date for name, date in CLAIMS.items() if name != claim}
    return jws(b'{"alg":"HS256"}', f'{json.dumps(others)[:-1]},"{claim}":{value}}}'.encode())


NO_DATES = [f'"{NOW}"', "true", "false", "null", "[1]", "{}"]
NO_NUMBERS = ["NaN", "Infinity", "-Infinity", "1e400", "-1e400", "0x10"]


@pytest.mark.parametrize("claim", ["exp", "iat", "nbf"])
@pytest.mark.parametrize("value", NO_DATES + NO_NUMBERS)
def test_refuses_a_date_that_is_no_number(claim: str, value: str) -> None:
    assert refusal(dated(claim, value)) is INVALID_TOKEN


@pytest.mark.parametrize("exp", [NOW + DAY + 1, NOW + 2 * DAY, 1e300, 10**40])
def test_life_ends_24_hours_after_iat_however_late_exp_is(exp: float) -> None:
    assert opened(token(CLAIMS | {"exp": exp})).ends_at == NOW + DAY
    assert refusal(token(CLAIMS | {"exp": exp}), now=NOW + DAY) is TOKEN_EXPIRED


def test_exp_lowers_the_life() -> None:
    assert opened(token(CLAIMS | {"exp": NOW + 60})).ends_at == NOW + 60


@pytest.mark.parametrize("late", [0, 0.001, 1, DAY])
def test_exp_gets_no_leeway(late: float) -> None:
    assert refusal(token(CLAIMS | {"exp": NOW + 60}), now=NOW + 60 + late) is TOKEN_EXPIRED


def test_a_token_still_opens_just_before_exp() -> None:
    assert opened(token(CLAIMS | {"exp": NOW + 60}), now=NOW + 59.999)


@pytest.mark.parametrize("exp", [0, -1, -1e300, -(10**40)])
def test_an_exp_before_all_time_is_past(exp: float) -> None:
    assert refusal(token(CLAIMS | {"exp": exp})) is TOKEN_EXPIRED


@pytest.mark.parametrize("claim", ["iat", "nbf"])
def test_iat_and_nbf_get_60_seconds_of_leeway(claim: str) -> None:
    assert opened(token(CLAIMS | {claim: NOW + 60}))
    assert refusal(token(CLAIMS | {claim: NOW + 60.5})) is TOKEN_NOT_YET_VALID


@pytest.mark.parametrize("claim", ["iat", "nbf"])
def test_a_date_beyond_all_time_is_not_yet(claim: str) -> None:
    assert refusal(token(CLAIMS | {claim: 10**40})) is TOKEN_NOT_YET_VALID


def without_iat(**claims: float) -> str:
    return token({"organization": 16417, "dashboard": 38727} | claims)


def test_without_iat_exp_may_lie_24_hours_ahead() -> None:
    assert opened(without_iat(exp=NOW + DAY)).ends_at == NOW + DAY


@pytest.mark.parametrize("exp", [NOW + DAY + 0.5, NOW + DAY + 1, 10**40])
def test_without_iat_exp_may_not_lie_further_ahead(exp: float) -> None:
    assert refusal(without_iat(exp=exp)) is INVALID_TOKEN


def test_a_token_without_iat_and_exp_is_refused() -> None:
    assert refusal(without_iat(nbf=NOW)) is INVALID_TOKEN


@given(claims=st.dictionaries(st.sampled_from(["exp", "iat", "nbf"]), st.floats()))
def test_no_dates_give_a_life_beyond_24_hours_and_the_leeway(claims: dict[str, float]) -> None:
    try:
        found = opened(token(CLAIMS | claims))
    except Problem:
        return
    assert NOW < found.ends_at <= NOW + DAY + 60


# What a refusal tells


def test_a_refusal_holds_nothing_of_the_token() -> None:
    with pytest.raises(Problem) as refused:
        opened(token(CLAIMS | {"organization": ["c0ffee"], "env": {"ACCT_ID": "c0ffee"}}))
    assert "c0ffee" not in json.dumps(refused.value.document()) + repr(refused.value)


def test_a_session_token_is_no_embed_token() -> None:
    session = {"iss": "https://issuer.example", "sub": "u", "exp": NOW + 60, "iat": NOW}
    assert refusal(token(session)) is INVALID_TOKEN
