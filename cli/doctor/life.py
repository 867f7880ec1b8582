"""A token's life at a given time: when it ends or why it isn't valid now, and clocks that disagree."""

import math
from collections.abc import Iterator

from msgspec import UNSET

from clerestory.refusals import Refused
from clerestory.token_life import LEEWAY, MAX_LIFE
from clerestory.tokens import Claims, end_of_life
from cli.doctor.finding import Finding, Words, duration
from cli.doctor.reasons import reason_finding

_MILLISECONDS = 1e11
"""A time in seconds that is larger lies after the year 5000."""
_WHY = {"iat": "24 h after its iat", "exp": "by its exp"}


def life_findings(claims: Claims, now: float, token: str) -> list[Finding]:
    """`now` is in seconds since 1970."""
    try:
        end = end_of_life(claims, now)
    except Refused as refused:
        words = _words(refused, claims, now)
        return [Finding("cause", *words, refused.kind.code) if words else reason_finding(refused, token)]
    last = "iat" if claims.iat is not UNSET and end == math.ceil(claims.iat + MAX_LIFE) else "exp"
    ends = Finding("ok", f"The token ends in {duration(end - now)}, {_WHY[last]}.")
    return [*_slightly_ahead(claims, now), ends]


def _words(refused: Refused, claims: Claims, now: float) -> Words | None:
    """For the reasons that a time is a part of."""
    match refused.rule:
        case "unissued":
            ahead = duration(getattr(claims, refused.part) - now)
            text = f"The token has no iat, and its exp lies {ahead} ahead, where 24 h are the most."
            return Words(text, "Set iat as well.")
        case "early":
            moment = getattr(claims, refused.part)
            text = f"{_ahead(refused.part, moment - now)}, where {LEEWAY} s are the most: it isn't valid yet."
            return Words(text, _clock_advice(moment))
        case "expired":
            return _expired(refused.part, claims, now)
    return None


def _expired(last: str, claims: Claims, now: float) -> Words:
    end = getattr(claims, last) + (MAX_LIFE if last == "iat" else 0)
    text = f"The token expired {duration(now - end)} ago, {_WHY[last]}."
    if claims.iat is not UNSET and claims.exp is not UNSET and claims.exp <= claims.iat:
        return Words(f"{text} Its exp isn't after its iat.", "Add its life to the time, in seconds of UTC.")
    return Words(text, "Make a new token whenever the page is shown.")


def _slightly_ahead(claims: Claims, now: float) -> Iterator[Finding]:
    for name, moment in (("iat", claims.iat), ("nbf", claims.nbf)):
        if moment is not UNSET and moment > now:
            text = f"{_ahead(name, moment - now)}: it is taken, as up to {LEEWAY} s are."
            yield Finding("warning", text, _clock_advice(moment))


def _ahead(name: str, seconds: float) -> str:
    return f"The token's {name} lies {duration(seconds)} ahead"


def _clock_advice(moment: float) -> str:
    if moment > _MILLISECONDS:
        return "It looks like milliseconds: divide by 1000."
    return "Set the clock of the program that makes the tokens, and use UTC."
