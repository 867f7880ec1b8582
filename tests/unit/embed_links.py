"""Embeds' links, whose tokens anybody may have made, and what the doctor says of each."""

import base64
import hmac
import json
from typing import Any

from clerestory.catalog import Catalog
from clerestory.dashboards import Dashboard, Embed, Organization, Variable
from clerestory.secret.keyset import Key, Keyset
from cli.doctor.diagnosis import diagnose
from cli.doctor.finding import Finding
from cli.doctor.link import Link

NOW = 1_700_000_000
KEY = Key(kid="k1", secret="an embed secret of more than 32 bytes, as text", created_at=0, signs_from=0)
KEYSET = Keyset(generation=1, epoch=1, last_operation="test", keys=(KEY,))
VARIABLES = {
    "ACCT_ID": Variable(type="string", claim="custom:acct_id"),
    "DATES": Variable(type="date", list=True, default=("2013-01-01",), max="2013-12-31"),
}
DELAYS = Dashboard(id=38727, slug="delays", title="D", source="s", charts=(), variables=VARIABLES)
WEATHER = Dashboard(id=231, slug="weather", title="W", source="s", charts=())
BOUND = Dashboard(7, "bound", "B", "s", charts=(), embed=Embed(viewer_bound=True))
AIRLINES = Organization(id=16417, slug="airlines", sources={})
HARBOR = Organization(id=19852, slug="harbor", sources={})
CATALOG = Catalog.of((AIRLINES, (DELAYS, WEATHER, BOUND)), (HARBOR, ()))
CLAIMS: dict[str, Any] = {"organization": 16417, "dashboard": 38727, "env": {"ACCT_ID": "UA"}, "iat": NOW}
BASE = "https://embed.example.com"


def base64url(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def token(claims: Any = CLAIMS, **header: Any) -> str:
    head, payload = (json.dumps(each).encode() for each in ({"alg": "HS256"} | header, claims))
    signed = f"{base64url(head)}.{base64url(payload)}"
    return f"{signed}.{base64url(hmac.digest(KEY.secret.encode(), signed.encode(), 'sha256'))}"


def link(text: str, dashboard: str = "38727", organization: str | None = None) -> Link:
    return Link(BASE, dashboard, text, organization, 100)


def findings(text: str, catalog: Catalog | None = CATALOG, **named: str) -> list[Finding]:
    return diagnose(link(text, **named), NOW, catalog)


def causes(text: str, catalog: Catalog | None = CATALOG, **named: str) -> list[str]:
    return [each.text for each in findings(text, catalog, **named) if each.weight == "cause"]


def warnings(text: str, catalog: Catalog | None = CATALOG, **named: str) -> list[str]:
    return [each.text for each in findings(text, catalog, **named) if each.weight == "warning"]


def of(**claims: Any) -> str:
    """A token with these claims instead; None takes one out."""
    return token({name: value for name, value in (CLAIMS | claims).items() if value is not None})
