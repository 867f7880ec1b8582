"""`python -m tests.sam.signed`: puts a token with an event's claims into each event whose token disagrees.

An event is written with its claims as API Gateway writes them; what type each had in the token is told by
how it looks. The signature is by a key that is thrown away: the gateway alone would look at it.
"""

import json
import re
import sys
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from msgspec.json import encode

from clerestory.problems import Problem
from clerestory.session.authorization import claims_in
from local.gateway.claims import written_claims
from tests.sam.cases import EVENTS, Case, cases

_LIST = re.compile(r"\[(.*)\]")
_NUMBERS = ("exp", "iat", "nbf", "auth_time")


def main() -> int:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    for case in (case for case in cases() if needs_a_token(case)):
        event = case.event
        if not carries_its_claims(event):
            token = jwt.encode(_claims(event), key, "RS256", {"kid": "thrown-away"})
            headers = event["headers"] | {"authorization": f"Bearer {token}"}
            _write(case, event | {"headers": dict(sorted(headers.items()))})
            print(case)
    return 0


def needs_a_token(case: Case) -> bool:
    """Whether the event is somebody's. One that is refused as nobody's shows what is wrong with its token."""
    return "authorizer" in case.event.get("requestContext", {}) and case.expectation.status != 401


def carries_its_claims(event: Any) -> bool:
    """Whether the gateway writes of the event's token what stands beside it."""
    try:
        claims = claims_in(event["headers"].get("authorization"))
    except Problem:
        return False
    written: dict[str, str] = event["requestContext"]["authorizer"]["jwt"]["claims"]
    return written_claims(encode(claims)) == written


def _claims(event: Any) -> dict[str, Any]:
    written = event["requestContext"]["authorizer"]["jwt"]["claims"]
    return {name: _typed(name, text) for name, text in written.items()}


def _typed(name: str, text: str) -> Any:
    listed = _LIST.fullmatch(text)
    if listed:
        return listed[1].split()
    if name in _NUMBERS:
        return int(text)
    return text == "true" if text in ("true", "false") else text


def _write(case: Case, event: Any) -> None:
    (EVENTS / f"{case}.json").write_text(
        json.dumps(event, indent=2, ensure_ascii=False) + "\n", encoding="utf-8"
    )


if __name__ == "__main__":
    sys.exit(main())
