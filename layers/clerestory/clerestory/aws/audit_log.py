"""The audit in the table: entries that nothing ever changes."""

import uuid
from collections.abc import Callable
from itertools import count
from typing import TYPE_CHECKING, Any

from clerestory.audit import Action, Actor
from clerestory.aws.clients import AWSError
from clerestory.aws.items import attributes
from clerestory.aws.keys import audit_key
from clerestory.problems import unavailable

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class AuditLog:
    def __init__(self, client: "DynamoDBClient", table: str, clock: Callable[[], float]) -> None:
        self._client = client
        self._table = table
        self._clock = clock
        self._number = count()

    def write(self, organization: int, actor: Actor, action: Action, about: str) -> None:
        try:
            self._client.put_item(**self.put(organization, actor, action, about)["Put"])
        except AWSError as error:
            raise unavailable("The audit cannot be written just now.") from error

    def put(self, organization: int, actor: Actor, action: Action, about: str) -> Any:
        """The entry as one write of a transaction."""
        now = self._clock()
        item = {
            # The number keeps the order of what one process writes within a millisecond.
            **audit_key(organization, now, f"{next(self._number):06}#{uuid.uuid4().hex[:8]}").plain(),
            "at": int(now),
            "actor": actor.name,
            "address": actor.address,
            "action": action,
            "about": about,
        }
        condition = "attribute_not_exists(pk)"
        return {"Put": {"TableName": self._table, "Item": attributes(item), "ConditionExpression": condition}}
