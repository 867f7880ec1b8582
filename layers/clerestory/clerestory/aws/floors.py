"""The floor of an organization, as functions see it that hold a keyset in memory.

A reset raises the floor in the table before it publishes the new keyset, and so does the making of the first
one. Embed reads the floor with each token's record; mint, which has no record to read, looks at it now and
then, and learns there too whether any viewer is revoked.
"""

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec import Struct

from clerestory.aws.clients import AWSError
from clerestory.aws.floor_item import FloorItem, read_floor
from clerestory.aws.keys import revocation_key
from clerestory.aws.keysets import Keysets
from clerestory.dashboards import Organization
from clerestory.problems import Problem, unavailable
from clerestory.secret.keyset import Keyset

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

RESET_PAUSE = 5
"""Seconds to wait for a reset to be finished."""
MAX_VIEWERS = 1_000
"""Viewers whose standing is remembered, in one function."""


class Floors:
    """Each read is one consistent GetItem, and raises 503 where the table doesn't answer."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def read(self, organization: Organization) -> FloorItem:
        try:
            return read_floor(self._client, self._table, organization.id)
        except AWSError as error:
            raise _busy() from error

    def revoked(self, organization: Organization, viewer: str) -> bool:
        key = revocation_key(organization.id, "viewer", viewer).attributes()
        try:
            return "Item" in self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True)
        except AWSError as error:
            raise _busy() from error


class VerifyingKeysets:
    """The keysets that tokens are checked against. The caller reads the floor itself for each token that
    one vouches for."""

    def __init__(self, keysets: Keysets, floors: Floors) -> None:
        self._keysets = keysets
        self._floors = floors
        self.current = keysets.current
        self.of_epoch = keysets.of_epoch

    def newer(self, organization: Organization) -> Keyset:
        """For a token whose key isn't known. The floor is read each time: a reset, or a first secret, is
        seen even where unknown keys have used up this minute's read of SSM. Raises 503 where SSM is behind
        the floor: the token may be of the keyset that is to come."""
        floor = self._floors.read(organization).epoch
        keyset = self._keysets.newer(organization) or self._keysets.current(organization)
        if floor <= keyset.epoch:
            return keyset
        return _finished(self._keysets.of_epoch(organization, floor))


class _Seen(Struct, frozen=True):
    floor: FloorItem
    at: float


class SigningKeysets:
    """The keysets that sign, and the viewers for whom nothing is signed any more: a reset and a revocation
    reach both within `lifetime` seconds."""

    def __init__(
        self, keysets: Keysets, floors: Floors, clock: Callable[[], float], lifetime: float = 0
    ) -> None:
        self._keysets = keysets
        self._floors = floors
        self._clock = clock
        self._lifetime = lifetime
        self._seen: dict[int, _Seen] = {}
        self._viewers: dict[tuple[int, str], tuple[bool, float]] = {}

    def current(self, organization: Organization) -> Keyset:
        keyset = self._keysets.current(organization)
        floor = self._floor(organization).epoch
        if floor <= keyset.epoch:
            return keyset
        return _finished(self._keysets.of_epoch(organization, floor))

    def revoked(self, organization: Organization, viewer: str) -> bool:
        """Nobody is looked up where the floor says that no viewer is revoked."""
        if not self._floor(organization).revoked_viewers:
            return False
        now = self._clock()
        revoked, at = self._viewers.get((organization.id, viewer), (False, -math.inf))
        if now < at + self._lifetime:
            return revoked
        if len(self._viewers) >= MAX_VIEWERS:
            self._viewers.clear()
        revoked = self._floors.revoked(organization, viewer)
        self._viewers[organization.id, viewer] = revoked, now
        return revoked

    def _floor(self, organization: Organization) -> FloorItem:
        now = self._clock()
        seen = self._seen.get(organization.id)
        if seen is None or now >= seen.at + self._lifetime:
            seen = self._seen[organization.id] = _Seen(self._floors.read(organization), now)
        return seen.floor


def _finished(keyset: Keyset | None) -> Keyset:
    if keyset is None:
        raise unavailable("The embed secret is being reset.", retry_after=RESET_PAUSE)
    return keyset


def _busy() -> Problem:
    return unavailable("The organization's records cannot be read just now.")
