"""The form of a token: its parts, its header, and JSON that can be read. No signature is checked."""

import json
import re
from base64 import urlsafe_b64decode
from typing import Any, NamedTuple

from clerestory.problems import INVALID_TOKEN
from clerestory.tokens import MAX_CHARACTERS, REFUSED_PARAMETERS
from cli.doctor.finding import Finding, shown

_BASE64URL = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)
_OTHER_SIGNATURES = {64: "hexadecimal or HS384", 86: "HS512", 342: "RS256"}
SIGNATURE = 43
"""Characters of 32 bytes in base64url, of which the last carries two bits."""
_LAST = "AEIMQUYcgkosw048"


class Contents(NamedTuple):
    """What a token says, of which nothing is known to be true."""

    header: dict[str, Any]
    claims: dict[str, Any]
    signature: str


class MalformedError(ValueError):
    """What is wrong with the token's form, as what `it` or a part of it is, and what to do."""

    def __init__(self, why: str, advice: str) -> None:
        super().__init__(why)
        self.finding = _cause(f"The token is malformed: {why}", advice)


def read_contents(token: str) -> Contents:
    """Raises MalformedError for the first thing that keeps the token from being read."""
    if len(token) > MAX_CHARACTERS:
        raise MalformedError(
            f"it is too long, with {len(token):,} characters, and {MAX_CHARACTERS:,} are the most.",
            "Put fewer or shorter values into env.",
        )
    parts = token.split(".")
    if len(parts) != 3:
        raise MalformedError(
            f"it has {len(parts)} part{'s' if len(parts) > 1 else ''}, and three separated by dots make one.",
            "Check that it was put into the URL whole, and that your program made one.",
        )
    return Contents(_json("header", parts[0]), _json("payload", parts[1]), parts[2])


def form_findings(contents: Contents) -> list[Finding]:
    """What is wrong with the header, and with the signature that it says is there."""
    header, found = contents.header, []
    algorithm = header.get("alg")
    if algorithm != "HS256":
        said = "names no algorithm" if algorithm is None else f"is signed with {shown(algorithm)}"
        text = f"The token {said}, and only HS256 is taken."
        found.append(_cause(text, "Sign with HS256 and the organization's embed secret."))
    else:
        found += _signature(contents.signature)
    refused = sorted(REFUSED_PARAMETERS.intersection(header))
    if refused:
        text = f"The token's header has {', '.join(refused)}, which is refused."
        found.append(_cause(text, "Leave it out: only alg, typ and kid are needed."))
    if not isinstance(header.get("kid", ""), str):
        found.append(
            _cause("The token's kid isn't text.", "Leave it out, or write the key's id as a string.")
        )
    return found


def _cause(text: str, advice: str) -> Finding:
    return Finding("cause", text, advice, INVALID_TOKEN.code)


def _signature(signature: str) -> list[Finding]:
    try:
        _check_base64url("signature", signature)
    except MalformedError as malformed:
        return [malformed.finding]
    advice = "Check that the token wasn't changed or cut off."
    if len(signature) != SIGNATURE:
        like = _OTHER_SIGNATURES.get(len(signature))
        said = f"{len(signature)} characters{f', as {like} makes' if like else ''}"
        return [MalformedError(f"its signature has {said}, where HS256 makes {SIGNATURE}.", advice).finding]
    if signature[-1] not in _LAST:
        why = "its signature ends in a character that none of HS256 ends in."
        return [MalformedError(why, advice).finding]
    return []


def _check_base64url(name: str, part: str) -> None:
    if _BASE64URL.fullmatch(part):
        return
    if not part:
        why = "is empty"
    elif "=" in part:
        why = "has padding (=), which a token leaves out"
    elif set("+/ ") & set(part):
        why = "is base64, not base64url: it needs - and _ for + and /"
    else:
        why = "holds characters that base64url has not"
    advice = "Let a JWT library make the token, and put it into the URL as it is."
    raise MalformedError(f"its {name} {why}.", advice)


def _json(name: str, part: str) -> dict[str, Any]:
    _check_base64url(name, part)
    try:
        text = urlsafe_b64decode(part + "=" * (-len(part) % 4)).decode()
        document = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        raise MalformedError(
            f"its {name} isn't a JSON object.", "Check that the token wasn't changed or cut off."
        )
    return document


def _refuse(constant: str) -> None:
    """JSON has neither NaN nor Infinity, though Python reads them."""
    raise ValueError(constant)
