"""Which session tokens the gateway takes, and how their claims arrive."""

from contextlib import nullcontext
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from local.gateway.api import Authorizer
from local.gateway.authorizer import TokenVerifier, UnauthorizedError
from local.issuer import Issuer
from tests.local.gateway.echoed import ISSUER, event, problem, signed


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
