"""In which order a token that is vouched for is refused: of two faults, the earlier rule names it."""

from typing import Any, Literal

import pytest

from clerestory.dashboards import Dashboard, Embed, Organization, Variable
from clerestory.embed.admission import Verified, admit
from clerestory.embed.vouching import Address, Vouched
from clerestory.problems import (
    INVALID_TOKEN,
    LOCKED_VARIABLE_MISSING,
    OTHER_DASHBOARD,
    REVOKED,
    TOKEN_EXPIRED,
    UNKNOWN_DASHBOARD,
    Kind,
    Problem,
)
from clerestory.records import Standing
from clerestory.secret.keyset import first_keyset
from clerestory.tokens import read, sign

NOW = 1_760_000_000
DAY = 86_400
LOCKED = {"ACCT_ID": Variable(type="string", claim="custom:acct_id")}
BOUND = Dashboard(7, "bound", "Bound", "s", charts=(), variables=LOCKED, embed=Embed(viewer_bound=True))
AIRLINES = Organization(16417, "airlines", sources={})
KEY = first_keyset("key", 0).keys[0]

SOUND: dict[str, Any] = {
    "organization": 16417,
    "dashboard": 7,
    "env": {"ACCT_ID": "UA"},
    "iat": NOW,
    "sub": "ana",
}
EXPIRED = {"iat": NOW - DAY}
GONE = {"dashboard": 99}
NOBODYS = {"sub": None}
WITHOUT_TENANT: dict[str, Any] = {"env": {}}


def admitted(
    claims: dict[str, Any], *, url: str = "7", revoked: Literal["dashboard"] | None = None
) -> Verified:
    text = sign(SOUND | claims, KEY)
    signed = read(text)
    dashboard = BOUND if BOUND.named(signed.dashboard) else None
    standing = Standing(record=None, floor=1, revoked=revoked)
    vouched = Vouched(AIRLINES, dashboard, signed, KEY, 1, standing)
    return admit(Address(url, text), vouched, NOW)


def test_a_sound_token_opens_its_dashboard_with_its_values() -> None:
    verified = admitted({})
    assert (verified.dashboard, verified.env, verified.epoch) == (BOUND, {"ACCT_ID": "UA"}, 1)
    assert verified.version == BOUND.version
    assert verified.token.ends_at == NOW + DAY


@pytest.mark.parametrize(
    ("claims", "url", "revoked", "kind"),
    [
        (EXPIRED | NOBODYS | WITHOUT_TENANT, "8", "dashboard", TOKEN_EXPIRED),
        (EXPIRED | GONE, "99", None, TOKEN_EXPIRED),
        (GONE | NOBODYS | WITHOUT_TENANT, "99", "dashboard", UNKNOWN_DASHBOARD),
        (GONE | NOBODYS | WITHOUT_TENANT, "7", "dashboard", OTHER_DASHBOARD),
        (NOBODYS | WITHOUT_TENANT, "8", "dashboard", OTHER_DASHBOARD),
        (NOBODYS | WITHOUT_TENANT, "7", "dashboard", INVALID_TOKEN),
        (WITHOUT_TENANT, "7", "dashboard", REVOKED),
        (WITHOUT_TENANT, "7", None, LOCKED_VARIABLE_MISSING),
    ],
)
def test_life_then_dashboard_then_viewer_then_revocation_then_variables(
    claims: dict[str, Any], url: str, revoked: Literal["dashboard"] | None, kind: Kind
) -> None:
    with pytest.raises(Problem) as refused:
        admitted(claims, url=url, revoked=revoked)
    assert refused.value.kind is kind
