"""Publishing a changed keyset: proved, put, reconciled with whoever else wrote, and read back.

SSM has no compare-and-swap, so the version that a Put answers tells whether somebody else wrote in between;
then both changes are reconciled, and a reset wins.
"""

from collections.abc import Callable
from typing import Protocol

from msgspec import Struct
from msgspec.structs import replace

from clerestory.secret.keyset import Key, Keyset, MalformedKeyset
from clerestory.tokens import read, sign, verify_signature

LEASE = 60
"""Seconds that one change may take before another may begin."""
TRIES = 5


class LostLease(Exception):
    """This change took too long and another began: it has published nothing."""


class Unsettled(Exception):
    """Others kept writing the parameter in between, or it doesn't hold what was written."""


class Stored(Struct, frozen=True):
    """A keyset and the version of the parameter that it was read from."""

    keyset: Keyset
    version: int


class Parameters(Protocol):
    def create(self, organization: int, keyset: Keyset) -> bool: ...
    def read(self, organization: int, version: int | None = None) -> Stored | None: ...
    def version(self, organization: int) -> int | None: ...
    def put(self, organization: int, keyset: Keyset) -> int: ...


class Leases(Protocol):
    def renew(self, organization: int, fence: int, until: float) -> bool: ...


class Publishing:
    """One operation's Put, made under the lease of that fence."""

    def __init__(
        self,
        parameters: Parameters,
        leases: Leases,
        clock: Callable[[], float],
        organization: int,
        operation: str,
        fence: int,
    ) -> None:
        self._parameters = parameters
        self._leases = leases
        self._clock = clock
        self._organization = organization
        self._operation = operation
        self._fence = fence

    def publish(self, stored: Stored, change: Callable[[Keyset], Keyset]) -> Keyset:
        """What stands in Parameter Store in the end. `change` is made again upon what others wrote."""
        for _ in range(TRIES):
            changed = change(stored.keyset)
            _prove(changed)
            if not self._leases.renew(self._organization, self._fence, self._clock() + LEASE):
                raise LostLease
            version = self._parameters.put(self._organization, changed)
            overwritten = None
            if version != stored.version + 1:
                overwritten = self._parameters.read(self._organization, version - 1)
            if overwritten is None:
                return self._read_back(version, changed)
            if overwritten.keyset.last_operation == self._operation:
                return self._put_back(overwritten.keyset)  # an earlier try's, which was done
            if overwritten.keyset.epoch > changed.epoch:
                self._put_back(overwritten.keyset)
                raise LostLease  # a reset won
            stored = Stored(overwritten.keyset, version)
        raise Unsettled

    def _put_back(self, keyset: Keyset) -> Keyset:
        restored = replace(keyset, generation=keyset.generation + 1)
        return self._read_back(self._parameters.put(self._organization, restored), restored)

    def _read_back(self, version: int, changed: Keyset) -> Keyset:
        """What was published, by its own version: a plain read may still give an older one."""
        published = self._parameters.read(self._organization, version)
        if published is None or published.keyset != changed:
            raise Unsettled
        return changed


def _prove(keyset: Keyset) -> None:
    """The newest key signs what it then verifies."""
    newest: Key = keyset.keys[-1]
    token = read(sign({"organization": 0, "dashboard": 0}, newest))
    if verify_signature(token, keyset, newest.signs_from) != newest:
        raise MalformedKeyset("the new key does not verify what it signs")
