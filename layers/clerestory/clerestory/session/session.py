"""The visitor's session: the claims of the token that API Gateway's JWT authorizer has just verified.

The authorizer passes every claim on as text, in which a list can't be told from one name with a space in
it. So claims are read from the token itself, which comes with the same event, and only where it is the
one that the authorizer's claims are of.
"""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from clerestory.catalog import Catalog
from clerestory.dashboards import Organization
from clerestory.problems import NO_SESSION, ORGANIZATION_MISSING, Problem
from clerestory.session.authorization import claims_in
from clerestory.session.claims import agrees, claim_named, first_name

UNKNOWN_DEFAULT = "DEFAULT_ORGANIZATION names an organization that these dashboards don't have."


class SessionRules(Struct, frozen=True):
    """Which claims say what. `default_organization` is that of sessions which name none; where it
    is empty, the pack's only organization, if it has just one."""

    organization_claim: str = "custom:organization"
    groups_claim: str = "cognito:groups"
    owners_group: str = "owners"
    default_organization: str = ""


class Session(Struct, frozen=True):
    """`claims` are the token's, in its own types; `written` are the authorizer's, all of them text."""

    claims: Mapping[str, Any]
    written: Mapping[str, Any]

    @property
    def subject(self) -> str | None:
        """Who the visitor is, at the issuer."""
        return self.text("sub")

    def claim(self, name: str) -> Any:
        """The claim of that name or path, as the issuer wrote it. None where it is missing or null.
        Raises 401 where the authorizer verified another."""
        for each in (name, first_name(self.claims, name)):
            if not agrees(self.claims.get(each), self.written.get(each)):
                raise Problem(NO_SESSION, "The session's token is not the one that was verified.")
        return claim_named(self.claims, name)

    def text(self, name: str) -> str | None:
        """A claim that is one text or whole number, as text; None where it is anything else."""
        claim = self.claim(name)
        if isinstance(claim, int) and not isinstance(claim, bool):
            return str(claim)
        return claim if isinstance(claim, str) and claim else None

    def texts(self, name: str) -> tuple[str, ...]:
        """The texts of a claim that is a list, or the only one."""
        claim = self.claim(name)
        return tuple(
            each for each in (claim if isinstance(claim, list) else [claim]) if isinstance(each, str) and each
        )


def session_of(event: Mapping[str, Any]) -> Session:
    """The session of an HTTP API event (payload format 2.0). No claims, no session, whatever token there
    is: a route that lost its authorizer by mistake stays closed."""
    written = _inside(event, "requestContext", "authorizer", "jwt", "claims")
    if not isinstance(written, Mapping) or not written:
        raise Problem(NO_SESSION)
    session = Session(claims_in(_inside(event, "headers", "authorization")), written)
    # The gateway takes no token without the first two. A machine's may have no `sub`.
    for name, types in (("iss", str), ("exp", int | float), ("sub", str | int | None)):
        claim = session.claim(name)
        if isinstance(claim, bool) or not isinstance(claim, types):
            raise Problem(NO_SESSION)
    return session


def organization_of(session: Session, catalog: Catalog, rules: SessionRules) -> Organization | None:
    """The organization that the session belongs to; None where it names one that isn't here, or names
    none in a claim that it has. Raises 403 where it has no such claim and nothing says what that means."""
    if session.claim(rules.organization_claim) is not None:
        named = session.text(rules.organization_claim)
        return catalog.organization(named) if named else None
    if rules.default_organization:
        default = catalog.organization(rules.default_organization)
        if default is None:
            raise Problem(ORGANIZATION_MISSING, UNKNOWN_DEFAULT)
        return default
    only = catalog.only_organization()
    if only is None:
        raise Problem(ORGANIZATION_MISSING)
    return only


def default_is_unknown(catalog: Catalog, rules: SessionRules) -> bool:
    """Whether there is a default that the dashboards don't have: theirs were replaced."""
    return bool(rules.default_organization) and catalog.organization(rules.default_organization) is None


def owns(session: Session, organization: Organization, catalog: Catalog, rules: SessionRules) -> bool:
    """Whether the session is an owner of that very organization, which it must name itself."""
    named = session.text(rules.organization_claim)
    return (
        rules.owners_group in session.texts(rules.groups_claim)
        and named is not None
        and catalog.organization(named) == organization
    )


def _inside(event: Mapping[str, Any], *steps: str) -> Any:
    value: Any = event
    for step in steps:
        value = value.get(step) if isinstance(value, Mapping) else None
    return value
