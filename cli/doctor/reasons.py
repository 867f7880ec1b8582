"""The verifier's reasons to refuse a token, in words. Nothing here decides whether a token is taken."""

import re
from base64 import urlsafe_b64decode
from typing import Any

from msgspec import UNSET
from msgspec.json import decode

from clerestory.problems import TOKEN_EXPIRED
from clerestory.refusals import Refused, Rule
from clerestory.token_life import LEEWAY, MAX_LIFE
from clerestory.tokens import MAX_CHARACTERS, Claims, claims_of, read
from cli.doctor.advice import ADVICE
from cli.doctor.finding import Finding, duration, shown

_MILLISECONDS = 1e11
"""A time in seconds that is larger lies after the year 5000."""
ENDS_BY = {"iat": "24 h after its iat", "exp": "by its exp"}

_WORDS: dict[Rule, tuple[str, str]] = {
    "length": (
        f"The token is malformed: it is too long, with {{characters:,}} characters, and {MAX_CHARACTERS:,} "
        "are the most.",
        "Put fewer or shorter values into env.",
    ),
    "parts": (
        "The token is malformed: it has {count}, and three separated by dots make one.",
        "Check that it was put into the URL whole, and that your program made one.",
    ),
    "form": (
        "The token is malformed: its {part} {why}.",
        "Let a JWT library make the token, and put it into the URL as it is, whole and unchanged.",
    ),
    "object": ("The token is malformed: its {part} isn't a JSON object.", "Put it into the URL unchanged."),
    "unreadable": ("The token can't be read.", "Let a JWT library make it, from plain values."),
    "algorithm": ("The token {signed}, and only HS256 is taken.", "Sign with HS256 and the embed secret."),
    "parameters": ("The token's header has {part}, which is refused.", "Only alg, typ and kid are needed."),
    "kid": ("The token's kid isn't text.", "Leave it out, or write the key's id as a string."),
    "missing": ("The token has no {part}.", "Put the {part}'s id into the payload."),
    "type": ("The token's {part} {why}.", "{advice}"),
    "undated": ("The token has neither iat nor exp.", "Set iat to the time when it is made."),
    "unissued": (
        "The token has no iat, and its exp lies {away} ahead: 24 h are the most.",
        "Set iat as well.",
    ),
    "early": (
        f"The token's {{part}} lies {{away}} ahead, where {LEEWAY} s are the most: it isn't valid yet.",
        "{advice}",
    ),
    "expired": ("The token expired {away} ago, {by}.{also}", "{advice}"),
    "value": (
        "The variable {part} has an object or a list of lists for a value.",
        "Use plain values or a list of them.",
    ),
}
_TYPES = {
    "env": ("isn't an object", "Map the variables' names to their values."),
    **dict.fromkeys(("iat", "nbf", "exp"), ("isn't a number", "Write it in seconds since 1970, UTC.")),
}
_ID = ("is neither text nor a whole number", "Write the id as text.")
_SPELLINGS = (
    (r"", "is empty"),
    (r".*=.*", "has padding (=), which a token leaves out"),
    (r".*[+/ ].*", "is base64, not base64url: it needs - and _ for + and /"),
    (r".*[^\w-].*", "holds characters that base64url has not"),
    (r".{43}", "ends in a character that none of HS256 ends in"),
    (r"[0-9a-f]{64}", "has 64 characters, as hexadecimal makes, where HS256 makes 43"),
    (r".*", "has {} characters, where HS256 makes 43"),
)
"""Of a part of a token that isn't as it should be: the first that fits it."""


def reason_finding(refused: Refused, token: str = "", now: float = 0) -> Finding:
    """`now` is in seconds since 1970. A value's reason needs neither that nor the token."""
    details = {"part": shown(refused.part), "characters": len(token)} | _details(refused, token, now)
    text, advice = (words.format(**details) for words in _WORDS[refused.rule])
    return Finding("cause", text, advice, refused.kind.code)


def clock_advice(moment: float) -> str:
    """To whoever set a token's time ahead."""
    if moment > _MILLISECONDS:
        return "It looks like milliseconds: divide by 1000."
    return "Set the clock of the program that makes the tokens, and use UTC."


def _details(refused: Refused, token: str, now: float) -> dict[str, Any]:
    parts = token.split(".")
    match refused.rule:
        case "parts":
            return {"count": "1 part" if len(parts) == 1 else f"{len(parts)} parts"}
        case "form":
            part = parts[("header", "payload", "signature").index(refused.part)]
            why = next(why for form, why in _SPELLINGS if re.fullmatch(form, part, re.ASCII | re.DOTALL))
            return {"why": why.format(len(part))}
        case "algorithm":
            algorithm = decode(urlsafe_b64decode(parts[0] + "==")).get("alg")
            return {
                "signed": "names no algorithm" if algorithm is None else f"is signed with {shown(algorithm)}"
            }
        case "type":
            return dict(zip(("why", "advice"), _TYPES.get(refused.part, _ID), strict=True))
        case "unissued" | "early" | "expired":
            return _times(claims_of(read(token)), refused.part, now)
    return {}


def _times(claims: Claims, part: str, now: float) -> dict[str, str]:
    moment: float = getattr(claims, part)
    if moment > now:
        return {"away": duration(moment - now), "advice": clock_advice(moment)}
    end = moment + (MAX_LIFE if part == "iat" else 0)
    details = {"away": duration(now - end), "by": ENDS_BY[part], "also": ""}
    if claims.iat is not UNSET and claims.exp is not UNSET and claims.exp <= claims.iat:
        also = " Its exp isn't after its iat."
        return details | {"also": also, "advice": "Add its life to the time, in seconds of UTC."}
    return details | {"advice": ADVICE[TOKEN_EXPIRED]}
