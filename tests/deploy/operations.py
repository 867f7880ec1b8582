"""What an operator does in the account of a deployed stack, beyond the steps that its outputs print."""

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from tests.deploy.account import ROOT, Call
from tests.deploy.stacks import Stack

AIRLINES = "16417"


def until(holds: Callable[[], bool], seconds: float = 30) -> bool:
    """Whether it came to hold."""
    end = time.monotonic() + seconds
    while not (held := holds()) and time.monotonic() < end:
        time.sleep(0.2)
    return held


def put_data(stack: Stack) -> None:
    s3 = stack.account.client("s3", stack.region)
    for file in sorted((ROOT / ".data").glob("*.parquet")):
        s3.upload_file(str(file), stack.outputs["DataBucketInUse"], f"data/{file.name}")


def secret_name(stack: Stack, organization: str = AIRLINES) -> str:
    return stack.outputs["SecretParameters"].replace("ORGANIZATION_ID", organization)


def parameter(stack: Stack) -> Any:
    """The embed secret's, with `Value` and `Version`."""
    ssm = stack.account.client("ssm", stack.region)
    return ssm.get_parameter(Name=secret_name(stack), WithDecryption=True)["Parameter"]


def keyset(stack: Stack) -> Any:
    return json.loads(parameter(stack)["Value"])


def age_the_secret(stack: Stack, seconds: int) -> Any:
    """As if its keys had been made that long before; the keyset as it stands then."""
    older = keyset(stack)
    for key in older["keys"]:
        key["created_at"] -= seconds
        key["signs_from"] -= seconds
    stack.account.client("ssm", stack.region).put_parameter(
        Name=secret_name(stack), Value=json.dumps(older), Type="SecureString", Overwrite=True
    )
    return older


def fire_the_schedule(stack: Stack) -> None:
    """The schedule's time comes now; all else of it stays as it was deployed. Ends when Rotate has begun."""
    scheduler = stack.account.client("scheduler", stack.region)
    schedule = scheduler.get_schedule(Name=stack.physical_id("RotateSchedule").split("/")[-1])
    kept = {key: schedule[key] for key in ("Name", "Target", "FlexibleTimeWindow", "State")}
    before = len(calls_of(stack, "RotateRole"))
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S")
    scheduler.update_schedule(**kept, ScheduleExpression=f"at({now})")
    assert until(lambda: len(calls_of(stack, "RotateRole")) > before)


def calls_of(stack: Stack, role: str) -> list[Call]:
    """What the role of that logical id has asked of AWS so far."""
    name = stack.physical_id(role)
    return [call for call in stack.account.calls() if call.role == name]


def granted(stack: Stack, role: str) -> set[str]:
    """The actions that the role's policies allow."""
    iam, name = stack.account.client("iam"), stack.physical_id(role)
    policies = iam.list_role_policies(RoleName=name)["PolicyNames"]
    documents = (
        iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"] for policy in policies
    )
    stated = [statement["Action"] for document in documents for statement in document["Statement"]]
    return {action for each in stated for action in ([each] if isinstance(each, str) else each)}
