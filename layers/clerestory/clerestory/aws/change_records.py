"""What the table says about changes of an organization's secret: lease, floor, operations done."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from clerestory.aws.clients import AWSError, error_code
from clerestory.aws.floor_item import raising, read_floor
from clerestory.aws.keys import Key, floor_key, lease_key, operation_key
from clerestory.aws.transactions import pauses
from clerestory.dashboards import DAY
from clerestory.problems import unavailable
from clerestory.secret.changes import Floor

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

REMEMBERED = 7 * DAY
"""Seconds that an operation's id is kept: longer than anything retries."""


class TableChangeRecords:
    def __init__(
        self, client: "DynamoDBClient", table: str, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._client = client
        self._table = table
        self._sleep = sleep

    def acquire(self, organization: int, owner: str, now: float, until: float) -> int | None:
        """The fence of the lease, one more than any before; None while another holds it."""
        return self._lease(
            organization,
            "SET lease_until = :until, lease_owner = :owner ADD fence :one",
            "attribute_not_exists(lease_until) OR lease_until <= :now",
            {":until": _number(until), ":owner": {"S": owner}, ":one": _number(1), ":now": _number(now)},
        )

    def renew(self, organization: int, fence: int, until: float) -> bool:
        """Whether the lease is still ours; a holder that was paused finds that it isn't."""
        values = {":until": _number(until), ":fence": _number(fence)}
        held = self._lease(organization, "SET lease_until = :until", "fence = :fence", values)
        return held is not None

    def give_back(self, organization: int, fence: int) -> None:
        values = {":past": _number(0), ":fence": _number(fence)}
        self._lease(organization, "SET lease_until = :past", "fence = :fence", values)

    def floor(self, organization: int) -> Floor:
        try:
            floor = read_floor(self._client, self._table, organization)
        except AWSError as error:
            raise _busy() from error
        return Floor(floor.epoch, floor.raised_by)

    def raise_floor(self, organization: int, floor: Floor) -> bool:
        """Never lowers it: False where it is as high already."""
        return self._update(floor_key(organization), raising(floor.epoch, floor.operation))

    def done(self, organization: int, operation: str) -> bool:
        return self._get(operation_key(organization, operation)) is not None

    def remember(self, organization: int, operation: str, now: float) -> None:
        self._update(
            operation_key(organization, operation),
            {
                "UpdateExpression": "SET #ttl = :ttl",
                "ExpressionAttributeNames": {"#ttl": "ttl"},
                "ExpressionAttributeValues": {":ttl": _number(int(now) + REMEMBERED)},
            },
        )

    def _lease(self, organization: int, change: str, condition: str, values: dict[str, Any]) -> int | None:
        try:
            answer = self._client.update_item(
                TableName=self._table,
                Key=lease_key(organization).attributes(),
                UpdateExpression=change,
                ConditionExpression=condition,
                ExpressionAttributeValues=values,
                ReturnValues="ALL_NEW",
            )
        except AWSError as error:
            if error_code(error) == "ConditionalCheckFailedException":
                return None
            raise _busy() from error
        return int(answer["Attributes"]["fence"]["N"])

    def _update(self, key: Key, change: Any) -> bool:
        """False where the change's condition doesn't hold."""
        for pause in pauses():
            try:
                self._client.update_item(TableName=self._table, Key=key.attributes(), **change)
            except AWSError as error:
                if error_code(error) == "ConditionalCheckFailedException":
                    return False
                if error_code(error) != "TransactionConflictException":  # a viewer's revocation
                    raise _busy() from error
                self._sleep(pause)
            else:
                return True
        raise _busy()

    def _get(self, key: Key) -> Any:
        try:
            answer = self._client.get_item(TableName=self._table, Key=key.attributes(), ConsistentRead=True)
        except AWSError as error:
            raise _busy() from error
        return answer.get("Item")


def _number(value: float) -> dict[str, str]:
    return {"N": str(int(value))}


def _busy() -> Exception:
    return unavailable("The record of secret changes cannot be read or written just now.")
