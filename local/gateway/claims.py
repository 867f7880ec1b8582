"""A session token's claims as API Gateway writes them into an event: all of them text, as Go prints what
it read of the JSON."""

import json
from typing import Any


class _Number(str):
    """Kept as it was spelt, so that none is rounded."""


def written_claims(payload: bytes) -> dict[str, str]:
    """The claims in a token's payload. One that is null is missing. Raises ValueError where the payload is
    no JSON object."""
    claims = json.loads(payload, parse_int=_Number, parse_float=_Number, parse_constant=_not_json)
    if not isinstance(claims, dict):
        raise ValueError("a token's payload is an object")
    return {_text(name): _written(claim) for name, claim in claims.items() if claim is not None}


def _written(claim: Any) -> str:
    match claim:
        case None:
            return "<nil>"
        case bool():
            return str(claim).lower()
        case list():
            return f"[{' '.join(map(_written, claim))}]"
        case dict():
            named = (f"{_text(name)}:{_written(claim[name])}" for name in sorted(claim))
            return f"map[{' '.join(named)}]"
        case _:
            return _text(claim)


def _text(read: str) -> str:
    """Half of a surrogate pair is no character; Go reads it as U+FFFD."""
    return read.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _not_json(constant: str) -> float:
    raise ValueError(f"JSON has no {constant}")
