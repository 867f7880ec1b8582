"""Who may do what: the least that each function needs, and nothing with a star for a name."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.template import FUNCTION, FUNCTIONS, ROLE, of_type

SECRETS = r"arn:aws:ssm:[^:]+:\d+:parameter/clerestory/local/organizations/\*/embed-secret(:\*)?"
TABLE = "arn:aws:dynamodb:us-east-1:123456789012:table/local-Table"


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def statements(role: str) -> Iterator[dict[str, Any]]:
    for policy in of_type(ROLE)[role]["Policies"]:
        for statement in policy["PolicyDocument"]["Statement"]:
            assert statement["Effect"] == "Allow"
            yield statement


def grants(role: str) -> Iterator[tuple[str, str]]:
    """Each action with each resource that it is allowed on."""
    for statement in statements(role):
        for action in listed(statement["Action"]):
            for resource in listed(statement["Resource"]):
                yield action, resource


def items(role: str) -> set[tuple[str, str]]:
    """Each action on the table with each kind of item, by its key, that it is allowed on."""
    found = set()
    for statement in statements(role):
        if statement["Resource"] == TABLE:
            keys = statement["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"]
            actions = [action.removeprefix("dynamodb:") for action in listed(statement["Action"])]
            found |= {(action, key.removesuffix("#*")) for action in actions for key in keys}
    return found


def actions(role: str, service: str = "") -> set[str]:
    return {action for action, _ in grants(role) if action.startswith(service)}


def holders(action: str) -> set[str]:
    return {role for role in of_type(ROLE) if action in actions(role)}


def test_every_function_has_a_role_of_its_own() -> None:
    roles = [properties["Role"].rpartition(":")[2] for properties in of_type(FUNCTION).values()]
    assert sorted(roles) == sorted(f"{name}Role" for name in FUNCTIONS)


@pytest.mark.parametrize("role", of_type(ROLE))
def test_no_role_has_a_wildcard_for_an_action_or_for_every_resource(role: str) -> None:
    for action, resource in grants(role):
        assert "*" not in action
        assert resource.strip("*")
        assert "*" not in resource.partition("*")[0]


@pytest.mark.parametrize("role", of_type(ROLE))
def test_a_wildcard_stands_only_for_an_organization_or_an_object(role: str) -> None:
    for action, resource in grants(role):
        if "*" in resource:
            assert re.fullmatch(SECRETS, resource) or action in ("s3:GetObject", "s3:PutObject")


def test_only_rotate_and_owner_may_write_the_secret() -> None:
    assert holders("ssm:PutParameter") == {"RotateRole", "OwnerRole"}


def test_query_may_not_read_the_secret() -> None:
    assert holders("ssm:GetParameter") == {"MintRole", "EmbedRole", "RotateRole", "OwnerRole"}
    assert not actions("QueryRole", "ssm:")


@pytest.mark.parametrize("role", of_type(ROLE))
def test_the_secret_is_all_of_parameter_store_that_a_role_reaches(role: str) -> None:
    reached = [resource for action, resource in grants(role) if action.startswith("ssm:")]
    assert all(re.fullmatch(SECRETS, resource) for resource in reached)


@pytest.mark.parametrize("role", ["MintRole", "EmbedRole", "RotateRole", "OwnerRole"])
def test_the_secret_may_be_read_by_its_version_too(role: str) -> None:
    """IAM may check the name with the selector that it is asked by."""
    read = {resource.rpartition("/")[2] for action, resource in grants(role) if action == "ssm:GetParameter"}
    assert read == {"embed-secret", "embed-secret:*"}


def test_only_query_may_read_the_data() -> None:
    data = {role for role in of_type(ROLE) for _, resource in grants(role) if "databucket" in resource}
    assert data == {"QueryRole"}
    assert ("s3:GetObject", "arn:aws:s3:::local-databucket/data/*") in set(grants("QueryRole"))


@pytest.mark.parametrize("folder", ["data", "lake/flights"])
def test_query_lists_no_more_of_the_data_than_it_may_read(folder: str) -> None:
    """DuckDB lists by what stands before a glob's first star, which is never less than the folder."""
    role = of_type(ROLE, DataBucketName="lake", DataPrefix=folder)["QueryRole"]
    allowed = {
        str(statement["Action"]): (statement["Resource"], statement.get("Condition"))
        for statement in role["Policies"][0]["PolicyDocument"]["Statement"]
    }
    assert allowed["s3:GetObject"] == (f"arn:aws:s3:::lake/{folder}/*", None)
    assert allowed["s3:ListBucket"] == (
        "arn:aws:s3:::lake",
        {"StringLike": {"s3:prefix": f"{folder}/*"}},
    )


def test_mint_writes_nothing_and_reads_no_bucket() -> None:
    assert actions("MintRole") == {
        "logs:CreateLogStream", "logs:PutLogEvents", "ssm:GetParameter", "lambda:InvokeFunction",
        "dynamodb:GetItem",
    }  # fmt: skip


def test_embed_reads_results_and_query_writes_them() -> None:
    assert holders("s3:PutObject") == {"QueryRole"}
    assert ("s3:GetObject", "arn:aws:s3:::local-resultsbucket/*") in set(grants("EmbedRole"))


def test_the_table_is_used_no_more_than_the_code_does() -> None:
    assert {role: found for role in of_type(ROLE) if (found := items(role))} == {
        "MintRole": {("GetItem", "ORGANIZATION")},
        "EmbedRole": {
            ("BatchGetItem", "TOKEN"), ("BatchGetItem", "ORGANIZATION"), ("GetItem", "ORGANIZATION"),
            ("PutItem", "TOKEN"), ("UpdateItem", "TOKEN"), ("PutItem", "USAGE"), ("UpdateItem", "USAGE"),
        },
        "QueryRole": {("UpdateItem", "TOKEN")},
        "RotateRole": {("GetItem", "ORGANIZATION"), ("UpdateItem", "ORGANIZATION"), ("PutItem", "AUDIT")},
        "OwnerRole": {
            ("GetItem", "ORGANIZATION"), ("UpdateItem", "ORGANIZATION"), ("DeleteItem", "ORGANIZATION"),
            ("PutItem", "ORGANIZATION"), ("PutItem", "AUDIT"),
            ("Query", "ORGANIZATION"), ("Query", "AUDIT"), ("Query", "USAGE"),
        },
    }  # fmt: skip


def test_the_audit_is_added_to_and_never_changed() -> None:
    touched = {(role, action) for role in of_type(ROLE) for action, key in items(role) if key == "AUDIT"}
    assert touched == {("OwnerRole", "PutItem"), ("OwnerRole", "Query"), ("RotateRole", "PutItem")}


def test_a_role_that_uses_the_table_says_which_items() -> None:
    """`items` would not see a statement with the table among others."""
    dynamodb = [
        (role, statement["Resource"])
        for role in of_type(ROLE)
        for statement in statements(role)
        if any(action.startswith("dynamodb:") for action in listed(statement["Action"]))
    ]
    assert {resource for _, resource in dynamodb} == {TABLE, f"{TABLE}/index/live"}
    assert [role for role, resource in dynamodb if resource != TABLE] == ["OwnerRole"]


def test_functions_are_invoked_only_by_who_needs_them() -> None:
    invoked = {
        (role, resource.rpartition(":")[2])
        for role in of_type(ROLE)
        for action, resource in grants(role)
        if action == "lambda:InvokeFunction"
    }
    assert invoked == {("MintRole", "Rotate"), ("EmbedRole", "Query"), ("RotateScheduleRole", "Rotate")}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_writes_to_its_own_log_group_only(name: str) -> None:
    written = {resource for action, resource in grants(f"{name}Role") if action.startswith("logs:")}
    assert {resource.rpartition(":")[2] for resource in written} == {f"{name}Log"}
    assert of_type(FUNCTION)[name]["LoggingConfig"]["LogGroup"] == f"{name}Log"


@pytest.mark.parametrize("name", FUNCTIONS)
def test_traces_are_sent_only_where_they_are_asked_for(name: str) -> None:
    """The permission is the role's own: Lambda refuses to make a function that traces without it."""
    assert of_type(FUNCTION)[name]["TracingConfig"] == {"Mode": "PassThrough"}
    assert not actions(f"{name}Role", "xray:")
    assert of_type(FUNCTION, Tracing="on")[name]["TracingConfig"] == {"Mode": "Active"}
    [statement] = of_type(ROLE, Tracing="on")[f"{name}Role"]["Policies"][-1]["PolicyDocument"]["Statement"]
    assert statement["Effect"] == "Allow"
    assert set(statement["Action"]) == {"xray:PutTelemetryRecords", "xray:PutTraceSegments"}


@pytest.mark.parametrize("name", ["Query", "Rotate"])
def test_what_is_given_up_goes_to_a_queue_that_its_role_may_write(name: str) -> None:
    config = of_type("AWS::Lambda::EventInvokeConfig")[f"{name}EventInvokeConfig"]
    queue = config["DestinationConfig"]["OnFailure"]["Destination"]
    assert ("sqs:SendMessage", queue) in set(grants(f"{name}Role"))
