"""What each role may do is what its function does, and what it may not do is refused."""

from pathlib import Path
from typing import Any, NamedTuple

import pytest
from botocore.exceptions import ClientError

from tests.deploy.account import Account
from tests.deploy.operations import fire_the_schedule, put_data, secret_name
from tests.deploy.stacks import Stack, deploy
from tests.deploy.visitors import make_user, sign_in

FUNCTIONS = ("Mint", "Embed", "Query", "Rotate", "Owner")
STREAM = "of-a-container"
REFUSALS = {"AccessDenied", "AccessDeniedException", "AccessDenied.S3"}


class AwsCall(NamedTuple):
    """As a role makes it. `arguments` name what is the stack's own in braces."""

    role: str
    service: str
    operation: str
    arguments: dict[str, Any]

    @property
    def id(self) -> str:
        return f"{self.role}-{self.operation}-{next(iter(self.arguments.values()), '')}"


def item(partition: str, sort: str = "x") -> dict[str, Any]:
    return {"pk": {"S": partition}, "sk": {"S": sort}}


def put(partition: str) -> dict[str, Any]:
    return {"TableName": "{Table}", "Item": item(partition)}


def key(partition: str, sort: str = "x") -> dict[str, Any]:
    return {"TableName": "{Table}", "Key": item(partition, sort)}


def query(partition: str) -> dict[str, Any]:
    return {
        "TableName": "{Table}",
        "KeyConditionExpression": "pk = :pk",
        "ExpressionAttributeValues": {":pk": {"S": partition}},
    }


SECRET = {"Name": "{secret}", "WithDecryption": True}
ANOTHERS = {"Name": "/clerestory/another/organizations/1/embed-secret", "WithDecryption": True}
FORGED = {"Name": "{secret}", "Value": "forged", "Type": "SecureString", "Overwrite": True}
SET = {"UpdateExpression": "SET #a = :a", "ExpressionAttributeNames": {"#a": "a"}}
TO_ONE = SET | {"ExpressionAttributeValues": {":a": {"N": "1"}}}
RESULT = {"Bucket": "{ResultsBucket}", "Key": "16417/x/1.json.gz"}
DATA = {"Bucket": "{DataBucket}", "Key": "data/flights.parquet"}
LIST_ALL = {"TableName": "{Table}"}

# What nobody's work needs
ABUSES = [
    # Mint signs, and that is all
    AwsCall("Mint", "ssm", "put_parameter", FORGED),
    AwsCall("Mint", "ssm", "get_parameter", ANOTHERS),
    AwsCall("Mint", "ssm", "get_parameter_history", SECRET),
    AwsCall("Mint", "dynamodb", "get_item", key("TOKEN#abc", "TOKEN")),
    AwsCall("Mint", "dynamodb", "query", query("AUDIT#16417")),
    AwsCall("Mint", "dynamodb", "put_item", put("ORGANIZATION#16417")),
    AwsCall("Mint", "s3", "get_object", RESULT),
    AwsCall("Mint", "lambda", "invoke", {"FunctionName": "{Owner}"}),
    AwsCall("Mint", "lambda", "get_function", {"FunctionName": "{Rotate}"}),
    # Embed serves and counts
    AwsCall("Embed", "ssm", "put_parameter", FORGED),
    AwsCall("Embed", "ssm", "get_parameter", ANOTHERS),
    AwsCall("Embed", "dynamodb", "put_item", put("AUDIT#16417")),
    AwsCall("Embed", "dynamodb", "update_item", key("ORGANIZATION#16417", "FLOOR") | TO_ONE),
    AwsCall("Embed", "dynamodb", "delete_item", key("TOKEN#abc", "TOKEN")),
    AwsCall("Embed", "dynamodb", "scan", LIST_ALL),
    AwsCall("Embed", "s3", "put_object", RESULT | {"Body": b"forged"}),
    AwsCall("Embed", "s3", "get_object", DATA),
    AwsCall("Embed", "lambda", "invoke", {"FunctionName": "{Rotate}"}),
    # Query reads data and writes results
    AwsCall("Query", "ssm", "get_parameter", SECRET),
    AwsCall("Query", "dynamodb", "put_item", put("USAGE#16417")),
    AwsCall("Query", "dynamodb", "update_item", key("ORGANIZATION#16417", "FLOOR") | TO_ONE),
    AwsCall("Query", "dynamodb", "get_item", key("TOKEN#abc", "TOKEN")),
    AwsCall("Query", "s3", "put_object", DATA | {"Body": b"forged"}),
    AwsCall("Query", "s3", "get_object", DATA | {"Key": "private/payroll.parquet"}),
    AwsCall("Query", "s3", "list_objects_v2", {"Bucket": "{DataBucket}", "Prefix": "private/"}),
    AwsCall("Query", "s3", "list_objects_v2", {"Bucket": "{DataBucket}"}),
    AwsCall("Query", "s3", "delete_object", RESULT),
    AwsCall("Query", "lambda", "invoke", {"FunctionName": "{Rotate}"}),
    AwsCall("Query", "sqs", "receive_message", {"QueueUrl": "{QueryDeadLetters}"}),
    # Rotate changes secrets and says so
    AwsCall("Rotate", "ssm", "delete_parameter", {"Name": "{secret}"}),
    AwsCall("Rotate", "ssm", "get_parameter", ANOTHERS),
    AwsCall("Rotate", "ssm", "put_parameter", FORGED | {"Name": ANOTHERS["Name"]}),
    AwsCall("Rotate", "dynamodb", "update_item", key("AUDIT#16417") | TO_ONE),
    AwsCall("Rotate", "dynamodb", "delete_item", key("AUDIT#16417")),
    AwsCall("Rotate", "dynamodb", "query", query("TOKEN#abc")),
    AwsCall("Rotate", "s3", "get_object", RESULT),
    AwsCall("Rotate", "lambda", "invoke", {"FunctionName": "{Mint}"}),
    # Owner looks after one organization's things, and can't hide that it did
    AwsCall("Owner", "dynamodb", "delete_item", key("AUDIT#16417")),
    AwsCall("Owner", "dynamodb", "update_item", key("AUDIT#16417") | TO_ONE),
    AwsCall("Owner", "dynamodb", "delete_item", key("USAGE#16417")),
    AwsCall("Owner", "dynamodb", "put_item", put("TOKEN#abc")),
    AwsCall("Owner", "dynamodb", "scan", LIST_ALL),
    AwsCall("Owner", "dynamodb", "delete_table", {"TableName": "{Table}"}),
    AwsCall("Owner", "ssm", "delete_parameter", {"Name": "{secret}"}),
    AwsCall("Owner", "ssm", "get_parameter", ANOTHERS),
    AwsCall("Owner", "s3", "get_object", RESULT),
    AwsCall("Owner", "lambda", "invoke", {"FunctionName": "{Mint}"}),
    # The schedule starts Rotate
    AwsCall("RotateScheduleRole", "lambda", "invoke", {"FunctionName": "{Mint}"}),
    AwsCall("RotateScheduleRole", "lambda", "get_function", {"FunctionName": "{Rotate}"}),
    AwsCall("RotateScheduleRole", "ssm", "get_parameter", SECRET),
    AwsCall("RotateScheduleRole", "dynamodb", "scan", LIST_ALL),
    AwsCall("RotateScheduleRole", "sqs", "receive_message", {"QueueUrl": "{RotateDeadLetters}"}),
]


@pytest.fixture(scope="module")
def stack(account: Account, template: Path) -> Stack:
    """One whose every role has worked, and so has credentials."""
    stack = deploy(account, template, "clerestory")
    put_data(stack)
    make_user(stack, "owner@example.com", ("owners",), organization="airlines", acct_id="UA")
    owner = sign_in(stack, "owner@example.com")
    assert owner.results(owner.embed_url(dashboard=38727)).status_code == 200
    assert owner.http.get("/organizations/airlines/audit").status_code == 200
    fire_the_schedule(stack)
    for role in FUNCTIONS:
        group = stack.physical_id(f"{role}Log")
        account.client("logs").create_log_stream(logGroupName=group, logStreamName=STREAM)
    return stack


@pytest.fixture(scope="module")
def names(stack: Stack) -> dict[str, str]:
    return stack.resources() | {"secret": secret_name(stack)}


@pytest.mark.parametrize("abuse", ABUSES, ids=lambda abuse: abuse.id)
def test_what_a_role_has_no_need_of_is_refused(stack: Stack, names: dict[str, str], abuse: AwsCall) -> None:
    client = stack.account.client_of(names[abuse.role], abuse.service)
    with pytest.raises(ClientError) as refused:
        getattr(client, abuse.operation)(**_filled(abuse.arguments, names))
    assert refused.value.response["Error"]["Code"] in REFUSALS


LINES = {"logStreamName": STREAM, "logEvents": [{"timestamp": 0, "message": "started"}]}
GIVEN_UP = {"MessageBody": "given up"}
NEEDS = [
    *(
        AwsCall(role, "logs", "put_log_events", LINES | {"logGroupName": f"{{{role}Log}}"})
        for role in FUNCTIONS
    ),
    AwsCall("Query", "sqs", "send_message", GIVEN_UP | {"QueueUrl": "{QueryDeadLetters}"}),
    AwsCall("Rotate", "sqs", "send_message", GIVEN_UP | {"QueueUrl": "{RotateDeadLetters}"}),
    AwsCall("RotateScheduleRole", "sqs", "send_message", GIVEN_UP | {"QueueUrl": "{RotateDeadLetters}"}),
    AwsCall("Query", "s3", "list_objects_v2", {"Bucket": "{DataBucket}", "Prefix": "data/"}),
    AwsCall("Embed", "s3", "list_objects_v2", {"Bucket": "{ResultsBucket}"}),
]
"""What Lambda, the scheduler and S3 do in a role's name, which no call of its function shows."""


@pytest.mark.parametrize("need", NEEDS, ids=lambda need: need.id)
def test_what_is_done_in_a_roles_name_is_allowed(stack: Stack, names: dict[str, str], need: AwsCall) -> None:
    client = stack.account.client_of(names[need.role], need.service)
    getattr(client, need.operation)(**_filled(need.arguments, names))


def _filled(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _filled(each, names) for key, each in value.items()}
    if isinstance(value, list):
        return [_filled(each, names) for each in value]
    return value.format_map(names) if isinstance(value, str) else value
