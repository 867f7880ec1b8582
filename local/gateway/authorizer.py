"""API Gateway's JWT authorizer: what it checks, and how it hands the claims on."""

import re
from collections.abc import Mapping
from typing import Any

import jwt
from jwt.utils import base64url_decode

from local.gateway.api import Authorizer
from local.gateway.claims import written_claims

# What API Gateway reads; whatever else a claim means is the functions' to judge.
_CHECKS: Any = {"require": ["exp", "iss"], "verify_aud": False, "verify_sub": False, "verify_jti": False}
_BEARER = re.compile(r"\Abearer ", re.IGNORECASE)


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
        """The claims, as the event has them, of the token that the header is, alone or after `Bearer `.
        Raises UnauthorizedError."""
        if not authorization:
            raise UnauthorizedError
        token = _BEARER.sub("", authorization)
        try:
            claims = self._verified(token, rules)
            written = written_claims(base64url_decode(token.split(".")[1]))
        except jwt.ExpiredSignatureError:
            raise UnauthorizedError("the token has expired") from None
        except jwt.ImmatureSignatureError:
            raise UnauthorizedError("the token is not valid yet") from None
        except (jwt.InvalidTokenError, KeyError, TypeError, ValueError, RecursionError):
            raise UnauthorizedError("the token is not valid") from None
        if not _for_audience(claims, rules.audience):
            raise UnauthorizedError("the token does not have a valid audience")
        return written

    def _verified(self, token: str, rules: Authorizer) -> dict[str, Any]:
        key = self._keys[jwt.get_unverified_header(token)["kid"]]
        return dict(jwt.decode(token, key, ["RS256"], issuer=rules.issuer, options=_CHECKS))


def _for_audience(claims: Mapping[str, Any], audience: tuple[str, ...]) -> bool:
    """`client_id` counts only where there is no `aud`."""
    named = claims.get("aud", claims.get("client_id"))
    return any(name in audience for name in (named if isinstance(named, list) else [named]))
