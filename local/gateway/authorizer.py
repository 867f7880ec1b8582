"""API Gateway's JWT authorizer: what it checks, and how it hands the claims on."""

import json
from collections.abc import Mapping
from typing import Any

import jwt

from local.gateway.api import Authorizer

# What API Gateway reads; whatever else a claim means is the functions' to judge.
_CHECKS: Any = {"require": ["exp", "iss"], "verify_aud": False, "verify_sub": False, "verify_jti": False}


class UnauthorizedError(Exception):
    """The token isn't one that the route takes. `challenge` is the answer's WWW-Authenticate."""

    def __init__(self, reason: str | None = None) -> None:
        explained = f' scope="" error="invalid_token" error_description="{reason}"'
        self.challenge = "Bearer" + (explained if reason else "")


class TokenVerifier:
    """Verifies session tokens with an issuer's JSON Web Key Set."""

    def __init__(self, keys: dict[str, Any]) -> None:
        self._keys = {key.key_id: key.key for key in jwt.PyJWKSet.from_dict(keys).keys}

    def claims(self, authorization: str | None, rules: Authorizer) -> dict[str, str]:
        """The token's claims as text. Raises UnauthorizedError."""
        if not authorization:
            raise UnauthorizedError
        token = authorization[7:] if authorization[:7].lower() == "bearer " else authorization
        claims = self._verified(token.strip(), rules)
        if not _for_audience(claims, rules.audience):
            raise UnauthorizedError("the token does not have a valid audience")
        return {name: as_text(value) for name, value in claims.items()}

    def _verified(self, token: str, rules: Authorizer) -> dict[str, Any]:
        try:
            key = self._keys[jwt.get_unverified_header(token)["kid"]]
            return dict(jwt.decode(token, key, ["RS256"], issuer=rules.issuer, options=_CHECKS))
        except jwt.ExpiredSignatureError:
            raise UnauthorizedError("the token has expired") from None
        except jwt.ImmatureSignatureError:
            raise UnauthorizedError("the token is not valid yet") from None
        except (jwt.InvalidTokenError, KeyError, TypeError, ValueError, RecursionError):
            raise UnauthorizedError("the token is not valid") from None


def _for_audience(claims: Mapping[str, Any], audience: tuple[str, ...]) -> bool:
    """`client_id` counts only where there is no `aud`."""
    named = claims.get("aud", claims.get("client_id"))
    return any(name in audience for name in (named if isinstance(named, list) else [named]))


def as_text(claim: object) -> str:
    """A claim as API Gateway writes it into the event."""
    match claim:
        case str():
            return claim
        case list():
            return f"[{' '.join(map(as_text, claim))}]"
        case _:
            return json.dumps(claim, separators=(",", ":"))
