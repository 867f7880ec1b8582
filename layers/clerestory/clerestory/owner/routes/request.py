"""What every route of the owner's begins with: whose organization it is, and who asks."""

from collections.abc import Mapping
from typing import Any

from clerestory.audit import Actor
from clerestory.catalog import Catalog
from clerestory.dashboards import Organization
from clerestory.problems import INVALID_REQUEST, NOT_OWNER, Problem
from clerestory.session.session import Session, SessionRules, owns, session_of
from clerestory.web import ApiCall

MAX_LIMIT = 500
DEFAULT_LIMIT = 50


def owned_organization(call: ApiCall, catalog: Catalog, rules: SessionRules) -> tuple[Organization, Actor]:
    """Raises the same 403 for an organization that isn't there and one that isn't the session's."""
    session = session_of(call.event)
    organization = catalog.organization(call.names["organization"])
    if organization is None or not owns(session, organization, catalog, rules):
        raise Problem(NOT_OWNER)
    return organization, Actor(name_of(session), source_address(call.event))


def name_of(session: Session) -> str:
    """Who asks, for the audit. An issuer's own claims stand in for a subject that isn't there."""
    named = (session.text(claim) for claim in ("sub", "username", "client_id"))
    return next((each for each in named if each), "unknown")


def source_address(event: Mapping[str, Any]) -> str:
    """As API Gateway saw it, never as a header claims it."""
    return str(event["requestContext"].get("http", {}).get("sourceIp", ""))


def operation_of(call: ApiCall, name: str) -> str:
    """The id of a change: the caller's `Idempotency-Key`, or one for this request alone."""
    key = call.headers.get("idempotency-key")
    if key is not None and not (0 < len(key) <= 128 and key.isascii() and key.isprintable()):
        raise Problem(INVALID_REQUEST, "Idempotency-Key must be 1 to 128 printable characters.")
    return f"{name}:{key or call.event['requestContext']['requestId']}"


def limit_of(call: ApiCall) -> int:
    text = call.query.get("limit", str(DEFAULT_LIMIT))
    if not (text.isascii() and text.isdigit() and len(text) < 7 and 1 <= int(text) <= MAX_LIMIT):
        raise Problem(INVALID_REQUEST, f"limit must be a number from 1 to {MAX_LIMIT}.")
    return int(text)
