"""Changing an organization's embed secret: the first one, a rotation, a reset.

Each can be killed at any step and run again, delivered many times, or run by many at once. One
PutParameter publishes a change; what was not published has changed nothing. An operation's id is the
same on every retry, and stands in the audit before anything is changed: what can't be written down isn't
done.
"""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Protocol

from msgspec import Struct

from clerestory.audit import Action, Actor, Audit
from clerestory.dashboards import Organization
from clerestory.secret.keyset import Keyset, MalformedKeyset, first_keyset, pending_key, reset, rotated
from clerestory.secret.publishing import LEASE, TRIES, LostLease, Parameters, Publishing, Stored

WAIT = 10
"""Seconds to wait for another change to end."""


class ChangeInProgress(Exception):
    """Another change of the same organization's secret goes on."""


class NoSecret(Exception):
    """There is no parameter, though it was made a moment ago: it was deleted, or isn't seen yet."""


class HalfDoneReset(Exception):
    """A reset was begun and not finished: it must be run again before anything else can change."""


class Floor(Struct, frozen=True):
    """The lowest epoch whose tokens are taken, and the reset that raised it."""

    epoch: int
    operation: str


class ChangeRecords(Protocol):
    def acquire(self, organization: int, owner: str, now: float, until: float) -> int | None: ...
    def renew(self, organization: int, fence: int, until: float) -> bool: ...
    def give_back(self, organization: int, fence: int) -> None: ...
    def floor(self, organization: int) -> Floor: ...
    def raise_floor(self, organization: int, floor: Floor) -> bool: ...
    def done(self, organization: int, operation: str) -> bool: ...
    def remember(self, organization: int, operation: str, now: float) -> None: ...


class _Change(Struct, frozen=True):
    organization: Organization
    operation: str
    actor: Actor

    @property
    def organization_id(self) -> int:
        return self.organization.id


class SecretChanges:
    """`sleep` takes seconds; `clock` gives epoch seconds."""

    def __init__(
        self,
        parameters: Parameters,
        records: ChangeRecords,
        audit: Audit,
        clock: Callable[[], float],
        sleep: Callable[[float], None],
    ) -> None:
        self._parameters = parameters
        self._records = records
        self._audit = audit
        self._clock = clock
        self._sleep = sleep

    def keyset_if_any(self, organization: Organization) -> Keyset | None:
        """The keyset as it stands in Parameter Store."""
        stored = self._parameters.read(organization.id)
        return None if stored is None else stored.keyset

    def floor(self, organization: Organization) -> Floor:
        """What a reset has raised, whatever Parameter Store says."""
        return self._records.floor(organization.id)

    def create(self, organization: Organization, operation: str, actor: Actor) -> bool:
        """Makes the first keyset; False where there is one. One that was deleted may have been reset:
        then the new one begins at the floor, below which nothing is taken. Else the floor is raised to
        it, which tells functions that there is a keyset where they found none."""
        floor = self._records.floor(organization.id)
        epoch = max(1, floor.epoch)
        if floor.epoch < epoch:
            self._records.raise_floor(organization.id, Floor(epoch, operation))
        created = self._parameters.create(organization.id, first_keyset(operation, self._clock(), epoch))
        if created:  # afterwards, since whether there is one isn't known before
            self._audit.write(organization.id, actor, "secret-created", operation)
        return created

    def rotate(self, organization: Organization, operation: str, actor: Actor) -> Keyset:
        """The keyset with one new key. A rotation that comes while another's key is still to sign
        finds its work done. Raises KeysetFull before anything changed."""
        change = _Change(organization, operation, actor)

        def with_new_key(keyset: Keyset) -> Keyset:
            return rotated(keyset, operation, organization.secret.grace, self._clock())

        with self._lease(change) as publishing:
            stored, floor = self._keyset_and_floor(change, self._read_or_create)
            if floor.epoch > stored.keyset.epoch:
                raise HalfDoneReset
            pending = pending_key(stored.keyset, self._clock()) is not None
            if pending or self._is_done(change, stored.keyset):
                return self._done_already(change, "rotation-found-done", stored)
            with_new_key(stored.keyset)  # raises before a rotation is written down that won't be
            self._begin(change, "secret-rotated", stored)
            keyset = publishing.publish(stored, with_new_key)
            self._remember(change, operation)
            return keyset

    def reset(self, organization: Organization, operation: str, actor: Actor) -> Keyset:
        """The keyset with only a new key. First the floor is raised, which refuses every token there
        is; a crash before the keyset is published leaves it so until this is run again."""
        change = _Change(organization, operation, actor)
        with self._lease(change) as publishing:
            stored, floor = self._keyset_and_floor(change, self._read_or_nothing)
            half_done = floor.epoch > stored.keyset.epoch
            if stored.keyset.keys and not half_done and self._is_done(change, stored.keyset):
                return self._done_already(change, "reset-found-done", stored)
            self._begin(change, "secret-reset", stored)
            # Another's half-done reset may have a keyset already, and nobody has told us of it yet.
            epoch = floor.epoch
            if not half_done or floor.operation != operation:
                epoch = max(floor.epoch, stored.keyset.epoch) + 1
                if not self._records.raise_floor(organization.id, Floor(epoch, operation)):
                    raise LostLease
            keyset = publishing.publish(stored, lambda keyset: reset(keyset, operation, epoch, self._clock()))
            self._remember(change, operation)
            return keyset

    def _keyset_and_floor(self, change: _Change, read: Callable[[_Change], Stored]) -> tuple[Stored, Floor]:
        """The keyset and the floor. A keyset from before a reset that is done was read stale, and is
        read again; one that stays so was put back by somebody, and only a reset replaces it."""
        stored, floor = read(change), self.floor(change.organization)
        for _ in range(TRIES):
            if floor.epoch <= stored.keyset.epoch or not self._done(change, floor.operation):
                break
            self._pause()
            stored, floor = read(change), self.floor(change.organization)
        return stored, floor

    def _read_or_create(self, change: _Change) -> Stored:
        stored = self._parameters.read(change.organization_id)
        if stored is None:
            self.create(change.organization, change.operation, change.actor)
            stored = self._parameters.read(change.organization_id)
        if stored is None:
            raise NoSecret
        return stored

    def _read_or_nothing(self, change: _Change) -> Stored:
        """What is missing or can't be read stands for a keyset without keys, of the last epoch there
        was: functions may still hold what was there before."""
        with suppress(MalformedKeyset):
            stored = self._parameters.read(change.organization_id)
            if stored is not None:
                return stored
        floor, version = self.floor(change.organization), self._parameters.version(change.organization_id)
        return Stored(Keyset(0, max(1, floor.epoch), "", keys=()), version or 0)

    def _is_done(self, change: _Change, keyset: Keyset) -> bool:
        return keyset.last_operation == change.operation or self._done(change, change.operation)

    def _done(self, change: _Change, operation: str) -> bool:
        return self._records.done(change.organization_id, operation)

    def _done_already(self, change: _Change, action: Action, stored: Stored) -> Keyset:
        self._write_down(change, action)
        self._remember(change, change.operation)
        return stored.keyset

    def _begin(self, change: _Change, action: Action, stored: Stored) -> None:
        """What stands was done by an operation that may have been killed before it could say so; its
        own id in the keyset, by which its retry would find it done, is about to go."""
        if stored.keyset.last_operation:
            self._remember(change, stored.keyset.last_operation)
        self._write_down(change, action)

    def _write_down(self, change: _Change, action: Action) -> None:
        self._audit.write(change.organization_id, change.actor, action, change.operation)

    def _remember(self, change: _Change, operation: str) -> None:
        self._records.remember(change.organization_id, operation, self._clock())

    @contextmanager
    def _lease(self, change: _Change) -> Iterator[Publishing]:
        organization, fence = change.organization_id, self._acquire(change)
        try:
            yield Publishing(
                self._parameters, self._records, self._clock, organization, change.operation, fence
            )
        finally:
            self._records.give_back(organization, fence)

    def _acquire(self, change: _Change) -> int:
        waited = 0.0
        while True:
            now = self._clock()
            fence = self._records.acquire(change.organization_id, change.operation, now, now + LEASE)
            if fence is not None:
                return fence
            if waited >= WAIT:
                raise ChangeInProgress
            waited += self._pause()

    def _pause(self) -> float:
        seconds = random.uniform(0.05, 0.4)  # noqa: S311 (spreads retries, guards nothing)
        self._sleep(seconds)
        return seconds
