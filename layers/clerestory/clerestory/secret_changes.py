"""Changing an organization's embed secret: the first one, a rotation, a reset.

Each can be killed at any step and run again, delivered many times, or run by many at once. One
PutParameter publishes a change; what was not published has changed nothing. An operation's id is the
same on every retry, and stands in the audit before anything is changed: what can't be written down isn't
done. SSM has no compare-and-swap, so the version that a Put answers tells whether
somebody else wrote in between; then both changes are reconciled, and a reset wins.
"""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

from msgspec import Struct
from msgspec.structs import replace

from clerestory.audit import Action, Actor, Audit
from clerestory.dashboards import Organization
from clerestory.keyring import (
    Key,
    Keyset,
    MalformedKeyset,
    first_keyset,
    pending_key,
    reset,
    rotated,
)
from clerestory.tokens import read, sign, verify_signature

LEASE = 60
"""Seconds that one change may take before another may begin."""
WAIT = 10
"""Seconds to wait for another change to end."""
_TRIES = 5


class ChangeInProgress(Exception):
    """Another change of the same organization's secret goes on."""


class HalfDoneReset(Exception):
    """A reset was begun and not finished: it must be run again before anything else can change."""


class LostLease(Exception):
    """This change took too long and another began: it has published nothing."""


class Unsettled(Exception):
    """Others kept writing the parameter in between."""


class Stored(Struct, frozen=True):
    """A keyset and the version of the parameter that it was read from."""

    keyset: Keyset
    version: int


class Floor(Struct, frozen=True):
    """The lowest epoch whose tokens are taken, and the reset that raised it."""

    epoch: int
    operation: str


class Parameters(Protocol):
    def create(self, organization: int, keyset: Keyset) -> bool: ...
    def read(self, organization: int, version: int | None = None) -> Stored | None: ...
    def put(self, organization: int, keyset: Keyset) -> int: ...


class ChangeRecords(Protocol):
    def acquire(self, organization: int, owner: str, now: float, until: float) -> int | None: ...
    def renew(self, organization: int, fence: int, until: float) -> bool: ...
    def give_back(self, organization: int, fence: int) -> None: ...
    def floor(self, organization: int) -> Floor: ...
    def raise_floor(self, organization: int, floor: Floor) -> bool: ...
    def done(self, organization: int, operation: str) -> bool: ...
    def remember(self, organization: int, operation: str, now: float) -> None: ...


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

    def create(self, organization: Organization, operation: str, actor: Actor) -> bool:
        """Makes the first keyset; False where there is one. One that was deleted may have been reset:
        then the new one begins at the floor, below which nothing is taken."""
        epoch = max(1, self._records.floor(organization.id).epoch)
        created = self._parameters.create(organization.id, first_keyset(operation, self._clock(), epoch))
        if created:  # afterwards, since whether there is one isn't known before
            self._audit.write(organization.id, actor, "secret-created", operation)
        return created

    def keyset(self, organization: Organization) -> Keyset:
        """The keyset as it stands in Parameter Store."""
        stored = self._parameters.read(organization.id)
        if stored is None:
            raise Unsettled
        return stored.keyset

    def rotate(self, organization: Organization, operation: str, actor: Actor) -> Keyset:
        """The keyset with one new key. A rotation that comes while another's key is still to sign
        finds its work done. Raises KeysetFull before anything changed."""
        with self._lease(organization, operation) as fence:
            stored, floor = self._standing(organization, operation, actor)
            if floor.epoch > stored.keyset.epoch:
                raise HalfDoneReset
            if self._is_done(organization, stored.keyset, operation):
                return self._found_done(organization, operation, actor, "rotation-found-done", stored)
            if pending_key(stored.keyset, self._clock()) is not None:
                self._records.remember(organization.id, operation, self._clock())
                return self._found_done(organization, operation, actor, "rotation-found-done", stored)
            self._audit.write(organization.id, actor, "secret-rotated", operation)
            keyset = self._publish(
                organization,
                fence,
                operation,
                stored,
                lambda found: rotated(found, operation, organization.secret.grace, self._clock()),
            )
            self._records.remember(organization.id, operation, self._clock())
            return keyset

    def reset(self, organization: Organization, operation: str, actor: Actor) -> Keyset:
        """The keyset with only a new key. First the floor is raised, which refuses every token there
        is; a crash before the keyset is published leaves it so until this is run again."""
        with self._lease(organization, operation) as fence:
            stored, floor = self._standing(organization, operation, actor)
            half_done = floor.epoch > stored.keyset.epoch
            if not half_done and self._is_done(organization, stored.keyset, operation):
                return self._found_done(organization, operation, actor, "reset-found-done", stored)
            self._audit.write(organization.id, actor, "secret-reset", operation)
            epoch = floor.epoch
            # Of another reset that is half done there may be a keyset, which nobody has told us of yet.
            if not half_done or floor.operation != operation:
                epoch = max(floor.epoch, stored.keyset.epoch) + 1
                if not self._records.raise_floor(organization.id, Floor(epoch, operation)):
                    raise LostLease
            keyset = self._publish(
                organization,
                fence,
                operation,
                stored,
                lambda found: reset(found, operation, epoch, self._clock()),
            )
            self._records.remember(organization.id, operation, self._clock())
            return keyset

    def _standing(self, organization: Organization, operation: str, actor: Actor) -> tuple[Stored, Floor]:
        """The keyset and the floor. A keyset from before a reset that is done was read stale."""
        for _ in range(_TRIES):
            stored = self._read_or_create(organization, operation, actor)
            floor = self._records.floor(organization.id)
            if floor.epoch <= stored.keyset.epoch or not self._records.done(organization.id, floor.operation):
                return stored, floor
            self._sleep(random.uniform(0.05, 0.4))  # noqa: S311 (spreads retries, guards nothing)
        raise Unsettled

    def _read_or_create(self, organization: Organization, operation: str, actor: Actor) -> Stored:
        stored = self._parameters.read(organization.id)
        if stored is None:
            self.create(organization, operation, actor)
            stored = self._parameters.read(organization.id)
        if stored is None:
            raise Unsettled
        return stored

    def _is_done(self, organization: Organization, keyset: Keyset, operation: str) -> bool:
        return keyset.last_operation == operation or self._records.done(organization.id, operation)

    def _found_done(
        self, organization: Organization, operation: str, actor: Actor, action: Action, stored: Stored
    ) -> Keyset:
        self._audit.write(organization.id, actor, action, operation)
        return stored.keyset

    def _publish(
        self,
        organization: Organization,
        fence: int,
        operation: str,
        stored: Stored,
        change: Callable[[Keyset], Keyset],
    ) -> Keyset:
        for _ in range(_TRIES):
            changed = change(stored.keyset)
            _prove(changed)
            if not self._records.renew(organization.id, fence, self._clock() + LEASE):
                raise LostLease
            version = self._parameters.put(organization.id, changed)
            overwritten = None
            if version != stored.version + 1:
                overwritten = self._parameters.read(organization.id, version - 1)
            if overwritten is None:
                return self._read_back(organization, version, changed)
            if overwritten.keyset.last_operation == operation:
                return self._put_back(organization, overwritten.keyset)  # an earlier try's, which was done
            if overwritten.keyset.epoch > changed.epoch:
                self._put_back(organization, overwritten.keyset)
                raise LostLease  # a reset won
            stored = Stored(overwritten.keyset, version)
        raise Unsettled

    def _put_back(self, organization: Organization, keyset: Keyset) -> Keyset:
        restored = replace(keyset, generation=keyset.generation + 1)
        return self._read_back(organization, self._parameters.put(organization.id, restored), restored)

    def _read_back(self, organization: Organization, version: int, changed: Keyset) -> Keyset:
        """What was published, by its own version: a plain read may still give an older one."""
        published = self._parameters.read(organization.id, version)
        if published is None or published.keyset != changed:
            raise Unsettled
        return changed

    @contextmanager
    def _lease(self, organization: Organization, owner: str) -> Iterator[int]:
        fence = self._acquire(organization, owner)
        try:
            yield fence
        finally:
            self._records.give_back(organization.id, fence)

    def _acquire(self, organization: Organization, owner: str) -> int:
        waited = 0.0
        while True:
            now = self._clock()
            fence = self._records.acquire(organization.id, owner, now, now + LEASE)
            if fence is not None:
                return fence
            if waited >= WAIT:
                raise ChangeInProgress
            pause = random.uniform(0.05, 0.4)  # noqa: S311 (spreads retries, guards nothing)
            self._sleep(pause)
            waited += pause


def _prove(keyset: Keyset) -> None:
    """The newest key signs what it then verifies."""
    newest: Key = keyset.keys[-1]
    token = read(sign({"organization": 0, "dashboard": 0}, newest))
    if verify_signature(token, keyset, newest.signs_from) != newest:
        raise MalformedKeyset("the new key does not verify what it signs")
