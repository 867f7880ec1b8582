"""The table, and what goes wrong on the way to it."""

from collections.abc import Callable
from typing import Any

import pytest

from clerestory.aws.ledger import Ledger
from tests.aws.faults import Faults


@pytest.fixture
def faults(dynamodb: Any) -> Faults:
    return Faults(dynamodb)


@pytest.fixture
def ledger(dynamodb: Any, table: str, faults: Faults) -> Ledger:
    return Ledger(dynamodb, table, sleep=lambda _: None)


@pytest.fixture
def put(dynamodb: Any, table: str) -> Callable[..., None]:
    def put(pk: str, sk: str, **numbers: int) -> None:
        item = {"pk": {"S": pk}, "sk": {"S": sk}} | {name: {"N": str(n)} for name, n in numbers.items()}
        dynamodb.put_item(TableName=table, Item=item)

    return put


@pytest.fixture
def counted(dynamodb: Any, table: str) -> Callable[[], int]:
    """How many embeds the table has counted, on whichever day and shard."""

    def counted() -> int:
        items = dynamodb.scan(TableName=table)["Items"]
        return sum(int(item["embeds"]["N"]) for item in items if item["pk"]["S"].startswith("USAGE#"))

    return counted
