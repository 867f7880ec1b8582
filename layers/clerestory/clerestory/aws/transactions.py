"""Transactions that meet others: what botocore doesn't try again by itself."""

import random
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from clerestory.aws.clients import AWSError, cancellation_reasons
from clerestory.aws.items import Item, plain
from clerestory.problems import unavailable

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_RETRIES = 8


class ConditionFailed(Exception):
    """The condition of one of the writes did not hold. `item` is what stands there, where the write asked
    to be told."""

    def __init__(self, item: Item) -> None:
        super().__init__()
        self.item = item


def commit(client: "DynamoDBClient", writes: list[Any], attempt: str, sleep: Callable[[float], None]) -> None:
    """All of the writes or none. Byte for byte the same at each retry, with the same token, so that nothing
    is done twice. Raises ConditionFailed, and 503 where the table doesn't answer."""
    for pause in pauses():
        try:
            client.transact_write_items(TransactItems=writes, ClientRequestToken=attempt)
        except AWSError as error:
            reasons = cancellation_reasons(error)
            refused = next((each for each in reasons if each["Code"] == "ConditionalCheckFailed"), None)
            if refused is not None:
                raise ConditionFailed(plain(refused.get("Item", {}))) from None
            if not any(each["Code"] == "TransactionConflict" for each in reasons):
                raise _busy() from error
            sleep(pause)
        else:
            return
    raise _busy()


def pauses() -> Iterator[float]:
    """Seconds to wait before each retry: full jitter over a growing ceiling."""
    for attempt in range(_RETRIES):
        yield random.uniform(0, 0.02 * 2**attempt)  # noqa: S311 (spreads retries, guards nothing)


def _busy() -> Exception:
    return unavailable("The table cannot be written just now.")
