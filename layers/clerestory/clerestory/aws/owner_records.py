"""What the owner's routes read and write in the table: revocations, audit, counts, live tokens."""

import time
import uuid
from collections.abc import Callable, Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

from clerestory.audit import Actor, Entry
from clerestory.aws.audit_log import AuditLog
from clerestory.aws.clients import AWSError
from clerestory.aws.floor_item import counting
from clerestory.aws.items import Item, attributes, plain
from clerestory.aws.keys import (
    REVOCATIONS,
    Key,
    audit_partition,
    floor_key,
    organization_partition,
    revocation_key,
    usage_at,
    usage_between,
    usage_partition,
)
from clerestory.aws.transactions import ConditionFailed, commit
from clerestory.owner.revocations import Revocation
from clerestory.owner.usage import ShardCount
from clerestory.problems import Problem, unavailable

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

LIVE_INDEX = "live"
# A viewer's revocation that the floor counts says so: no retry and no undoing counts it twice.
_COUNTED, _UNCOUNTED = "attribute_exists(counted)", "attribute_not_exists(counted)"


class Page:
    """A part of a list, and the mark to go on from; None at the end."""

    def __init__(self, items: list[Item], next_mark: str | None) -> None:
        self.items = items
        self.next_mark = next_mark


class TableOwnerRecords:
    def __init__(
        self,
        client: "DynamoDBClient",
        table: str,
        audit: AuditLog,
        clock: Callable[[], float],
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._client = client
        self._table = table
        self._audit = audit
        self._clock = clock
        self._sleep = sleep

    def entries(self, organization: int, limit: int, before: str | None) -> tuple[list[Entry], str | None]:
        """Newest first; `before` is the mark of the page before."""
        page = self._page(audit_partition(organization), "", limit, before, forward=False)
        entries = [
            Entry(int(item["at"]), item["actor"], item["address"], item["action"], item["about"])
            for item in page.items
        ]
        return entries, page.next_mark

    def revoke(self, organization: int, revocation: Revocation, actor: Actor) -> None:
        """The revocation, its audit entry and its count, all or none. A viewer who is revoked again
        counts once."""
        item: Item = {
            **_key(organization, revocation).plain(),
            "level": revocation.level,
            "target": revocation.target,
            "at": revocation.at,
            "actor": revocation.actor,
        }
        if revocation.until is not None:
            item |= {"until": revocation.until, "ttl": revocation.until}
        about = f"{revocation.level} {revocation.id}"
        audited = self._audit.put(organization, actor, "revoked", about)
        if revocation.level != "viewer":
            written = self._commit(self._put(item), audited)
        else:
            item["counted"] = 1
            first, again = (self._put(item, condition) for condition in (_UNCOUNTED, _COUNTED))
            written = self._commit(first, audited, self._counting(organization, 1))
            written = written or self._commit(again, audited)
        if not written:
            raise _busy()

    def undo(self, organization: int, revocation: Revocation, actor: Actor) -> bool:
        """False where somebody else was first."""
        about = f"{revocation.level} {revocation.id}"
        audited = self._audit.put(organization, actor, "revocation-undone", about)
        counted, uncounted = (
            self._delete(_key(organization, revocation), condition)
            for condition in (_COUNTED, f"attribute_exists(pk) AND {_UNCOUNTED}")
        )
        return self._commit(counted, audited, self._counting(organization, -1)) or self._commit(
            uncounted, audited
        )

    def revocations(
        self, organization: int, limit: int, after: str | None
    ) -> tuple[list[Revocation], str | None]:
        page = self._page(organization_partition(organization), REVOCATIONS, limit, after, forward=True)
        now = self._clock()
        return [
            _revocation(item) for item in page.items if item.get("until") is None or item["until"] > now
        ], page.next_mark

    def counts(self, organization: int, start: date, end: date) -> Iterator[ShardCount]:
        """The shards of every count between those days, both included."""
        first, last = usage_between(start, end)
        query = {
            "KeyConditionExpression": "pk = :pk AND sk BETWEEN :first AND :last",
            "ExpressionAttributeValues": attributes(
                {":pk": usage_partition(organization), ":first": first, ":last": last}
            ),
            "ConsistentRead": True,
        }
        for item in self._all(query):
            day, dashboard = usage_at(item["sk"])
            yield ShardCount(day, dashboard, int(item["embeds"]))

    def live_tokens(self, organization: int, epoch: int) -> Iterator[str]:
        """The dashboard of each token that still lives, as the index knows them just now."""
        query = {
            "IndexName": LIVE_INDEX,
            "KeyConditionExpression": "organization = :organization AND expires_at > :now",
            "FilterExpression": "epoch >= :epoch",
            "ExpressionAttributeValues": attributes(
                {":organization": str(organization), ":now": int(self._clock()), ":epoch": epoch}
            ),
        }
        for item in self._all(query):
            yield item["dashboard"]

    def _put(self, item: Item, condition: str = "") -> Any:
        optional = {"ConditionExpression": condition} if condition else {}
        return {"Put": {"TableName": self._table, "Item": attributes(item), **optional}}

    def _delete(self, key: Key, condition: str) -> Any:
        delete = {"TableName": self._table, "Key": key.attributes(), "ConditionExpression": condition}
        return {"Delete": delete}

    def _counting(self, organization: int, viewers: int) -> Any:
        """Mint looks viewers up only where the floor counts any."""
        key = floor_key(organization).attributes()
        return {"Update": {"TableName": self._table, "Key": key, **counting(viewers)}}

    def _commit(self, *writes: Any) -> bool:
        """False where a condition didn't hold."""
        try:
            commit(self._client, list(writes), str(uuid.uuid4()), self._sleep)
        except ConditionFailed:
            return False
        return True

    def _page(self, pk: str, prefix: str, limit: int, mark: str | None, *, forward: bool) -> Page:
        condition = "pk = :pk AND begins_with(sk, :prefix)" if prefix else "pk = :pk"
        values = {":pk": pk} | ({":prefix": prefix} if prefix else {})
        query: Any = {
            "KeyConditionExpression": condition,
            "ExpressionAttributeValues": attributes(values),
            "ScanIndexForward": forward,
            "ConsistentRead": True,
            "Limit": limit,
        }
        if mark is not None:
            query["ExclusiveStartKey"] = Key(pk, mark).attributes()
        answer = self._query(query)
        last = answer.get("LastEvaluatedKey")
        return Page([plain(item) for item in answer["Items"]], last["sk"]["S"] if last else None)

    def _all(self, query: Any) -> Iterator[Item]:
        start: Any = {}
        while True:
            answer = self._query(query | start)
            yield from (plain(item) for item in answer["Items"])
            if "LastEvaluatedKey" not in answer:
                return
            start = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}

    def _query(self, query: Any) -> Any:
        try:
            return self._client.query(TableName=self._table, **query)
        except AWSError as error:
            raise _busy() from error


def _key(organization: int, revocation: Revocation) -> Key:
    return revocation_key(organization, revocation.level, revocation.target)


def _revocation(item: Item) -> Revocation:
    until = item.get("until")
    return Revocation(
        item["level"], item["target"], int(item["at"]), item["actor"], None if until is None else int(until)
    )


def _busy() -> Problem:
    return unavailable("The organization's records cannot be read or written just now.")
