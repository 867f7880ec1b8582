"""The owner's routes for usage, revocations and the audit."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any, Protocol

from starlette.requests import Request
from starlette.responses import Response

from clerestory.answers import json_answer
from clerestory.audit import Actor, Entry
from clerestory.catalog import Catalog
from clerestory.dashboards import Organization
from clerestory.json_body import json_body
from clerestory.owner.marks import List, mark_of, place_of
from clerestory.owner.revocations import MAX_VIEWER, Revocation, RevocationRequest
from clerestory.owner.routes.request import MAX_LIMIT, limit_of, owned_organization
from clerestory.owner.usage import MAX_DAYS, ShardCount, usage
from clerestory.problems import INVALID_REQUEST, UNKNOWN_DASHBOARD, UNKNOWN_REVOCATION, Problem
from clerestory.secret.keyset import Keyset
from clerestory.session.session import SessionRules
from clerestory.tokens import UnknownKey, read, verify
from clerestory.web import ApiCall, read_request

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
DEFAULT_DAYS = 30


class OwnerRecords(Protocol):
    def entries(
        self, organization: int, limit: int, before: str | None
    ) -> tuple[list[Entry], str | None]: ...
    def revoke(self, organization: int, revocation: Revocation, actor: Actor) -> None: ...
    def undo(self, organization: int, revocation: Revocation, actor: Actor) -> bool: ...
    def revocations(
        self, organization: int, limit: int, after: str | None
    ) -> tuple[list[Revocation], str | None]: ...
    def counts(self, organization: int, start: date, end: date) -> Iterator[ShardCount]: ...


class OwnerLists:
    """`current_keyset` gives the keyset that signs, in which a reset counts."""

    def __init__(
        self,
        catalog: Catalog,
        rules: SessionRules,
        records: OwnerRecords,
        current_keyset: Callable[[Organization], Keyset],
        clock: Callable[[], float],
    ) -> None:
        self._catalog = catalog
        self._rules = rules
        self._records = records
        self._current_keyset = current_keyset
        self._clock = clock

    async def usage(self, request: Request) -> Response:
        """`GET …/usage?from=&to=&dashboard=`: days of UTC, both included; the last 30 by default."""
        call = await read_request(request)
        organization, _ = self._owned(call)
        end = _day(call, "to") or datetime.fromtimestamp(self._clock(), UTC).date()
        start = _day(call, "from") or date.fromordinal(max(1, end.toordinal() - DEFAULT_DAYS + 1))
        if not timedelta(0) <= end - start < timedelta(days=MAX_DAYS):
            raise Problem(INVALID_REQUEST, f"from must come before to, by less than {MAX_DAYS} days.")
        only = self._dashboard_filter(call, organization)
        counts = self._records.counts(organization.id, start, end)
        return json_answer(usage(self._catalog.dashboards(organization), start, end, counts, only))

    async def revoke(self, request: Request) -> Response:
        """`POST …/revocations`."""
        call = await read_request(request)
        organization, actor = self._owned(call)
        body = json_body(call.content, RevocationRequest)
        revocation = self._revocation(organization, body, actor)
        self._records.revoke(organization.id, revocation, actor)
        return json_answer(_listed(revocation), 201)

    async def revocations(self, request: Request) -> Response:
        """`GET …/revocations`."""
        call = await read_request(request)
        organization, _ = self._owned(call)
        place = _place(call, organization, "revocations")
        revocations, end = self._records.revocations(organization.id, limit_of(call), place)
        next_mark = _mark(organization, "revocations", end)
        return json_answer({"revocations": [_listed(each) for each in revocations], "next": next_mark})

    async def undo(self, request: Request) -> Response:
        """`DELETE …/revocations/{id}`."""
        call = await read_request(request)
        organization, actor = self._owned(call)
        named = call.names["revocation"]
        revocation = next((each for each in self._all(organization) if each.id == named), None)
        if revocation is None or not self._records.undo(organization.id, revocation, actor):
            raise Problem(UNKNOWN_REVOCATION)
        return Response(status_code=204)

    async def audit(self, request: Request) -> Response:
        """`GET …/audit`, newest first."""
        call = await read_request(request)
        organization, _ = self._owned(call)
        place = _place(call, organization, "audit")
        entries, end = self._records.entries(organization.id, limit_of(call), place)
        return json_answer({"entries": entries, "next": _mark(organization, "audit", end)})

    def _owned(self, call: ApiCall) -> tuple[Organization, Actor]:
        return owned_organization(call, self._catalog, self._rules)

    def _all(self, organization: Organization) -> Iterator[Revocation]:
        mark: str | None = None
        while True:
            revocations, mark = self._records.revocations(organization.id, MAX_LIMIT, mark)
            yield from revocations
            if mark is None:
                return

    def _dashboard_filter(self, call: ApiCall, organization: Organization) -> int | None:
        named = call.query.get("dashboard")
        if named is None:
            return None
        dashboard = self._catalog.dashboard(organization, named)
        if dashboard is None:
            raise Problem(UNKNOWN_DASHBOARD)
        return dashboard.id

    def _revocation(self, organization: Organization, body: RevocationRequest, actor: Actor) -> Revocation:
        now = int(self._clock())
        if body.level == "dashboard":
            dashboard = self._catalog.dashboard(organization, str(body.dashboard))
            if dashboard is None:
                raise Problem(UNKNOWN_DASHBOARD)
            return Revocation("dashboard", str(dashboard.id), now, actor.name)
        if body.level == "viewer" and body.viewer and len(body.viewer) <= MAX_VIEWER:
            return Revocation("viewer", body.viewer, now, actor.name)
        if body.level == "token" and body.token:
            return self._token_revocation(organization, body.token, now, actor)
        raise Problem(INVALID_REQUEST, "Give one of dashboard, viewer and token.")

    def _token_revocation(self, organization: Organization, text: str, now: int, actor: Actor) -> Revocation:
        """Only a token that would be let in, now or later, can be refused; only its hash is kept, until
        it ends."""
        with _called_dead():
            unverified = read(text)
        keyset = self._current_keyset(organization)
        with _called_dead():
            token = verify(unverified, keyset, now, early=True)
            if not organization.named(token.organization):
                raise UnknownKey
        return Revocation("token", token.hash, now, actor.name, until=token.ends_at)


@contextmanager
def _called_dead() -> Iterator[None]:
    """Whatever is wrong with a token, an owner is told the same."""
    try:
        yield
    except (Problem, UnknownKey):
        raise Problem(INVALID_REQUEST, "The token is not a live one of this organization.") from None


def _listed(revocation: Revocation) -> dict[str, Any]:
    return {
        "id": revocation.id,
        "level": revocation.level,
        revocation.level: revocation.target,
        "at": revocation.at,
        "actor": revocation.actor,
        "until": revocation.until,
    }


def _day(call: ApiCall, name: str) -> date | None:
    text = call.query.get(name)
    if text is None:
        return None
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise Problem(INVALID_REQUEST, f"{name} must be a day like 2026-01-31.")


def _mark(organization: Organization, listed: List, place: str | None) -> str | None:
    return None if place is None else mark_of(organization.id, listed, place)


def _place(call: ApiCall, organization: Organization, listed: List) -> str | None:
    """Where the page before ended; None for the first."""
    mark = call.query.get("next")
    return None if mark is None else place_of(organization.id, listed, mark)
