"""One request of an iframe: from a token to the state of its results.

The order is fixed. Form and signature come first and cost no I/O where the keyset is in memory; then one
consistent read of the table, which says whether the signature still counts; then what the token claims; only
then may anything be recorded, counted or run. What fails before the token is vouched for gets one and the
same refusal, after the same work whether or not there is such an organization.
"""

from collections.abc import Callable
from typing import Protocol

from msgspec import Struct

from clerestory.catalog import Catalog
from clerestory.dashboards import Dashboard, Organization, Value, definition_version
from clerestory.problems import (
    INVALID_TOKEN,
    OTHER_DASHBOARD,
    REVOKED,
    RUN_FAILED,
    UNKNOWN_DASHBOARD,
    Problem,
)
from clerestory.records import Record, Run, Standing, first_run
from clerestory.secret.keyset import Key, Keyset
from clerestory.tokens import Token, UnknownKey, Unverified, accept, read, verify_signature
from clerestory.variables import token_env

NOBODY = Organization(0, "", sources={})
"""Stands for every organization that isn't there: no definition has its id, and its keyset is nobody's."""


class VerifyingKeysets(Protocol):
    def current(self, organization: Organization) -> Keyset: ...
    def newer(self, organization: Organization) -> Keyset: ...
    def of_epoch(self, organization: Organization, floor: int) -> Keyset | None: ...


class Records(Protocol):
    def standing(
        self, token: Unverified, organization: str, dashboard: str | None, now: float
    ) -> Standing: ...
    def open(self, record: Record, now: float) -> bool: ...
    def take_over(self, record: Record, version: str, now: float) -> Record | None: ...
    def release(self, token: str, fence: int, retry_at: int) -> bool: ...


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


class Verified(Struct, frozen=True):
    """A token that opens a dashboard, with every variable's value, the epoch of the keyset that
    vouches for it, and the version of the dashboard's definition."""

    organization: Organization
    dashboard: Dashboard
    token: Token
    env: dict[str, Value | None]
    epoch: int
    version: str
    standing: Standing


class Embedding:
    def __init__(
        self,
        catalog: Catalog,
        keysets: VerifyingKeysets,
        records: Records,
        start_run: Callable[[Run], None],
        clock: Callable[[], float],
        count: Callable[[str], None],
    ) -> None:
        self._catalog = catalog
        self._keysets = keysets
        self._records = records
        self._start_run = start_run
        self._clock = clock
        self._count = count
        self._versions: dict[int, str] = {}

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
        standing = self._records.standing(unverified, str(organization.id), named, now)
        if standing.floor > keyset.epoch:
            keyset = self._after_reset(organization, standing.floor)
            key = _key(unverified, keyset, now)
        return Vouched(organization, dashboard, unverified, key, keyset.epoch, standing)

    def admit(self, address: Address, vouched: Vouched) -> Verified:
        """Raises the problem of the first rule that the token breaks."""
        token = accept(vouched.signed, vouched.key, self._clock())
        dashboard = _dashboard(vouched, address)
        if dashboard.embed.viewer_bound and not token.viewer:
            raise Problem(INVALID_TOKEN)
        if vouched.standing.revoked:
            raise Problem(REVOKED)
        env = token_env(dashboard, token.env)
        version = self._versions.get(dashboard.id) or definition_version(dashboard)
        self._versions[dashboard.id] = version
        return Verified(vouched.organization, dashboard, token, env, vouched.epoch, version, vouched.standing)

    def record(self, verified: Verified) -> Record | None:
        """The token's record as it stands. Raises 503 while a run that failed may not be tried again."""
        now, record = self._clock(), verified.standing.record
        if record is not None and record.state == "failed" and not record.due(verified.version, now):
            raise Problem(RUN_FAILED, retry_after=max(1, record.lease_until - int(now)))
        return record

    def advance(self, verified: Verified) -> Record | None:
        """The token's record, with a run begun where one is due; None while somebody else begins it."""
        now, record = self._clock(), self.record(verified)
        if record is None:
            begun = self._open(verified, now)
        elif record.due(verified.version, now):
            begun = self._records.take_over(record, verified.version, now)
        else:
            return record
        if begun is not None:
            self._run(verified, begun, now)
        return begun

    def redo(self, verified: Verified, record: Record) -> None:
        """Begins another run for results that are gone."""
        now = self._clock()
        taken = self._records.take_over(record, verified.version, now)
        if taken is not None:
            self._run(verified, taken, now)

    def _open(self, verified: Verified, now: float) -> Record | None:
        record = first_run(
            token=verified.token.hash,
            organization=str(verified.organization.id),
            dashboard=str(verified.dashboard.id),
            epoch=verified.epoch,
            expires_at=verified.token.ends_at,
            version=verified.version,
            now=now,
        )
        if not self._records.open(record, now):
            return None
        self._count("NewTokenEmbed")
        return record

    def _run(self, verified: Verified, record: Record, now: float) -> None:
        run = Run(
            organization=record.organization,
            dashboard=record.dashboard,
            token=record.token,
            env=dict(verified.env),
            expires_at=record.expires_at,
            version=record.version,
            fence=record.fence,
        )
        try:
            self._start_run(run)
        except Problem:
            self._records.release(record.token, record.fence, int(now) + 1)
            raise

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


def _dashboard(vouched: Vouched, address: Address) -> Dashboard:
    """The dashboard that both the URL and the token name."""
    if vouched.dashboard is None:
        same = address.dashboard == vouched.signed.dashboard
        raise Problem(UNKNOWN_DASHBOARD if same else OTHER_DASHBOARD)
    if not vouched.dashboard.named(address.dashboard):
        raise Problem(OTHER_DASHBOARD)
    return vouched.dashboard
