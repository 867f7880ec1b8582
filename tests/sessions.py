"""Sessions as functions get them: an event with a token, and beside it what the gateway wrote of that."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from typing import Any

from clerestory.session.session import Session, session_of
from local.gateway.claims import written_claims

ALWAYS = {"iss": "https://issuer.example", "exp": 1_795_344_600}
"""Claims without which the gateway takes no token."""


def signed_in(event: Mapping[str, Any], claims: Mapping[str, Any]) -> dict[str, Any]:
    """The event of somebody with these claims."""
    payload = json.dumps(ALWAYS | dict(claims)).encode()
    return authorized(event, f"Bearer {token_of(payload)}", written_claims(payload))


def authorized(event: Mapping[str, Any], authorization: Any, written: Any) -> dict[str, Any]:
    """The event with that header, and with those claims from the authorizer."""
    headers = event.get("headers", {}) | {"authorization": authorization}
    context = event.get("requestContext", {}) | {"authorizer": {"jwt": {"claims": written, "scopes": None}}}
    return {**event, "headers": headers, "requestContext": context}


def session_with(claims: Mapping[str, Any]) -> Session:
    """That of somebody with these claims."""
    return session_of(signed_in({}, claims))


def token_of(payload: bytes) -> str:
    """A token with that payload, whose signature only the gateway would look at."""
    return ".".join(
        urlsafe_b64encode(part).rstrip(b"=").decode() for part in (_HEADER, payload, b"signature")
    )


_HEADER = b'{"alg":"RS256","kid":"test","typ":"JWT"}'
