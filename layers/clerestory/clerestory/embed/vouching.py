"""Whether an organization stands behind a token: the first half of every request of an iframe.

The order is fixed. Form and signature come first and cost no I/O where the keyset is in memory; then one
consistent read of the table, which says whether the signature still counts; then what the token claims, in
`admission`; only then may anything be recorded, counted or run, in `runs`. What fails before the token is
vouched for gets one and the same refusal, after the same work whether or not there is such an organization.
"""

from collections.abc import Callable
from typing import Protocol

from msgspec import Struct

from clerestory.catalog import Catalog
from clerestory.dashboards import Dashboard, Organization
from clerestory.problems import INVALID_TOKEN, Problem
from clerestory.records import Standing
from clerestory.secret.keyset import Key, Keyset
from clerestory.tokens import UnknownKey, Unverified, read, verify_signature

NOBODY = Organization(0, "", sources={})
"""Stands for every organization that isn't there: no definition has its id, and its keyset is nobody's."""


class VerifyingKeysets(Protocol):
    def current(self, organization: Organization) -> Keyset: ...
    def newer(self, organization: Organization) -> Keyset: ...
    def of_epoch(self, organization: Organization, floor: int) -> Keyset | None: ...


class Standings(Protocol):
    def standing(
        self, token: Unverified, organization: str, dashboard: str | None, now: float
    ) -> Standing: ...


class Address(Struct, frozen=True):
    """What the URL names: a dashboard by id or slug, with the slug form its organization too."""

    dashboard: str
    token: str
    organization: str | None = None

    def within(self, organization: Organization) -> bool:
        """Whether the URL names that organization, or none."""
        return self.organization is None or organization.named(self.organization)


class Vouched(Struct, frozen=True):
    """A token that its organization signed, by a key that still counts. `epoch` is that of the keyset
    which vouches for it; `dashboard` is the one that it names, if the organization has it."""

    organization: Organization
    dashboard: Dashboard | None
    signed: Unverified
    key: Key
    epoch: int
    standing: Standing


class Vouching:
    def __init__(
        self,
        catalog: Catalog,
        keysets: VerifyingKeysets,
        standings: Standings,
        clock: Callable[[], float],
    ) -> None:
        self._catalog = catalog
        self._keysets = keysets
        self._standings = standings
        self._clock = clock

    def vouch(self, address: Address) -> Vouched:
        """Raises the one refusal for what can't be verified. What is refused later, is refused to those
        whom the organization gave a token."""
        now = self._clock()
        unverified = read(address.token)
        organization = self._catalog.organization(unverified.organization)
        keyset, key = self._vouching(unverified, organization or NOBODY, now)
        if organization is None or not address.within(organization):
            raise Problem(INVALID_TOKEN)
        dashboard = self._catalog.dashboard(organization, unverified.dashboard)
        named = None if dashboard is None else str(dashboard.id)
        standing = self._standings.standing(unverified, str(organization.id), named, now)
        if standing.floor > keyset.epoch:
            keyset = self._after_reset(organization, standing.floor)
            key = _key(unverified, keyset, now)
        return Vouched(organization, dashboard, unverified, key, keyset.epoch, standing)

    def _vouching(self, unverified: Unverified, organization: Organization, now: float) -> tuple[Keyset, Key]:
        """The keyset that vouches for the token, and its key."""
        keyset = self._keysets.current(organization)
        try:
            return keyset, verify_signature(unverified, keyset, now)
        except UnknownKey:
            newer = self._keysets.newer(organization)
        if newer is keyset:
            raise Problem(INVALID_TOKEN)
        return newer, _key(unverified, newer, now)

    def _after_reset(self, organization: Organization, floor: int) -> Keyset:
        """A reset answered after this keyset was read: what only the old keys vouch for is over."""
        keyset = self._keysets.of_epoch(organization, floor)
        if keyset is None:
            raise Problem(INVALID_TOKEN)
        return keyset


def _key(unverified: Unverified, keyset: Keyset, now: float) -> Key:
    try:
        return verify_signature(unverified, keyset, now)
    except UnknownKey:
        raise Problem(INVALID_TOKEN) from None
