"""Items of the table, between plain values and DynamoDB's own form."""

from typing import Any

from boto3.dynamodb.types import TypeDeserializer

Item = dict[str, Any]
_deserialize = TypeDeserializer().deserialize


def attributes(item: Item) -> Any:
    """Text and whole numbers are all that the table holds."""
    return {
        name: {"S": value} if isinstance(value, str) else {"N": str(value)} for name, value in item.items()
    }


def plain(item: Any) -> Item:
    return {name: _deserialize(value) for name, value in item.items()}
