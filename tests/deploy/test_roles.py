"""What each role may do is what its function does, and what it may not do is refused."""

from pathlib import Path
from typing import Any, NamedTuple

import pytest
from botocore.exceptions import ClientError

from tests.deploy.account import Account
from tests.deploy.operations import fire_the_schedule, put_data, secret_name
from tests.deploy.stacks import Stack, deploy
from tests.deploy.visitors import make_user, sign_in

REFUSALS = {"AccessDenied", "AccessDeniedException", "AccessDenied.S3"}


class Abuse(NamedTuple):
    """A call that nobody's work needs. `arguments` name what is the stack's own in braces."""

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

ABUSES = [
    # Mint signs, and that is all
    Abuse("Mint", "ssm", "put_parameter", FORGED),
    Abuse("Mint", "ssm", "get_parameter", ANOTHERS),
    Abuse("Mint", "ssm", "get_parameter_history", SECRET),
    Abuse("Mint", "dynamodb", "get_item", key("TOKEN#abc", "TOKEN")),
    Abuse("Mint", "dynamodb", "query", query("AUDIT#16417")),
    Abuse("Mint", "dynamodb", "put_item", put("ORGANIZATION#16417")),
    Abuse("Mint", "s3", "get_object", RESULT),
    Abuse("Mint", "lambda", "invoke", {"FunctionName": "{Owner}"}),
    Abuse("Mint", "lambda", "get_function", {"FunctionName": "{Rotate}"}),
    # Embed serves and counts
    Abuse("Embed", "ssm", "put_parameter", FORGED),
    Abuse("Embed", "ssm", "get_parameter", ANOTHERS),
    Abuse("Embed", "dynamodb", "put_item", put("AUDIT#16417")),
    Abuse("Embed", "dynamodb", "update_item", key("ORGANIZATION#16417", "FLOOR") | TO_ONE),
    Abuse("Embed", "dynamodb", "delete_item", key("TOKEN#abc", "TOKEN")),
    Abuse("Embed", "dynamodb", "scan", LIST_ALL),
    Abuse("Embed", "s3", "put_object", RESULT | {"Body": b"forged"}),
    Abuse("Embed", "s3", "get_object", DATA),
    Abuse("Embed", "lambda", "invoke", {"FunctionName": "{Rotate}"}),
    # Query reads data and writes results
    Abuse("Query", "ssm", "get_parameter", SECRET),
    Abuse("Query", "dynamodb", "put_item", put("USAGE#16417")),
    Abuse("Query", "dynamodb", "update_item", key("ORGANIZATION#16417", "FLOOR") | TO_ONE),
    Abuse("Query", "dynamodb", "get_item", key("TOKEN#abc", "TOKEN")),
    Abuse("Query", "s3", "put_object", DATA | {"Body": b"forged"}),
    Abuse("Query", "s3", "get_object", DATA | {"Key": "private/payroll.parquet"}),
    Abuse("Query", "s3", "list_objects_v2", {"Bucket": "{DataBucket}", "Prefix": "private/"}),
    Abuse("Query", "s3", "list_objects_v2", {"Bucket": "{DataBucket}"}),
    Abuse("Query", "s3", "delete_object", RESULT),
    Abuse("Query", "lambda", "invoke", {"FunctionName": "{Rotate}"}),
    Abuse("Query", "sqs", "receive_message", {"QueueUrl": "{QueryDeadLetters}"}),
    # Rotate changes secrets and says so
    Abuse("Rotate", "ssm", "delete_parameter", {"Name": "{secret}"}),
    Abuse("Rotate", "ssm", "get_parameter", ANOTHERS),
    Abuse("Rotate", "ssm", "put_parameter", FORGED | {"Name": ANOTHERS["Name"]}),
    Abuse("Rotate", "dynamodb", "update_item", key("AUDIT#16417") | TO_ONE),
    Abuse("Rotate", "dynamodb", "delete_item", key("AUDIT#16417")),
    Abuse("Rotate", "dynamodb", "query", query("TOKEN#abc")),
    Abuse("Rotate", "s3", "get_object", RESULT),
    Abuse("Rotate", "lambda", "invoke", {"FunctionName": "{Mint}"}),
    # Owner looks after one organization's things, and can't hide that it did
    Abuse("Owner", "dynamodb", "delete_item", key("AUDIT#16417")),
    Abuse("Owner", "dynamodb", "update_item", key("AUDIT#16417") | TO_ONE),
    Abuse("Owner", "dynamodb", "delete_item", key("USAGE#16417")),
    Abuse("Owner", "dynamodb", "put_item", put("TOKEN#abc")),
    Abuse("Owner", "dynamodb", "scan", LIST_ALL),
    Abuse("Owner", "dynamodb", "delete_table", {"TableName": "{Table}"}),
    Abuse("Owner", "ssm", "delete_parameter", {"Name": "{secret}"}),
    Abuse("Owner", "ssm", "get_parameter", ANOTHERS),
    Abuse("Owner", "s3", "get_object", RESULT),
    Abuse("Owner", "lambda", "invoke", {"FunctionName": "{Mint}"}),
    # The schedule starts Rotate
    Abuse("RotateScheduleRole", "lambda", "invoke", {"FunctionName": "{Mint}"}),
    Abuse("RotateScheduleRole", "lambda", "get_function", {"FunctionName": "{Rotate}"}),
    Abuse("RotateScheduleRole", "ssm", "get_parameter", SECRET),
    Abuse("RotateScheduleRole", "dynamodb", "scan", LIST_ALL),
    Abuse("RotateScheduleRole", "sqs", "receive_message", {"QueueUrl": "{RotateDeadLetters}"}),
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
    return stack


@pytest.fixture(scope="module")
def names(stack: Stack) -> dict[str, str]:
    return stack.resources() | {"secret": secret_name(stack)}


@pytest.mark.parametrize("abuse", ABUSES, ids=lambda abuse: abuse.id)
def test_what_a_role_has_no_need_of_is_refused(stack: Stack, names: dict[str, str], abuse: Abuse) -> None:
    client = stack.account.client_of(names[abuse.role], abuse.service)
    with pytest.raises(ClientError) as refused:
        getattr(client, abuse.operation)(**_filled(abuse.arguments, names))
    assert refused.value.response["Error"]["Code"] in REFUSALS


def _filled(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _filled(each, names) for key, each in value.items()}
    return value.format_map(names) if isinstance(value, str) else value
