"""What the template promises: what is built, what is kept, and what no log ever holds."""

import json
import re

import pytest

from clerestory.aws.clients import SECONDS_FOR_ANOTHER
from clerestory.secret.rotation import PAUSE
from tests.template import FUNCTION, FUNCTIONS, ROOT, of_type, written

COGNITO = (
    "AWS::Cognito::UserPool",
    "AWS::Cognito::UserPoolClient",
    "AWS::Cognito::UserPoolDomain",
    "AWS::Cognito::UserPoolGroup",
)

# The functions


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_is_built_from_its_own_folder(name: str) -> None:
    function = of_type(FUNCTION)[name]
    assert function["Runtime"] == "python3.13"
    assert function["Handler"] == "app.handler"
    assert function["Code"] == {"S3Bucket": "built", "S3Key": name}
    assert written()["Resources"][name]["Properties"]["CodeUri"] == f"functions/{name.lower()}"


@pytest.mark.parametrize("name", FUNCTIONS)
def test_libraries_that_log_paths_are_not_turned_up(name: str) -> None:
    """Mangum logs each path at INFO, which `LogFormat: JSON` lets through: a path holds a token."""
    assert of_type(FUNCTION)[name]["LoggingConfig"] == {"LogFormat": "Text", "LogGroup": f"{name}Log"}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_no_environment_holds_a_secret(name: str) -> None:
    variables = of_type(FUNCTION)[name]["Environment"]["Variables"]
    suspicious = re.compile(r"secret|password|token|key", re.IGNORECASE)
    assert {key for key in variables if suspicious.search(key)} <= {"SECRET_PREFIX"}
    assert variables["SECRET_PREFIX"] == "/clerestory/local"
    assert not any("resolve:ssm" in str(value) for value in variables.values())


def test_the_secrets_folder_can_be_named() -> None:
    named = of_type(FUNCTION, PackName="acme")["Mint"]["Environment"]["Variables"]
    assert named["SECRET_PREFIX"] == "/clerestory/acme"


def test_only_query_loads_duckdb() -> None:
    layered = {
        name
        for name, found in of_type(FUNCTION).items()
        if any(layer.startswith("QueryLayer") for layer in found["Layers"])
    }
    assert layered == {"Query"}


@pytest.mark.parametrize("architecture", ["x86_64", "arm64"])
def test_a_function_and_its_layers_are_for_one_processor_and_no_other_is_deployed(architecture: str) -> None:
    layers = of_type("AWS::Lambda::LayerVersion", Architecture=architecture)
    functions = of_type(FUNCTION, Architecture=architecture).values()
    assert all(function["Architectures"] == [architecture] for function in functions)
    assert {layer for function in functions for layer in function["Layers"]} == layers.keys()
    assert all(architecture in layer["CompatibleArchitectures"] for layer in layers.values())


@pytest.mark.parametrize(
    ("architecture", "compiled"),
    [
        ("x86_64", {"ClerestoryLayer", "QueryLayer"}),
        ("arm64", {"ClerestoryLayerArm64", "QueryLayerArm64"}),
    ],
)
def test_a_stack_has_the_layers_that_are_built_for_its_processor(
    architecture: str, compiled: set[str]
) -> None:
    layers = of_type("AWS::Lambda::LayerVersion", Architecture=architecture).values()
    assert {layer["Content"]["S3Key"] for layer in layers} == compiled | {"DashboardsLayer", "PageLayer"}
    metadata = [written()["Resources"][layer]["Metadata"] for layer in compiled]
    assert {each["BuildArchitecture"] for each in metadata} == {architecture}


def test_the_queries_concurrency_is_reserved_only_where_asked_for() -> None:
    assert "ReservedConcurrentExecutions" not in of_type(FUNCTION)["Query"]
    assert of_type(FUNCTION, QueryConcurrency="5")["Query"]["ReservedConcurrentExecutions"] == "5"


API_WAITS = 30


def test_the_first_mint_of_a_new_stack_has_time_for_a_cold_rotate() -> None:
    """Mint reads the secret before and after, and the API waits for all of it."""
    functions = of_type(FUNCTION)
    assert 8 < SECONDS_FOR_ANOTHER + 5 < functions["Mint"]["Timeout"] < API_WAITS
    assert functions["Rotate"]["MemorySize"] >= 512


def test_a_night_of_rotations_has_time_for_a_thousand() -> None:
    a_rotation = 0.5  # a dozen calls to AWS
    assert 1_000 * (PAUSE + a_rotation) < of_type(FUNCTION)["Rotate"]["Timeout"] <= 900


def test_nothing_is_reserved_that_a_new_account_has_not() -> None:
    reserved = "ReservedConcurrentExecutions", "ProvisionedConcurrencyConfig"
    assert not [name for name, found in of_type(FUNCTION).items() if any(each in found for each in reserved)]


# When something fails


def test_a_failed_run_is_not_repeated_and_is_kept() -> None:
    config = of_type("AWS::Lambda::EventInvokeConfig")["QueryEventInvokeConfig"]
    assert (config["FunctionName"], config["Qualifier"]) == ("Query", "$LATEST")
    assert config["MaximumRetryAttempts"] == 0
    assert config["DestinationConfig"]["OnFailure"]["Destination"].endswith("QueryDeadLetters")


def test_dead_letters_are_encrypted() -> None:
    assert all(queue["SqsManagedSseEnabled"] for queue in of_type("AWS::SQS::Queue").values())


def test_rotation_is_scheduled_daily_with_the_schedules_time_and_a_dead_letter_queue() -> None:
    schedule = of_type("AWS::Scheduler::Schedule")["RotateSchedule"]
    target = schedule["Target"]
    assert schedule["ScheduleExpression"] == "cron(17 3 * * ? *)"
    assert target["Arn"].endswith(":function:Rotate")
    assert target["RoleArn"].endswith("RotateScheduleRole")
    assert target["DeadLetterConfig"]["Arn"].endswith("RotateDeadLetters")
    assert target["RetryPolicy"]["MaximumRetryAttempts"] > 0
    assert "<aws.scheduler.scheduled-time>" in json.loads(target["Input"]).values()


OWN_METRICS = "Clerestory/local"
"""Another stack's failures raise no alarm of this one."""


def watched() -> set[tuple[str, str, str]]:
    """The namespace, name and dimension of each alarm's metric."""
    return {
        (alarm["Namespace"], alarm["MetricName"], alarm["Dimensions"][0]["Value"])
        for alarm in of_type("AWS::CloudWatch::Alarm").values()
    }


def test_failures_raise_alarms() -> None:
    assert {each for each in watched() if each[0] != OWN_METRICS} == {
        ("AWS/Lambda", "Errors", "Mint"),
        ("AWS/Lambda", "Errors", "Embed"),
        ("AWS/Lambda", "Errors", "Query"),
        ("AWS/Lambda", "Errors", "Rotate"),
        ("AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueryDeadLetters.QueueName"),
        ("AWS/SQS", "ApproximateNumberOfMessagesVisible", "RotateDeadLetters.QueueName"),
        ("AWS/Lambda", "Errors", "Owner"),
        ("AWS/ApiGateway", "5xx", "Api"),
    }


def test_what_the_functions_count_as_failed_or_worth_knowing_raises_alarms() -> None:
    assert {(name, service) for namespace, name, service in watched() if namespace == OWN_METRICS} == {
        ("RotationFailed", "rotate"),
        ("SecretOverdue", "rotate"),
        ("SecretReset", "owner"),
        ("Failed", "mint"),
        ("Failed", "embed"),
        ("Failed", "owner"),
        ("ChartFailed", "query"),
    }
    for name, function in of_type(FUNCTION).items():
        variables = function["Environment"]["Variables"]
        assert variables["POWERTOOLS_METRICS_NAMESPACE"] == OWN_METRICS
        assert variables["POWERTOOLS_SERVICE_NAME"] == name.lower()


@pytest.mark.parametrize(
    "metric", ["RotationFailed", "SecretOverdue", "SecretReset", "Failed", "ChartFailed"]
)
def test_an_alarms_metric_is_one_that_the_code_counts(metric: str) -> None:
    sources = [*(ROOT / "layers/clerestory/clerestory").rglob("*.py"), *(ROOT / "functions").rglob("*.py")]
    assert any(f'count("{metric}")' in source.read_text(encoding="utf-8") for source in sources)


def test_alarms_tell_whoever_gave_an_address() -> None:
    assert not of_type("AWS::SNS::Topic")
    told = of_type("AWS::CloudWatch::Alarm", AlarmEmail="ops@example.com").values()
    assert all(alarm["AlarmActions"] == ["AlarmTopic"] for alarm in told)


# Who signs in


def test_a_user_pool_is_made_only_where_no_issuer_is_named() -> None:
    assert set(of_type(*COGNITO)) == {"UserPool", "UserPoolClient", "UserPoolDomain", "Owners"}
    assert not of_type(*COGNITO, JwtIssuer="https://id.example.com/", JwtAudience="site,app")


def test_the_pool_has_the_claims_and_the_group_that_the_functions_read() -> None:
    names = {attribute["Name"] for attribute in of_type(*COGNITO)["UserPool"]["Schema"]}
    assert names == {"acct_id", "organization"}
    variables = of_type(FUNCTION)["Mint"]["Environment"]["Variables"]
    assert variables["ORGANIZATION_CLAIM"] == "custom:organization"
    assert of_type(*COGNITO)["Owners"]["GroupName"] == variables["OWNERS_GROUP"]


def test_the_sites_client_is_public_and_uses_the_code_flow() -> None:
    client = of_type(*COGNITO)["UserPoolClient"]
    assert client["GenerateSecret"] is False
    assert client["AllowedOAuthFlows"] == ["code"]


def test_no_visitor_can_choose_an_account() -> None:
    found = of_type(*COGNITO)
    assert found["UserPool"]["AdminCreateUserConfig"]["AllowAdminCreateUserOnly"] is True
    assert not [name for name in found["UserPoolClient"]["WriteAttributes"] if name.startswith("custom:")]


def test_a_user_cannot_take_an_address_that_is_not_shown_to_be_theirs() -> None:
    pool = of_type(*COGNITO)["UserPool"]
    assert pool["AutoVerifiedAttributes"] == ["email"]
    assert pool["UserAttributeUpdateSettings"] == {"AttributesRequireVerificationBeforeUpdate": ["email"]}


# What is kept


def test_every_function_and_the_api_have_a_log_group_that_forgets() -> None:
    groups = of_type("AWS::Logs::LogGroup", LogRetentionDays="7")
    assert set(groups) == {"ApiLog", *(f"{name}Log" for name in FUNCTIONS)}
    assert {group["RetentionInDays"] for group in groups.values()} == {"7"}


def test_the_table_forgets_by_ttl_and_can_be_restored() -> None:
    table = of_type("AWS::DynamoDB::Table")["Table"]
    assert table["TimeToLiveSpecification"] == {"AttributeName": "ttl", "Enabled": True}
    assert table["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] is True
    assert table["BillingMode"] == "PAY_PER_REQUEST"
    assert table["SSESpecification"]["SSEEnabled"] is True


def test_live_tokens_can_be_found_by_organization() -> None:
    [index] = of_type("AWS::DynamoDB::Table")["Table"]["GlobalSecondaryIndexes"]
    assert index["IndexName"] == "live"
    assert [(key["AttributeName"], key["KeyType"]) for key in index["KeySchema"]] == [
        ("organization", "HASH"), ("expires_at", "RANGE"),
    ]  # fmt: skip
    assert index["Projection"]["NonKeyAttributes"] == ["dashboard", "epoch"]


@pytest.mark.parametrize("bucket", ["ResultsBucket", "DataBucket"])
def test_a_bucket_is_encrypted_private_and_reached_over_tls_only(bucket: str) -> None:
    properties = of_type("AWS::S3::Bucket")[bucket]
    assert "BucketEncryption" in properties
    assert set(properties["PublicAccessBlockConfiguration"].values()) == {True}
    [statement] = of_type("AWS::S3::BucketPolicy")[f"{bucket}Policy"]["PolicyDocument"]["Statement"]
    assert statement["Effect"] == "Deny"
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_results_are_deleted_after_two_days() -> None:
    [rule] = of_type("AWS::S3::Bucket")["ResultsBucket"]["LifecycleConfiguration"]["Rules"]
    assert (rule["Status"], rule["ExpirationInDays"]) == ("Enabled", 2)


def test_the_data_may_lie_in_a_bucket_that_is_there_already() -> None:
    own = {"DataBucketName": "lake", "DataPrefix": "clerestory/parquet"}
    assert "DataBucket" not in of_type("AWS::S3::Bucket", **own)
    query = of_type(FUNCTION, **own)["Query"]["Environment"]["Variables"]
    assert query["DATA"] == "s3://lake/clerestory/parquet"


@pytest.mark.parametrize("name", ["Table", "ResultsBucket", "DataBucket", "UserPool"])
def test_what_somebody_may_miss_outlives_the_stack(name: str) -> None:
    body = written()["Resources"][name]
    assert body["DeletionPolicy"] == "RetainExceptOnCreate"
    assert body["UpdateReplacePolicy"] == "Retain"


# The site, where it is hosted


def test_the_site_is_hosted_only_where_that_is_asked_for() -> None:
    kinds = ("AWS::CloudFront::Distribution", "AWS::CloudFront::ResponseHeadersPolicy")
    assert of_type(*kinds) == {}
    assert set(of_type(*kinds, HostSite="yes")) == {"SiteDistribution", "SiteHeaders"}


def test_the_hosted_site_runs_its_own_scripts_and_is_framed_by_nobody() -> None:
    headers = of_type("AWS::CloudFront::ResponseHeadersPolicy", HostSite="yes")["SiteHeaders"]
    security = headers["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"]
    policy = security["ContentSecurityPolicy"]["ContentSecurityPolicy"]
    for directive in ("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"):
        assert directive in policy
    assert "unsafe" not in policy
    assert "*" not in policy


def test_the_sites_bucket_is_read_by_its_own_distribution_alone() -> None:
    [_, allowed] = of_type("AWS::S3::BucketPolicy", HostSite="yes")["SiteBucketPolicy"]["PolicyDocument"][
        "Statement"
    ]
    assert allowed["Principal"] == {"Service": "cloudfront.amazonaws.com"}
    assert allowed["Condition"]["StringEquals"]["aws:SourceArn"].endswith("/SiteDistribution")
