"""A session's claims: how one is named, which of them users write themselves, and whether API Gateway's
text of one (payload format 2.0) is of the same value."""

import re
from collections.abc import Mapping
from typing import Any

from msgspec.json import Decoder

# What an issuer lets its users write about themselves: Auth0, Supabase and Netlify (`user_metadata`, which
# Supabase's tables spell `raw_user_meta_data`), Clerk (`unsafe_metadata`), Stytch (`untrusted_metadata`).
# The template's pattern refuses the same.
_USERS_OWN = re.compile(r"[_-]*(raw[_-]*)?(user|unsafe|untrusted)[_-]*meta[_-]*data[_-]*", re.IGNORECASE)
# The gateway leaves a null out; others that stand in its place print one of these.
_NOTHING = (None, "null", "<nil>")
_PART = re.compile(r"[A-Za-z0-9_-]+")
_number = Decoder(int | float)


def claim_named(claims: Mapping[str, Any], name: str) -> Any:
    """The claim of that very name, or at the end of that path with dots; None where there is none.
    Names with dots in them, such as URLs, may stand anywhere in a path: the longest one that is there."""
    first = first_name(claims, name)
    if first == name:
        return claims.get(name)
    inside = claims.get(first)
    return claim_named(inside, name[len(first) + 1 :]) if isinstance(inside, dict) else None


def first_name(claims: Mapping[str, Any], name: str) -> str:
    """The top-level claim that a name leads to."""
    while name not in claims and "." in name:
        name = name.rpartition(".")[0]
    return name


def users_own(name: str) -> str | None:
    """The part of a claim's name that says that users write the claim themselves."""
    parts = _PART.findall(name)
    return next((part for part in parts if _USERS_OWN.fullmatch(part)), None)


def agrees(claim: Any, written: object) -> bool:
    """Whether the gateway's text may be that of the claim. Of an object, and of a list with anything but
    text in it, nothing is asked: how the gateway writes those is written nowhere."""
    if claim is None:
        return written in _NOTHING
    if isinstance(claim, str):
        return written == claim
    if isinstance(claim, bool):
        return written == ("true" if claim else "false")
    if isinstance(claim, int | float):
        return isinstance(written, str) and _is_number(written, claim)
    if isinstance(claim, list) and all(isinstance(each, str) for each in claim):
        return written == f"[{' '.join(claim)}]"
    return True


def _is_number(text: str, number: float) -> bool:
    """As numbers: one may be spelt with an exponent."""
    try:
        return float(_number.decode(text)) == float(number)
    except (ValueError, OverflowError):
        return False
