"""IAM: the condition key `dynamodb:LeadingKeys`, which roles lean on, and a record of each role's calls."""

import json
from collections.abc import Mapping
from typing import Any

import ministack.core.iam_actions as iam_actions
import ministack.core.iam_evaluator as iam_evaluator

from tests.deploy.emulator.folder import write_call

KEY = "dynamodb:LeadingKeys"
_COLONS_OF_A_LOG_GROUP = 6


class _ItemArn(str):
    """The ARN of a table, as one write of a transaction names it."""

    leading_key: str


def patch() -> None:
    _know_leading_keys()
    _check_each_write_of_a_transaction()
    _take_the_loopback_for_tls()
    _record_calls()


def _know_leading_keys() -> None:
    context_of = iam_actions.dynamodb_service_context

    def context(body: Any) -> dict[str, Any]:
        known: dict[str, Any] = context_of(body)
        keys = _leading_keys(json.loads(body or b"{}"))
        return known | ({KEY: keys} if keys else {})

    iam_actions.dynamodb_service_context = context


def _leading_keys(request: Mapping[str, Any]) -> list[str]:
    """Of a query over an index there are none: its first key is another attribute."""
    if "Key" in request or "Item" in request:
        return [_partition(request.get("Key") or request["Item"])]
    if "RequestItems" in request:
        return [_partition(key) for table in request["RequestItems"].values() for key in table["Keys"]]
    if "IndexName" not in request and ":pk" in request.get("ExpressionAttributeValues", {}):
        return [request["ExpressionAttributeValues"][":pk"]["S"]]
    return []


def _partition(key: Mapping[str, Any]) -> str:
    return str(next(iter(key["pk"].values())))


def _check_each_write_of_a_transaction() -> None:
    checks_of = iam_actions.dynamodb_transaction_checks

    def checks(action: str, body: Any, *where: Any) -> list[tuple[str, str]]:
        found: list[tuple[str, str]] = checks_of(action, body, *where)
        writes = [
            write for item in json.loads(body or b"{}").get("TransactItems", ()) for write in item.values()
        ]
        return [
            (item_action, _item_arn(arn, write))
            for (item_action, arn), write in zip(found, writes, strict=bool(found))
        ]

    iam_actions.dynamodb_transaction_checks = checks


def _item_arn(arn: str, write: Mapping[str, Any]) -> str:
    named = _ItemArn(arn)
    named.leading_key = _partition(write.get("Key") or write["Item"])
    return named


def _take_the_loopback_for_tls() -> None:
    """Bucket policies demand TLS, and this gateway speaks plain HTTP on the loopback."""
    init = iam_evaluator.EvalContext.__init__

    def secure(self: Any, *given: Any, **named: Any) -> None:
        init(self, *given, **named)
        self.secure_transport = True

    iam_evaluator.EvalContext.__init__ = secure


def _record_calls() -> None:
    enforce = iam_evaluator.enforce

    def recorded(
        key_id: str,
        action: str,
        service: str,
        region: str,
        resource_arn: str = "*",
        service_context: dict[str, Any] | None = None,
    ) -> Any:
        if isinstance(resource_arn, _ItemArn):
            service_context = {**(service_context or {}), KEY: [resource_arn.leading_key]}
        if service == "logs" and resource_arn.count(":") == _COLONS_OF_A_LOG_GROUP:
            resource_arn += ":*"  # as AWS writes a log group's, and policies of it
        refusal = enforce(key_id, action, service, region, str(resource_arn), service_context)
        _write(key_id, action, str(resource_arn), refusal)
        return refusal

    iam_evaluator.enforce = recorded


def _write(key_id: str, action: str, resource: str, refusal: Any) -> None:
    from ministack.services import sts

    session = sts._sessions.get(key_id)
    if session:
        role = session["Arn"].split("/")[1]
        write_call({"role": role, "action": action, "resource": resource, "allowed": refusal is None})
