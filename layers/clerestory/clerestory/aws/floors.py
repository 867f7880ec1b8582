"""Resets, as a function sees them that holds a keyset in memory.

A reset raises the organization's floor in the table before it publishes the new keyset. Embed reads the
floor with each token's record; mint, which reads no table, looks here now and then.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec import Struct

from clerestory.aws.clients import AWSError
from clerestory.aws.keysets import Keysets
from clerestory.dashboards import Organization
from clerestory.keyring import Keyset
from clerestory.problems import unavailable

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

UNKNOWN_KEY_PAUSE = 0.25
"""Seconds between looks that unknown keys make, however many come."""


class Floors:
    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def epoch(self, organization: int) -> int:
        """The lowest epoch whose tokens are taken; 0 where there was no reset. Raises AWSError."""
        answer = self._client.get_item(
            TableName=self._table,
            Key={"pk": {"S": f"ORGANIZATION#{organization}"}, "sk": {"S": "FLOOR"}},
            ConsistentRead=True,
        )
        return int(answer["Item"]["epoch"]["N"]) if "Item" in answer else 0


class _Seen(Struct, frozen=True):
    epoch: int
    at: float


class ResetWatch:
    """Keysets that a reset reaches within `lifetime` seconds. With None, the floor is looked at only
    for unknown keys, since the caller reads it itself for all others."""

    def __init__(
        self, keysets: Keysets, floors: Floors, clock: Callable[[], float], lifetime: float | None = None
    ) -> None:
        self._keysets = keysets
        self._floors = floors
        self._clock = clock
        self._lifetime = lifetime
        self._seen: dict[int, _Seen] = {}
        self.of_epoch = keysets.of_epoch

    def current(self, organization: Organization) -> Keyset:
        keyset = self._keysets.current(organization)
        if self._lifetime is None:
            return keyset
        floor = self._floor(organization, self._lifetime)
        if floor <= keyset.epoch:
            return keyset
        newer = self._keysets.of_epoch(organization, floor)
        if newer is None:
            raise unavailable("The embed secret is being reset.", retry_after=5)
        return newer

    def newer(self, organization: Organization) -> Keyset | None:
        """For a token whose key isn't known. After a reset there is a newer keyset even where unknown
        keys have used up this minute's read."""
        newer = self._keysets.newer(organization)
        if newer is not None:
            return newer
        floor = self._floor(organization, UNKNOWN_KEY_PAUSE)
        if floor <= self._keysets.current(organization).epoch:
            return None
        return self._keysets.of_epoch(organization, floor)

    def _floor(self, organization: Organization, lifetime: float) -> int:
        """As last seen, where the table can't be read: embed reads it again before it lets any token in."""
        now = self._clock()
        seen = self._seen.get(organization.id)
        if seen is None or now >= seen.at + lifetime:
            try:
                seen = _Seen(self._floors.epoch(organization.id), now)
            except AWSError:
                seen = _Seen(seen.epoch if seen else 0, now)
            self._seen[organization.id] = seen
        return seen.epoch
