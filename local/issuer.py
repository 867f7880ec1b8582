"""The local issuer of session tokens: it stands where a real site's identity provider stands."""

import time
import uuid
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm
from msgspec import ValidationError
from msgspec.json import decode

AUDIENCE = "clerestory-local"
LIFETIME = 3600


class ClaimsError(ValueError):
    """The claims that were asked for can't be put into a token. The message says why."""


class Issuer:
    """Signs whatever claims it is asked for, with a key made when it starts."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self._key_id = str(uuid.uuid4())

    def configuration(self) -> dict[str, Any]:
        """The OpenID provider's document. `local/sign_in_pages.py` answers at its endpoints."""
        return {
            "issuer": self.url,
            "jwks_uri": f"{self.url}/.well-known/jwks.json",
            "authorization_endpoint": f"{self.url}/local/authorize",
            "token_endpoint": f"{self.url}/local/token",
            "end_session_endpoint": f"{self.url}/local/end-session",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": ["none"],
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": True,
        }

    def keys(self) -> dict[str, Any]:
        """The public key as a JSON Web Key Set."""
        public = RSAAlgorithm.to_jwk(self._key.public_key(), as_dict=True)
        return {"keys": [{**public, "kid": self._key_id, "alg": "RS256", "use": "sig"}]}

    def token(self, claims: dict[str, Any]) -> str:
        """A session token for an hour with these claims. Raises ClaimsError."""
        now = int(time.time())
        defaults = {"iss": self.url, "aud": AUDIENCE, "sub": "visitor", "iat": now, "exp": now + LIFETIME}
        try:
            return jwt.encode({**defaults, **claims}, self._key, "RS256", {"kid": self._key_id})
        except (TypeError, ValueError) as error:
            raise ClaimsError(str(error)) from error


def read_claims(body: bytes) -> dict[str, Any]:
    """The claims in a request's body. Raises ClaimsError."""
    try:
        return decode(body, type=dict[str, Any])
    except ValidationError:
        raise ClaimsError("The body must be a JSON object of claims.") from None
    except (ValueError, RecursionError):
        raise ClaimsError("The body isn't JSON.") from None
