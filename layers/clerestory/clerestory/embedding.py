"""One request of an iframe: from a token to the state of its results.

The order is fixed. Form, signature and claims come first and cost no I/O; then one consistent read of
the table; only then may anything be recorded, counted or run.
"""

import hashlib
from collections.abc import Callable
from typing import Protocol

from msgspec import Struct
from msgspec.json import encode

from clerestory.dashboards import Catalog, Dashboard, Organization, Value
from clerestory.keyring import Keyset
from clerestory.problems import (
    INVALID_TOKEN,
    OTHER_DASHBOARD,
    REVOKED,
    RUN_FAILED,
    UNKNOWN_DASHBOARD,
    Problem,
)
from clerestory.records import Record, Run, Standing, first_run
from clerestory.tokens import Token, UnknownKey, Unverified, read, verify
from clerestory.variables import token_env


class KeysetSource(Protocol):
    def current(self, organization: Organization) -> Keyset: ...
    def newer(self, organization: Organization) -> Keyset | None: ...
    def of_epoch(self, organization: Organization, floor: int) -> Keyset | None: ...


class Records(Protocol):
    def standing(self, token: Token, organization: str, dashboard: str, now: float) -> Standing: ...
    def open(self, record: Record, now: float) -> bool: ...
    def take_over(self, record: Record, version: str, now: float) -> Record | None: ...
    def release(self, token: str, fence: int, retry_at: int) -> bool: ...


class Address(Struct, frozen=True):
    """What the URL names: a dashboard by id or slug, with the slug form its organization too."""

    dashboard: str
    token: str
    organization: str | None = None


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
        keysets: KeysetSource,
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

    def verify(self, address: Address) -> Verified:
        """Raises the problem of the first rule that the token breaks."""
        now = self._clock()
        unverified = read(address.token)
        organization = self._catalog.organization(unverified.organization)
        if organization is None:
            raise Problem(INVALID_TOKEN)
        token, keyset = self._token(unverified, organization, now)
        dashboard = _dashboard(organization, address, token)
        standing = self._records.standing(token, str(organization.id), str(dashboard.id), now)
        if standing.floor > keyset.epoch:
            keyset = self._verify_after_reset(unverified, organization, standing.floor, now)
        if standing.revoked:
            raise Problem(REVOKED)
        env = token_env(dashboard, token.env)
        version = self._versions.get(dashboard.id) or definition_version(dashboard)
        self._versions[dashboard.id] = version
        return Verified(organization, dashboard, token, env, keyset.epoch, version, standing)

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

    def _token(self, unverified: Unverified, organization: Organization, now: float) -> tuple[Token, Keyset]:
        keyset = self._keysets.current(organization)
        try:
            return verify(unverified, keyset, now), keyset
        except UnknownKey:
            newer = self._keysets.newer(organization)
            if newer is None:
                raise Problem(INVALID_TOKEN) from None
        return _verify_for_good(unverified, newer, now), newer

    def _verify_after_reset(
        self, unverified: Unverified, organization: Organization, floor: int, now: float
    ) -> Keyset:
        """A reset answered after this keyset was read: what only the old keys vouch for is over."""
        keyset = self._keysets.of_epoch(organization, floor)
        if keyset is None:
            raise Problem(INVALID_TOKEN)
        _verify_for_good(unverified, keyset, now)
        return keyset


def definition_version(dashboard: Dashboard) -> str:
    """Changes when anything about the dashboard does."""
    return hashlib.sha256(encode(dashboard, order="deterministic")).hexdigest()[:16]


def _verify_for_good(unverified: Unverified, keyset: Keyset, now: float) -> Token:
    try:
        return verify(unverified, keyset, now)
    except UnknownKey:
        raise Problem(INVALID_TOKEN) from None


def _dashboard(organization: Organization, address: Address, token: Token) -> Dashboard:
    """The dashboard that both the URL and the token name."""
    if address.organization is not None and not organization.named(address.organization):
        raise Problem(INVALID_TOKEN)
    dashboard = organization.dashboard(token.dashboard)
    if dashboard is None:
        raise Problem(UNKNOWN_DASHBOARD if address.dashboard == token.dashboard else OTHER_DASHBOARD)
    if not dashboard.named(address.dashboard):
        raise Problem(OTHER_DASHBOARD)
    return dashboard
