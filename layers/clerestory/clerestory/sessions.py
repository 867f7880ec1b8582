"""The visitor's session: the claims that API Gateway's JWT authorizer has verified.

The authorizer passes claims on as text, a list as `[a b]`; SAM CLI and tests pass real lists. Both
are read. A list's element that holds a space can't be told from two elements in the text form, so
claims that fill locked variables must not let users choose such values.
"""

import re
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from clerestory.dashboards import Catalog, Organization, Scalar
from clerestory.problems import NO_SESSION, Problem

_LIST_AS_TEXT = re.compile(r"\[(.*)\]", re.DOTALL)


class SessionRules(Struct, frozen=True):
    """Which claims say what. `default_organization` is that of sessions which name none; where it
    is empty, the pack's only organization, if it has just one."""

    organization_claim: str = "custom:organization"
    groups_claim: str = "cognito:groups"
    owners_group: str = "owners"
    default_organization: str = ""


class Session(Struct, frozen=True):
    claims: Mapping[str, Any]

    @property
    def subject(self) -> str | None:
        """Who the visitor is, at the issuer."""
        return self.text("sub")

    def values(self, claim: str) -> tuple[Scalar, ...]:
        """A claim's values, of which there are none where it is missing or empty."""
        value = self.claims.get(claim)
        if isinstance(value, str):
            listed = _LIST_AS_TEXT.fullmatch(value)
            value = listed[1].replace(",", " ").split() if listed else [value]
        values = value if isinstance(value, list | tuple) else [value]
        return tuple(each for each in values if isinstance(each, str | int | float | bool) and each != "")

    def text(self, claim: str) -> str | None:
        """A claim's only value as text, or None."""
        values = self.values(claim)
        return str(values[0]) if len(values) == 1 else None


def session_of(event: Mapping[str, Any]) -> Session:
    """The session of an HTTP API event (payload format 2.0). No claims, no session: a route that
    lost its authorizer by mistake stays closed."""
    claims: Any = event
    for step in ("requestContext", "authorizer", "jwt", "claims"):
        claims = claims.get(step) if isinstance(claims, Mapping) else None
    if not isinstance(claims, Mapping) or not claims:
        raise Problem(NO_SESSION)
    return Session(claims)


def organization_of(session: Session, catalog: Catalog, rules: SessionRules) -> Organization | None:
    """The organization that the session belongs to; None where it names one that isn't here."""
    if rules.organization_claim in session.claims:
        named = session.text(rules.organization_claim)
        return catalog.organization(named) if named else None
    if rules.default_organization:
        return catalog.organization(rules.default_organization)
    return catalog.organizations[0] if len(catalog.organizations) == 1 else None


def owns(session: Session, organization: Organization, catalog: Catalog, rules: SessionRules) -> bool:
    """Whether the session is an owner of that very organization, which it must name itself."""
    named = session.text(rules.organization_claim)
    return (
        rules.owners_group in session.values(rules.groups_claim)
        and named is not None
        and catalog.organization(named) == organization
    )
