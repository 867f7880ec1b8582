"""What the old vendor's customers wrote works by changing the base URL and the secret."""

import datetime
import json
import time
from typing import Any

import jwt
import pytest
import python_jwt
from jwcrypto import jwk

from tests.local.counting import embeds
from tests.local.secrets import keyset, secret
from tests.pack import Pack

PAYLOAD: dict[str, Any] = {
    "organization": 16417,
    "dashboard": 38727,
    "env": {"ACCT_ID": "UA", "DATE_RANGE": ["2013-01-01", "2013-03-31"], "USER_ID": "1"},
}


def flights(pack: Pack, token: str) -> Any:
    results = pack.results(f"{pack.url}/d/38727/{token}")
    assert results.status_code == 200, results.text
    return next(chart["rows"][0][0] for chart in results.json()["charts"] if chart["title"] == "Flights")


def refusal(pack: Pack, token: str, dashboard: object = 38727) -> tuple[int, str]:
    answer = pack.http.get(f"{pack.url}/d/{dashboard}/{token}", headers={"accept": "application/json"})
    return answer.status_code, answer.json()["code"]


def signed(pack: Pack, headers: dict[str, Any] | None = None, **claims: Any) -> str:
    payload = {**PAYLOAD, "iat": int(time.time()), **claims}
    given = {name: value for name, value in payload.items() if value is not None}
    return jwt.encode(given, secret(pack), algorithm="HS256", headers=headers)


def test_the_seeds_own_program(pack: Pack) -> None:
    key = jwk.JWK.from_password(secret(pack))
    token = python_jwt.generate_jwt(PAYLOAD, key, "HS256", datetime.timedelta(days=1))
    assert flights(pack, token) > 0


def test_a_program_with_pyjwt(pack: Pack) -> None:
    assert flights(pack, signed(pack)) > 0


def test_floats_as_javascript_sends_them(pack: Pack) -> None:
    now = time.time()
    assert flights(pack, signed(pack, iat=now, nbf=now - 0.25, exp=now + 3600.75)) > 0


def test_only_an_expiry(pack: Pack) -> None:
    assert flights(pack, signed(pack, iat=None, exp=time.time() + 3600)) > 0


def test_names_in_lower_case_and_ids_as_text(pack: Pack) -> None:
    token = signed(pack, organization="16417", dashboard="38727", env={"acct_id": "HA"})
    assert flights(pack, token) == 342


def test_a_dashboard_by_slug(pack: Pack) -> None:
    assert flights(pack, signed(pack, dashboard="on-time-performance")) > 0


def test_no_env_where_none_is_needed(pack: Pack) -> None:
    token = signed(pack, dashboard=231, env=None)
    results = pack.results(f"{pack.url}/d/231/{token}")
    assert results.json()["charts"][0]["rows"]


def test_the_embed_token_form(pack: Pack) -> None:
    url = f"{pack.url}/d/airlines/on-time-performance/?embed_token={signed(pack)}"
    assert pack.http.get(url).status_code == 200


@pytest.mark.parametrize("value", [None, "", " ", [], [""], [None]])
def test_a_locked_variable_without_a_value_is_refused(pack: Pack, value: Any) -> None:
    before = embeds(pack, 16417, 38727)
    assert refusal(pack, signed(pack, env={"ACCT_ID": value})) == (422, "locked-variable-missing")
    assert refusal(pack, signed(pack, env=None)) == (422, "locked-variable-missing")
    assert embeds(pack, 16417, 38727) == before


NOW = time.time()
BROKEN: list[tuple[str, dict[str, Any], tuple[int, str]]] = [
    ("expired", {"iat": NOW - 100, "exp": NOW - 1}, (401, "token-expired")),
    ("older than a day", {"iat": NOW - 86_401, "exp": NOW + 9_999}, (401, "token-expired")),
    ("from the future", {"iat": NOW + 3_600}, (401, "token-not-yet-valid")),
    ("not before later", {"nbf": NOW + 3_600}, (401, "token-not-yet-valid")),
    ("no time at all", {"iat": None}, (401, "invalid-token")),
    ("more than a day ahead", {"iat": None, "exp": NOW + 90_000}, (401, "invalid-token")),
    ("an expiry as text", {"exp": str(NOW + 60)}, (401, "invalid-token")),
    ("no organization", {"organization": None}, (401, "invalid-token")),
    ("an unknown organization", {"organization": 1}, (401, "invalid-token")),
    ("another organization", {"organization": 19852}, (401, "invalid-token")),
    ("no dashboard", {"dashboard": None}, (401, "invalid-token")),
    ("another dashboard", {"dashboard": 231}, (403, "other-dashboard")),
    ("env as a list", {"env": ["UA"]}, (401, "invalid-token")),
    ("an object as a value", {"env": {"ACCT_ID": {"a": 1}}}, (401, "invalid-token")),
]


@pytest.mark.parametrize(
    ("claims", "expected"), [case[1:] for case in BROKEN], ids=[case[0] for case in BROKEN]
)
def test_a_broken_rule_is_refused_and_counts_nothing(
    pack: Pack, claims: dict[str, Any], expected: tuple[int, str]
) -> None:
    before = embeds(pack, 16417, 38727)
    assert refusal(pack, signed(pack, **claims)) == expected
    assert embeds(pack, 16417, 38727) == before


def test_a_dashboard_that_is_gone(pack: Pack) -> None:
    assert refusal(pack, signed(pack, dashboard=77), dashboard=77) == (404, "unknown-dashboard")


@pytest.mark.parametrize("wrong", ["", "secret", "changeme", "x" * 43])
def test_a_wrong_secret(pack: Pack, wrong: str) -> None:
    token = jwt.encode({**PAYLOAD, "iat": time.time()}, wrong or "\0", algorithm="HS256")
    assert refusal(pack, token) == (401, "invalid-token")


def test_forged_wrong_and_foreign_tokens_get_one_answer(pack: Pack) -> None:
    foreign = jwt.encode({**PAYLOAD, "iat": time.time()}, secret(pack, 19852), algorithm="HS256")
    unknown = signed(pack, organization=1)
    flipped = signed(pack)[:-20] + "A" * 20
    answers = [pack.http.get(f"{pack.url}/d/38727/{token}") for token in (foreign, unknown, flipped, "x.y.z")]
    seen = {
        (
            answer.status_code,
            answer.text,
            json.dumps({n: v for n, v in answer.headers.items() if n != "date"}),
        )
        for answer in answers
    }
    assert len(seen) == 1


def test_a_session_token_is_no_embed_token(pack: Pack) -> None:
    assert refusal(pack, pack.session(sub="ana")) == (401, "invalid-token")


def test_ours_carry_the_keys_id(pack: Pack) -> None:
    url = pack.embed_url({"dashboard": 38727})
    kids = [key["kid"] for key in keyset(pack)["keys"]]
    assert jwt.get_unverified_header(url.rsplit("/", 1)[1])["kid"] in kids


def test_the_secret_is_256_random_bits_of_printable_text(pack: Pack) -> None:
    assert len(secret(pack)) >= 43
    assert secret(pack).isascii()
    assert secret(pack) != secret(pack, 19852)
