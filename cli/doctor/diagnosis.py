"""What can be told of an embed from its URL alone, at a given time: nothing is asked."""

import math
from collections.abc import Iterator

from msgspec import UNSET

from clerestory.catalog import Catalog
from clerestory.mint.minting import MAX_URL
from clerestory.refusals import Refused
from clerestory.token_life import LEEWAY, MAX_LIFE
from clerestory.tokens import Claims, claims_of, end_of_life, read
from cli.doctor.definition import definition_findings
from cli.doctor.finding import Finding, duration
from cli.doctor.link import Link
from cli.doctor.reasons import ENDS_BY, clock_advice, reason_finding


def diagnose(link: Link, now: float, catalog: Catalog | None) -> list[Finding]:
    """Everything but the signature, which only the server can check. By the verifier's own reasons, which
    it keeps from everybody else. `now` is in seconds since 1970."""
    findings = list(_length(link))
    try:
        token = read(link.token)
        claims = claims_of(token)
        end = end_of_life(claims, now)
    except Refused as refused:
        return [*findings, reason_finding(refused, link.token, now)]
    return [*findings, *_life(claims, end, now), *definition_findings(link, token, claims, catalog)]


def _length(link: Link) -> Iterator[Finding]:
    if link.characters > MAX_URL:
        text = (
            f"The URL is too long for some browsers: {link.characters:,} characters; they take {MAX_URL:,}."
        )
        yield Finding("warning", text, "Put fewer or shorter values into env.")


def _life(claims: Claims, end: int, now: float) -> Iterator[Finding]:
    for name, moment in (("iat", claims.iat), ("nbf", claims.nbf)):
        if moment is not UNSET and moment > now:
            ahead = f"The token's {name} lies {duration(moment - now)} ahead"
            yield Finding("warning", f"{ahead}: it is taken, as up to {LEEWAY} s are.", clock_advice(moment))
    last = "iat" if claims.iat is not UNSET and end == math.ceil(claims.iat + MAX_LIFE) else "exp"
    yield Finding("ok", f"The token ends in {duration(end - now)}, {ENDS_BY[last]}.")
