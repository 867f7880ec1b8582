"""The claims of a token: their types, and the life that they give it."""

import math
from collections.abc import Iterator
from typing import Any

from clerestory.problems import INVALID_TOKEN, TOKEN_EXPIRED, TOKEN_NOT_YET_VALID
from clerestory.token_life import LEEWAY, MAX_LIFE
from cli.doctor.finding import Finding, duration, shown

Claims = dict[str, Any]
DATES = ("iat", "nbf", "exp")
_MILLISECONDS = 1e11
"""A time in seconds that is larger lies after the year 5000."""


def claims_findings(claims: Claims, now: float) -> list[Finding]:
    types = [*_ids(claims), *_shapes(claims), *_dates(claims)]
    # What isn't a time can't be compared with the clock.
    return types or list(_life(claims, now))


def _ids(claims: Claims) -> Iterator[Finding]:
    for name in ("organization", "dashboard"):
        value = claims.get(name)
        if value is None:
            yield _malformed(f"The token has no {name}.", f"Put the {name}'s id into the payload.")
        elif not _is_text_or_whole_number(value):
            yield _malformed(
                f"The token's {name} is neither text nor a whole number.", "Use the id as it is shown."
            )


def _shapes(claims: Claims) -> Iterator[Finding]:
    env = claims.get("env")
    if env != [] and not isinstance(env, dict | None):  # PHP's empty array is an empty map, too
        yield _malformed("The token's env isn't an object.", "Map the variables' names to their values.")
    subject = claims.get("sub")
    if isinstance(subject, bool) or not isinstance(subject, str | int | None):
        yield _malformed(
            "The token's sub is neither text nor a whole number.", "Write the viewer's id as text."
        )


def _dates(claims: Claims) -> Iterator[Finding]:
    for name in DATES:
        value = claims.get(name, 0)
        if not _is_number(value) or not -math.inf < value < math.inf:
            yield _malformed(f"The token's {name} isn't a number.", "Write it in seconds since 1970, UTC.")


def _life(claims: Claims, now: float) -> Iterator[Finding]:
    issued, starts, expires = (claims.get(name) for name in DATES)
    if issued is None and expires is None:
        yield _malformed("The token has neither iat nor exp.", "Set iat to the time when it is made.")
    elif issued is None and expires is not None and expires > now + MAX_LIFE:
        ahead = duration(expires - now)
        yield _malformed(
            f"The token has no iat, and its exp lies {ahead} ahead, where 24 h are the most.",
            "Set iat as well.",
        )
    yield from _start("iat", issued, now)
    yield from _start("nbf", starts, now)
    yield from _end(issued, expires, now)


def _start(name: str, moment: float | None, now: float) -> Iterator[Finding]:
    if moment is None or moment <= now:
        return
    ahead = f"The token's {name} lies {duration(moment - now)} ahead"
    advice = "Set the clock of the program that makes the tokens, and use UTC."
    if moment > _MILLISECONDS:
        advice = "It looks like milliseconds: divide by 1000."
    if moment > now + LEEWAY:
        text = f"{ahead}, where {LEEWAY} s are the most: it isn't valid yet."
        yield Finding("cause", text, advice, TOKEN_NOT_YET_VALID.code)
    else:
        yield Finding("warning", f"{ahead}: it is taken, as up to {LEEWAY} s are.", advice)


def _end(issued: float | None, expires: float | None, now: float) -> Iterator[Finding]:
    cap = math.inf if issued is None else issued + MAX_LIFE
    end = min(cap, math.inf if expires is None else expires)
    why = "24 h after its iat" if end == cap else "by its exp"
    if end <= now:
        text = f"The token expired {duration(now - end)} ago, {why}."
        advice = "Make a new token whenever the page is shown."
        if issued is not None and expires is not None and expires <= issued:
            text, advice = (
                f"{text} Its exp isn't after its iat.",
                "Add its life to the time, in seconds of UTC.",
            )
        yield Finding("cause", text, advice, TOKEN_EXPIRED.code)
    elif end < math.inf:
        yield Finding("ok", f"The token ends in {duration(end - now)}, {why}.")


def named(value: Any) -> str:
    """An id as the server compares it. For claims that `claims_findings` has no complaint about."""
    return str(int(value) if isinstance(value, float) else value)


def shown_name(value: Any) -> str:
    return shown(named(value))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_text_or_whole_number(value: Any) -> bool:
    return isinstance(value, str) or (_is_number(value) and value % 1 == 0)


def _malformed(text: str, advice: str) -> Finding:
    return Finding("cause", text, advice, INVALID_TOKEN.code)
