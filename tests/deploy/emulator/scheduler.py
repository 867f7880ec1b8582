"""EventBridge Scheduler: fires within a second, under the schedule's role, and fills its attributes in."""

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

import ministack.core.iam_evaluator as iam_evaluator
import ministack.services.eventbridge as eventbridge
import ministack.services.scheduler as scheduler

from tests.deploy.emulator.folder import write_credentials

SCHEDULED_TIME = "<aws.scheduler.scheduled-time>"


def patch() -> None:
    scheduler._SCHEDULE_TICK_INTERVAL = 1
    _fire_at_the_new_time_of_a_changed_schedule()
    _fire_under_the_schedules_role()


def _fire_at_the_new_time_of_a_changed_schedule() -> None:
    update = scheduler._update_schedule

    def updated(name: str, body: dict[str, Any]) -> Any:
        for fired in list(scheduler._schedule_last_fired):
            if fired[-1].endswith(f"/{name}"):
                del scheduler._schedule_last_fired[fired]
        return update(name, body)

    scheduler._update_schedule = updated


def _fire_under_the_schedules_role() -> None:
    invoke_target = eventbridge._invoke_target

    def invoke(target: dict[str, Any], event: dict[str, Any], *more: Any, **named: Any) -> None:
        if event.get("Source") == "aws.scheduler":
            if not _may_invoke(target):
                return
            at = datetime.fromtimestamp(event["Time"], UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            target = target | {"Input": target.get("Input", "{}").replace(SCHEDULED_TIME, at)}
        invoke_target(target, event, *more, **named)

    eventbridge._invoke_target = invoke


def _may_invoke(target: dict[str, Any]) -> bool:
    """As the schedule's role, which the scheduler takes on."""
    from ministack.services import iam, sts

    role = target["RoleArn"].rsplit("/", 1)[1]
    trust = json.dumps(iam._roles[role]["AssumeRolePolicyDocument"])
    if "scheduler.amazonaws.com" not in trust:
        return False
    digest = hashlib.sha256(target["RoleArn"].encode()).hexdigest()
    key_id, secret, token = f"ASIA{digest[:16].upper()}", digest, digest[::-1]
    account, region = target["Arn"].split(":")[4], target["Arn"].split(":")[3]
    session = {
        "Arn": f"arn:aws:sts::{account}:assumed-role/{role}/schedule",
        "UserId": f"{role}:schedule",
        "SecretAccessKey": secret,
        "SessionToken": token,
    }
    sts.register_session(key_id, session)
    credentials = {
        "aws_access_key_id": key_id,
        "aws_secret_access_key": secret,
        "aws_session_token": token,
        "region_name": region,
    }
    write_credentials(role, credentials)
    refusal = iam_evaluator.enforce(key_id, "lambda:InvokeFunction", "lambda", region, target["Arn"])
    return refusal is None
