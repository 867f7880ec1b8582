"""What is wrong with a token's form, where the verifier found it wrong: which part of it, and how.

Nothing here decides whether a token is taken."""

import json
import re
from base64 import urlsafe_b64decode
from typing import Any

from cli.doctor.finding import Words, shown

_BASE64URL = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)
_OTHER_SIGNATURES = {64: "hexadecimal or HS384", 86: "HS512", 342: "RS256"}
SIGNATURE = 43
"""Characters of 32 bytes in base64url."""
_UNCHANGED = "Check that the token wasn't changed or cut off."


def form_words(token: str) -> Words:
    """The first part that isn't as it should be. Another algorithm makes another signature, so that is
    looked at before."""
    parts = token.split(".")
    if len(parts) != 3:
        return Words(
            f"The token is malformed: it has {len(parts)} part{'s' if len(parts) > 1 else ''}, and three "
            "separated by dots make one.",
            "Check that it was put into the URL whole, and that your program made one.",
        )
    for name, part in zip(("header", "payload"), parts, strict=False):
        if not _BASE64URL.fullmatch(part):
            return _not_base64url(name, part)
        if _object(part) is None:
            return object_words(name)
    if header_of(token).get("alg") != "HS256":
        return algorithm_words(token)
    return _signature_words(parts[2])


def object_words(name: str) -> Words:
    return Words(f"The token is malformed: its {name} isn't a JSON object.", _UNCHANGED)


def algorithm_words(token: str) -> Words:
    algorithm = header_of(token).get("alg")
    signed = "names no algorithm" if algorithm is None else f"is signed with {shown(algorithm)}"
    return Words(
        f"The token {signed}, and only HS256 is taken.",
        "Sign with HS256 and the organization's embed secret.",
    )


def header_of(token: str) -> dict[str, Any]:
    return _object(token.partition(".")[0]) or {}


def _object(part: str) -> dict[str, Any] | None:
    try:
        document = json.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None


def _signature_words(signature: str) -> Words:
    if not _BASE64URL.fullmatch(signature):
        return _not_base64url("signature", signature)
    if len(signature) == SIGNATURE:
        why = "ends in a character that none of HS256 ends in"
    else:
        like = _OTHER_SIGNATURES.get(len(signature))
        makers = f", as {like} makes" if like else ""
        why = f"has {len(signature)} characters{makers}, where HS256 makes {SIGNATURE}"
    return Words(f"The token is malformed: its signature {why}.", _UNCHANGED)


def _not_base64url(name: str, part: str) -> Words:
    if not part:
        why = "is empty"
    elif "=" in part:
        why = "has padding (=), which a token leaves out"
    elif set("+/ ") & set(part):
        why = "is base64, not base64url: it needs - and _ for + and /"
    else:
        why = "holds characters that base64url has not"
    return Words(
        f"The token is malformed: its {name} {why}.",
        "Let a JWT library make the token, and put it into the URL as it is.",
    )
