"""The item `FLOOR` of an organization: what every path looks at before it lets anybody in.

Its attributes come and go each by itself: a reset writes the epoch, a viewer's revocation the count, and
either may be missing.
"""

from typing import TYPE_CHECKING, Any

from msgspec import Struct

from clerestory.aws.items import Item, attributes, plain
from clerestory.aws.keys import floor_key

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class FloorItem(Struct, frozen=True):
    """`epoch` is the lowest whose tokens are taken, and `raised_by` the operation that raised it.
    `revoked_viewers` is how many revocations of viewers stand."""

    epoch: int = 0
    raised_by: str = ""
    revoked_viewers: int = 0


def floor_of(item: Item) -> FloorItem:
    """From a plain item, or from nothing."""
    return FloorItem(
        epoch=int(item.get("epoch", 0)),
        raised_by=item.get("raised_by", ""),
        revoked_viewers=int(item.get("revoked_viewers", 0)),
    )


def read_floor(client: "DynamoDBClient", table: str, organization: int) -> FloorItem:
    """One consistent GetItem. Raises AWSError."""
    answer = client.get_item(TableName=table, Key=floor_key(organization).attributes(), ConsistentRead=True)
    return floor_of(plain(answer.get("Item", {})))


def raising(epoch: int, operation: str) -> Any:
    """The update that raises the epoch and never lowers it, without its table and key."""
    return {
        "UpdateExpression": "SET epoch = :epoch, raised_by = :operation",
        "ConditionExpression": "attribute_not_exists(epoch) OR epoch < :epoch",
        "ExpressionAttributeValues": attributes({":epoch": epoch, ":operation": operation}),
    }


def counting(viewers: int) -> Any:
    """The update that counts so many more revocations of viewers, without its table and key."""
    return {
        "UpdateExpression": "ADD revoked_viewers :viewers",
        "ExpressionAttributeValues": attributes({":viewers": viewers}),
    }
