"""Embed tokens for the events: none can stand in a file, for each lives for a day at most."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from clerestory.catalog import Catalog, read_catalog
from clerestory.secret.keyset import Key, Keyset
from clerestory.tokens import sign
from tests.sam.cases import Given, named_dashboard

ORGANIZATIONS = (16417, 19852)
_TIMES = ("iat", "nbf", "exp")


def known_keyset(organization: int, made_at: int) -> Keyset:
    """The keyset that the events are tried with. Its secret is no secret."""
    secret = f"known-to-everyone-and-used-in-tests-only-{organization}"
    return Keyset(1, 1, "create:test", (Key(f"test-{organization}", secret, made_at, made_at),))


def blanks(
    event: Any, given: Given, keysets: Mapping[int, Keyset], catalog: Catalog, page: Path, now: int
) -> dict[str, str]:
    """What fills the event's blanks."""
    found = {"stylesheet": json.loads((page / "manifest.json").read_bytes())["page.css"]}
    if given.token is not None:
        token = _signed(given.token, keysets, now)
        found |= {"token": token, "token-hash": hashlib.sha256(token.encode()).hexdigest()}
    name = named_dashboard(event, given)
    for organization in catalog.organizations():
        if name and (dashboard := catalog.dashboard(organization, name)):
            found["version"] = dashboard.version
    return found


def _signed(claims: dict[str, Any], keysets: Mapping[int, Keyset], now: int) -> str:
    dated = {name: now + value if name in _TIMES else value for name, value in claims.items()}
    keyset = keysets[int(claims.get("organization", ORGANIZATIONS[0]))]
    return sign({"organization": ORGANIZATIONS[0], **dated}, keyset.signing_key(now))


def catalog_in(built: Path) -> Catalog:
    return read_catalog(built / "DashboardsLayer/dashboards")
