"""The local issuer signs owners and viewers in as a real one does: by code, with PKCE."""

import base64
import hashlib
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import jwt
import pytest

from local.issuer import AUDIENCE, Issuer
from local.personas import Persona
from local.sign_in import CODE_LIFETIME, AuthorizationRequest, SignIn, SignInError, is_local
from tests.pack import Pack

VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()


def request(pack: Pack, **changes: Any) -> dict[str, Any]:
    """What a page sends the browser to the authorization endpoint with. None leaves a parameter out."""
    query = {
        "response_type": "code",
        "client_id": AUDIENCE,
        "redirect_uri": f"{pack.url}/settings/",
        "scope": "openid profile",
        "state": "a state",
        "nonce": "a nonce",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    } | changes
    return {name: value for name, value in query.items() if value is not None}


def authorize(pack: Pack, persona: str | None = "owner-airlines", **changes: Any) -> httpx.Response:
    return pack.http.get("/local/authorize", params=request(pack, persona=persona, **changes))


def answered(response: httpx.Response) -> dict[str, str]:
    """What the browser brings back to the page."""
    assert response.status_code == 303
    query = parse_qs(urlsplit(response.headers["location"]).query, strict_parsing=True)
    return {name: value for name, (value,) in query.items()}


def redeem(pack: Pack, made: str, **changes: Any) -> httpx.Response:
    form = {
        "grant_type": "authorization_code",
        "code": made,
        "redirect_uri": f"{pack.url}/settings/",
        "client_id": AUDIENCE,
        "code_verifier": VERIFIER,
    }
    return pack.http.post("/local/token", data=form | changes)


def claims(token: str) -> Any:
    return jwt.decode(token, options={"verify_signature": False})


def test_the_provider_names_its_endpoints(pack: Pack) -> None:
    answer = pack.http.get("/.well-known/openid-configuration", headers={"Origin": "https://any.example"})
    metadata = answer.json()
    assert answer.headers["access-control-allow-origin"] == "*"
    assert metadata["issuer"] == pack.url
    assert metadata["authorization_endpoint"] == f"{pack.url}/local/authorize"
    assert metadata["token_endpoint"] == f"{pack.url}/local/token"
    assert metadata["end_session_endpoint"] == f"{pack.url}/local/end-session"
    assert metadata["code_challenge_methods_supported"] == ["S256"]


def test_it_asks_who_signs_in(pack: Pack) -> None:
    page = authorize(pack, persona=None)
    names = ("Owner of airlines", "Viewer at airlines", "Owner of harbor", "Viewer at harbor")
    assert [name in page.text for name in names] == [True] * 4
    assert "form-action 'none'" in page.headers["content-security-policy"]


@pytest.mark.parametrize(("persona", "status"), [("owner-airlines", 200), ("viewer-airlines", 403)])
def test_a_code_becomes_a_session_that_the_api_takes(pack: Pack, persona: str, status: int) -> None:
    back = answered(authorize(pack, persona))
    assert (back["state"], back["iss"]) == ("a state", pack.url)
    tokens = redeem(pack, back["code"])
    assert tokens.headers["cache-control"] == "no-store"
    token = tokens.json()["id_token"]
    assert (claims(token)["nonce"], claims(token)["aud"]) == ("a nonce", AUDIENCE)
    answer = pack.http.get("/organizations/airlines/secret", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == status


def test_an_owner_of_harbor_owns_harbor_alone(pack: Pack) -> None:
    token = redeem(pack, answered(authorize(pack, "owner-harbor"))["code"]).json()["id_token"]
    headers = {"Authorization": f"Bearer {token}"}
    statuses = [
        pack.http.get(f"/organizations/{each}/secret", headers=headers).status_code
        for each in ("harbor", "airlines")
    ]
    assert statuses == [200, 403]


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"code_verifier": "w" * 43}, "invalid_grant"),
        ({"code_verifier": CHALLENGE}, "invalid_grant"),
        ({"code_verifier": ""}, "invalid_grant"),
        ({"code_verifier": "v" * 200}, "invalid_grant"),
        ({"redirect_uri": "http://127.0.0.1:1/"}, "invalid_grant"),
        ({"code": "guessed"}, "invalid_grant"),
        ({"client_id": "another"}, "invalid_client"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
    ],
)
def test_a_code_is_good_for_whoever_asked_for_it_only(
    pack: Pack, changes: dict[str, str], error: str
) -> None:
    refused = redeem(pack, answered(authorize(pack))["code"], **changes)
    assert (refused.status_code, refused.json()["error"]) == (400, error)


def test_a_code_is_used_once_and_spent_by_a_wrong_verifier(pack: Pack) -> None:
    code = answered(authorize(pack))["code"]
    assert [redeem(pack, code).status_code for _ in range(2)] == [200, 400]
    code = answered(authorize(pack))["code"]
    assert redeem(pack, code, code_verifier="w" * 43).status_code == 400
    assert redeem(pack, code).status_code == 400


def test_a_code_lives_for_a_minute() -> None:
    now = [0.0]
    somebody = Persona("somebody", "Somebody", "", {"sub": "somebody"})
    sign_in = SignIn(Issuer("http://127.0.0.1:1"), (somebody,), lambda: now[0])
    request = AuthorizationRequest("http://localhost:1/", CHALLENGE, None, None)
    form = {"grant_type": "authorization_code", "client_id": AUDIENCE, "code_verifier": VERIFIER}

    def redeemed_after(seconds: float) -> dict[str, Any]:
        (code,) = parse_qs(urlsplit(sign_in.authorized(request, "somebody")).query)["code"]
        now[0] += seconds
        return sign_in.tokens({**form, "code": code, "redirect_uri": request.redirect_uri})

    assert claims(redeemed_after(CODE_LIFETIME - 1)["id_token"])["sub"] == "somebody"
    with pytest.raises(SignInError, match="too old"):
        redeemed_after(CODE_LIFETIME)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "profile"}, "invalid_scope"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
    ],
)
def test_what_is_asked_wrongly_is_told_to_the_page(pack: Pack, changes: dict[str, Any], error: str) -> None:
    back = answered(authorize(pack, **changes))
    assert (back["error"], back["state"], "code" in back) == (error, "a state", False)


HOSTILE = [
    "https://evil.example/",
    "http://127.0.0.1.evil.example/",
    "http://127.0.0.1@evil.example/",
    "http://evil.example\\@127.0.0.1/",
    "http://127.0.0.1:8787\n.evil.example/",
    "http://127.0.0.1:x/",
    "http://127.0.0.1/#",
    "//127.0.0.1/",
    "javascript:alert(1)",
    "",
]


@pytest.mark.parametrize("url", HOSTILE)
def test_it_returns_to_pages_on_this_machine_only(pack: Pack, url: str) -> None:
    assert not is_local(url)
    refused = authorize(pack, redirect_uri=url)
    assert (refused.status_code, "location" in refused.headers) == (400, False)
    ended = pack.http.get("/local/end-session", params={"post_logout_redirect_uri": url})
    assert (ended.status_code, "location" in ended.headers) == (200, False)


def test_an_unknown_client_and_a_doubled_parameter_are_refused_here(pack: Pack) -> None:
    assert authorize(pack, client_id="another").status_code == 400
    doubled = request(pack) | {"redirect_uri": [f"{pack.url}/settings/", "https://evil.example/"]}
    refused = pack.http.get("/local/authorize", params=doubled)
    assert (refused.status_code, "location" in refused.headers) == (400, False)


def test_signing_out_returns_to_the_page(pack: Pack) -> None:
    there = f"{pack.url}/settings/"
    ended = pack.http.get("/local/end-session", params={"post_logout_redirect_uri": there})
    assert (ended.status_code, ended.headers["location"]) == (303, there)


def test_a_hostile_state_stays_text(pack: Pack) -> None:
    state = '"><script>alert(1)</script>'
    page = authorize(pack, persona=None, state=state)
    assert "<script" not in page.text
    link = unescape(page.text.split('href="?')[1].split('"')[0])
    assert parse_qs(link)["state"] == [state]


def test_a_form_that_is_none_is_refused(pack: Pack) -> None:
    for body in (b"", b"\xff\xfe", b"x" * 100_000, b"{}"):
        assert pack.http.post("/local/token", content=body).status_code == 400
