"""Keeps each organization's embed secret: makes the first one, and rotates those that are due."""

import os
import time
from functools import cache
from typing import Any

from msgspec import convert

from clerestory import cold_start
from clerestory.aws.audit_log import AuditLog
from clerestory.aws.change_records import TableChangeRecords
from clerestory.aws.clients import dynamodb_client, ssm_client
from clerestory.aws.observation import Observation
from clerestory.aws.parameters import SSMParameters
from clerestory.secret.changes import SecretChanges
from clerestory.secret.rotation import RotateEvent, Rotation
from clerestory.settings import read_settings

observation = Observation()


@cache
def _rotation() -> Rotation:
    settings = read_settings(os.environ)
    audit = AuditLog(dynamodb_client(), settings.table, time.time)
    changes = SecretChanges(
        SSMParameters(ssm_client(), settings.secret_prefix),
        TableChangeRecords(dynamodb_client(), settings.table),
        audit,
        time.time,
        time.sleep,
    )
    return Rotation(settings.catalog(), changes, time.time, time.sleep, observation)


@observation.handler
def handler(event: dict[str, Any], context: Any) -> dict[str, list[int]]:
    return _rotation().run(convert(event, RotateEvent), context.aws_request_id)


cold_start.finish(os.environ, _rotation)
