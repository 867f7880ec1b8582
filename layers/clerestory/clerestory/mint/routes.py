"""Mint's routes over HTTP."""

from collections.abc import Callable
from typing import Any, Protocol

from starlette.requests import Request
from starlette.responses import Response

from clerestory.answers import json_answer
from clerestory.catalog import Catalog
from clerestory.dashboards import DashboardSummary, Organization
from clerestory.json_body import json_body
from clerestory.mint.minting import EmbedRequest, Minter, mintable, settable
from clerestory.problems import REVOKED, UNKNOWN_DASHBOARD, Problem, unavailable
from clerestory.secret.keyset import Keyset, MalformedKeyset
from clerestory.session.session import Session, SessionRules, organization_of, session_of
from clerestory.web import read_request


class SigningKeysets(Protocol):
    def current(self, organization: Organization) -> Keyset: ...
    def revoked(self, organization: Organization, viewer: str) -> bool: ...


class Minting:
    """`public_base` gives the URL that embeds are served under, from the API's address."""

    def __init__(
        self,
        catalog: Catalog,
        keysets: SigningKeysets,
        rules: SessionRules,
        sensitive_kinds: tuple[str, ...],
        public_base: Callable[[str], str],
        clock: Callable[[], float],
        count: Callable[[str], None],
    ) -> None:
        self._catalog = catalog
        self._keysets = keysets
        self._rules = rules
        self._sensitive_kinds = sensitive_kinds
        self._public_base = public_base
        self._clock = clock
        self._count = count

    async def mint(self, request: Request) -> Response:
        """`POST /embeds`."""
        call = await read_request(request)
        session = session_of(call.event)
        body = json_body(call.content, EmbedRequest)
        organization = organization_of(session, self._catalog, self._rules)
        if organization is None:
            self._count("UnknownOrganization")
            raise Problem(
                UNKNOWN_DASHBOARD, "The session is of an organization that these dashboards don't have."
            )
        if self._revoked(organization, session):
            raise Problem(REVOKED, "An owner of the organization has revoked this viewer.")
        dashboard = self._catalog.dashboard(organization, str(body.dashboard))
        if dashboard is None:
            raise Problem(UNKNOWN_DASHBOARD)
        minter = Minter(self._public_base(call.address), self._sensitive_kinds)
        keyset = self._keysets.current(organization)
        try:
            minted = minter.mint(organization, dashboard, session, body, keyset, self._clock())
        except MalformedKeyset:
            raise unavailable("No embed secret may sign just now.") from None
        self._count("Minted")
        return json_answer(minted, 201)

    async def dashboards(self, request: Request) -> Response:
        """`GET /dashboards`."""
        session = session_of((await read_request(request)).event)
        organization = organization_of(session, self._catalog, self._rules)
        offered: tuple[DashboardSummary, ...] = ()
        if organization and not self._revoked(organization, session):
            offered = self._catalog.dashboards(organization)
        listed = [_listed(dashboard) for dashboard in offered if mintable(dashboard, session)]
        return json_answer({"dashboards": listed})

    def _revoked(self, organization: Organization, session: Session) -> bool:
        return session.subject is not None and self._keysets.revoked(organization, session.subject)


def _listed(dashboard: DashboardSummary) -> dict[str, Any]:
    listed: dict[str, Any] = {"id": dashboard.id, "slug": dashboard.slug, "title": dashboard.title}
    if dashboard.description is not None:
        listed["description"] = dashboard.description
    return listed | {"variables": settable(dashboard)}
