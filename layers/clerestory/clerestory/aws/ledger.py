"""The table: tokens' records, and the count of new-token embeds.

Records are kept for a day longer than their tokens can live, and TTL deletes late: what is past its end is
treated as gone.
"""

import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError
from msgspec.structs import replace

from clerestory.aws.clients import AWSError, error_code
from clerestory.aws.floor_item import floor_of
from clerestory.aws.items import Item, attributes, plain
from clerestory.aws.keys import Key, floor_key, revocation_key, token_at, token_key, usage_key
from clerestory.aws.transactions import ConditionFailed, commit, pauses
from clerestory.dashboards import DAY
from clerestory.owner.revocations import Level
from clerestory.problems import Problem, unavailable
from clerestory.records import RUN_LEASE, Record, Standing
from clerestory.tokens import Token, Unverified

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

SHARDS = 10
"""Items that a dashboard's count of a day is spread over: transactions on one item conflict."""
KEEP_AFTER_END = DAY
Signed = Unverified | Token
"""A token whose signature was verified; what it says of its own life, perhaps not yet."""


class Ledger:
    def __init__(
        self, client: "DynamoDBClient", table: str, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._client = client
        self._table = table
        self._sleep = sleep

    def standing(self, token: Signed, organization: str, dashboard: str | None, now: float) -> Standing:
        """One BatchGetItem, consistent: a reset or a revocation holds from the moment it answers."""
        revocable = _revocable(token, organization, dashboard)
        items = self._batch_get([token_key(token.hash), floor_key(organization), *revocable.values()])
        floor = items.get(floor_key(organization), {})
        revoked = (level for level, key in revocable.items() if key in items)
        return Standing(
            record=_record(items.get(token_key(token.hash)), now),
            floor=floor_of(floor).epoch,
            revoked=next(revoked, None),
        )

    def open(self, record: Record, now: float) -> bool:
        """Records a token that was never seen and counts it, in one transaction. False where somebody
        else was first."""
        attempt = str(uuid.uuid4())
        writes = [self._put_new(record, attempt), self._count(record, now)]
        try:
            commit(self._client, writes, attempt, self._sleep)
        except ConditionFailed as refused:
            # Ours, if an earlier try did commit and only its acknowledgement was lost.
            return refused.item.get("attempt") == attempt
        return True

    def take_over(self, record: Record, version: str, now: float) -> Record | None:
        """Gives the run to the caller, if nobody else has taken it since. Counts nothing."""
        fence, lease_until = record.fence + 1, int(now) + RUN_LEASE
        taken = self._update(
            record.token,
            record.fence,
            "REMOVE runner, results "
            "SET #state = :state, fence = :fence, lease_until = :lease, version = :version",
            {":state": "running", ":fence": fence, ":lease": lease_until, ":version": version},
            " AND lease_until = :before",
            {":before": record.lease_until},
        )
        if not taken:
            return None
        return replace(
            record, state="running", fence=fence, lease_until=lease_until, version=version, results=None
        )

    def claim(self, token: str, fence: int, runner: str) -> bool:
        """Whether the run of that number is this runner's to do: an event can be delivered twice."""
        return self._update(
            token, fence, "SET runner = :runner", {":runner": runner}, " AND attribute_not_exists(runner)"
        )

    def show(self, token: str, fence: int, results: str) -> bool:
        """Points the record at the results that are there so far, unless the run was taken over."""
        return self._update(token, fence, "SET results = :results", {":results": results})

    def publish(self, token: str, fence: int, results: str) -> bool:
        """Points the record at its results, unless the run was taken over meanwhile."""
        values = {":state": "ready", ":results": results}
        return self._update(token, fence, "SET #state = :state, results = :results", values)

    def release(self, token: str, fence: int, retry_at: int) -> bool:
        """Says that the run failed, and when the next may start."""
        values = {":state": "failed", ":lease": retry_at}
        return self._update(token, fence, "SET #state = :state, lease_until = :lease", values)

    def _update(
        self,
        token: str,
        fence: int,
        change: str,
        values: Item,
        also: str = "",
        also_values: Item | None = None,
    ) -> bool:
        """Changes a record that still has that fence; False where it hasn't."""
        attempt = str(uuid.uuid4())
        names: Any = {"ExpressionAttributeNames": {"#state": "state"}} if "#state" in change else {}
        try:
            self._client.update_item(
                TableName=self._table,
                Key=token_key(token).attributes(),
                UpdateExpression=f"{change}, attempt = :attempt",
                ConditionExpression=f"fence = :held{also}",
                ExpressionAttributeValues=attributes(
                    {":held": fence, ":attempt": attempt} | values | (also_values or {})
                ),
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
                **names,
            )
        except AWSError as error:
            if error_code(error) == "ConditionalCheckFailedException":
                return _attempt_of(error) == attempt
            raise _busy() from error
        return True

    def _put_new(self, record: Record, attempt: str) -> Any:
        item = {
            **token_key(record.token).plain(),
            "attempt": attempt,
            "organization": record.organization,
            "dashboard": record.dashboard,
            "epoch": record.epoch,
            "expires_at": record.expires_at,
            "version": record.version,
            "state": record.state,
            "fence": record.fence,
            "lease_until": record.lease_until,
            "ttl": record.expires_at + KEEP_AFTER_END,
        }
        return {
            "Put": {
                "TableName": self._table,
                "Item": attributes(item),
                "ConditionExpression": "attribute_not_exists(pk)",
                "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
            }
        }

    def _count(self, record: Record, now: float) -> Any:
        day = datetime.fromtimestamp(now, UTC).date()
        shard = int(record.token[:8], 16) % SHARDS
        return {
            "Update": {
                "TableName": self._table,
                "Key": usage_key(record.organization, day, record.dashboard, shard).attributes(),
                "UpdateExpression": "ADD embeds :one",
                "ExpressionAttributeValues": attributes({":one": 1}),
            }
        }

    def _batch_get(self, keys: list[Key]) -> dict[Key, Item]:
        unread: Any = {self._table: {"Keys": [key.attributes() for key in keys], "ConsistentRead": True}}
        items: dict[Key, Item] = {}
        for pause in pauses():
            try:
                answer = self._client.batch_get_item(RequestItems=unread)
            except AWSError as error:
                raise _busy() from error
            for item in map(plain, answer["Responses"].get(self._table, [])):
                items[Key(item["pk"], item["sk"])] = item
            unread = answer.get("UnprocessedKeys")
            if not unread:
                return items
            self._sleep(pause)
        raise _busy()


def _revocable(token: Signed, organization: str, dashboard: str | None) -> dict[Level, Key]:
    """Where a revocation of each level would stand."""
    named: dict[Level, str | None] = {"dashboard": dashboard, "viewer": token.viewer, "token": token.hash}
    return {
        level: revocation_key(organization, level, target)
        for level, target in named.items()
        if target is not None
    }


def _record(item: Item | None, now: float) -> Record | None:
    if item is None or item["expires_at"] <= now:
        return None
    return Record(
        token=token_at(item["pk"]),
        organization=item["organization"],
        dashboard=item["dashboard"],
        epoch=int(item["epoch"]),
        expires_at=int(item["expires_at"]),
        version=item["version"],
        state=item["state"],
        fence=int(item["fence"]),
        lease_until=int(item["lease_until"]),
        results=item.get("results"),
    )


def _attempt_of(error: Exception) -> str | None:
    """The attempt that wrote what the condition met: ours, if an earlier try did commit and only its
    acknowledgement was lost."""
    item = error.response.get("Item", {}) if isinstance(error, ClientError) else {}
    return plain(item).get("attempt")


def _busy() -> Problem:
    return unavailable("The record of embeds cannot be read or written just now.")
