"""What the template promises: what is built, what is kept, and what no log ever holds."""

import json
import re
from typing import Any

import pytest

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
    assert function["CodeUri"] == f"functions/{name.lower()}"


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
    layered = {name for name, found in of_type(FUNCTION).items() if "QueryLayer" in found["Layers"]}
    assert layered == {"Query"}


@pytest.mark.parametrize("architecture", ["x86_64", "arm64"])
def test_functions_and_layers_have_one_architecture(architecture: str) -> None:
    functions = of_type(FUNCTION, Architecture=architecture).values()
    layers = of_type("AWS::Serverless::LayerVersion", Architecture=architecture).values()
    assert all(function["Architectures"] == [architecture] for function in functions)
    assert all(layer["CompatibleArchitectures"] == [architecture] for layer in layers)


def test_the_queries_concurrency_is_reserved_only_where_asked_for() -> None:
    assert "ReservedConcurrentExecutions" not in of_type(FUNCTION)["Query"]
    assert of_type(FUNCTION, QueryConcurrency="5")["Query"]["ReservedConcurrentExecutions"] == "5"


# When something fails


def test_a_failed_run_is_not_repeated_and_is_kept() -> None:
    config = of_type(FUNCTION)["Query"]["EventInvokeConfig"]
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
    }
    for name, function in of_type(FUNCTION).items():
        variables = function["Environment"]["Variables"]
        assert variables["POWERTOOLS_METRICS_NAMESPACE"] == OWN_METRICS
        assert variables["POWERTOOLS_SERVICE_NAME"] == name.lower()


@pytest.mark.parametrize("metric", ["RotationFailed", "SecretOverdue", "SecretReset", "Failed"])
def test_an_alarms_metric_is_one_that_the_code_counts(metric: str) -> None:
    sources = (ROOT / "layers/clerestory/clerestory").rglob("*.py")
    assert any(f'count("{metric}")' in source.read_text(encoding="utf-8") for source in sources)


def test_alarms_tell_whoever_gave_an_address() -> None:
    assert not of_type("AWS::SNS::Topic")
    told = of_type("AWS::CloudWatch::Alarm", AlarmEmail="ops@example.com").values()
    assert all(alarm["AlarmActions"] == ["AlarmTopic"] for alarm in told)


# The API


def api(**parameters: str) -> dict[str, Any]:
    return of_type("AWS::Serverless::HttpApi", **parameters)["Api"]


def routes() -> dict[tuple[str, str], str]:
    """The authorizer of each route."""
    events = (event for found in of_type(FUNCTION).values() for event in found.get("Events", {}).values())
    return {
        (event["Properties"]["Method"], event["Properties"]["Path"]): event["Properties"]["Auth"][
            "Authorizer"
        ]
        for event in events
    }


def test_a_session_is_asked_for_where_a_session_acts_and_not_in_the_iframe() -> None:
    assert routes() == {
        ("POST", "/embeds"): "Session",
        ("GET", "/dashboards"): "Session",
        ("ANY", "/d/{proxy+}"): "NONE",
        ("ANY", "/assets/{proxy+}"): "NONE",
        ("GET", "/organizations/{organization}/secret"): "Session",
        ("POST", "/organizations/{organization}/secret/reveal"): "Session",
        ("POST", "/organizations/{organization}/secret/rotate"): "Session",
        ("POST", "/organizations/{organization}/secret/reset"): "Session",
        ("GET", "/organizations/{organization}/usage"): "Session",
        ("GET", "/organizations/{organization}/dashboards/{dashboard}/example-code"): "Session",
        ("POST", "/organizations/{organization}/revocations"): "Session",
        ("GET", "/organizations/{organization}/revocations"): "Session",
        ("DELETE", "/organizations/{organization}/revocations/{revocation}"): "Session",
        ("GET", "/organizations/{organization}/audit"): "Session",
    }


def test_every_route_of_owners_is_on_the_api() -> None:
    source = (ROOT / "functions/owner/app.py").read_text(encoding="utf-8")
    declared = re.findall(r'Route\(f"\{ORGANIZATION\}([^"]+)".*methods=\["(\w+)"\]', source)
    on_the_api = {
        (method, path) for method, path in routes() if path.startswith("/organizations/{organization}/")
    }
    assert on_the_api == {
        (method, "/organizations/{organization}" + path.replace("{{", "{").replace("}}", "}"))
        for path, method in declared
    }


def test_a_route_that_says_nothing_is_closed() -> None:
    assert api()["Auth"]["DefaultAuthorizer"] == "Session"


def test_the_session_is_the_authorization_header() -> None:
    assert api()["Auth"]["Authorizers"]["Session"]["IdentitySource"] == "$request.header.Authorization"


def test_an_issuer_of_ones_own_is_used_and_no_user_pool_made() -> None:
    own = {"JwtIssuer": "https://id.example.com/", "JwtAudience": "site,app"}
    configuration = api(**own)["Auth"]["Authorizers"]["Session"]["JwtConfiguration"]
    assert configuration == {"issuer": "https://id.example.com/", "audience": ["site", "app"]}
    assert not [name for name, found in of_type(*COGNITO, **own).items() if found]


def test_cors_names_origins_and_lets_no_cookies_in() -> None:
    cors = api()["CorsConfiguration"]
    assert cors["AllowOrigins"] == ["http://localhost:8787", "http://127.0.0.1:8787"]
    assert cors["AllowMethods"] == ["GET", "POST", "DELETE"]
    assert cors["AllowHeaders"] == ["authorization", "content-type", "idempotency-key"]
    assert not cors["AllowCredentials"]
    chosen = api(AllowedOrigins="https://a.example,https://b.example")["CorsConfiguration"]
    assert chosen["AllowOrigins"] == ["https://a.example", "https://b.example"]


@pytest.mark.parametrize("refused", ["*", "https://*", "https://a.example/", "https://a.example,*", ""])
def test_cors_can_not_be_opened_to_everyone(refused: str) -> None:
    pattern = written()["Parameters"]["AllowedOrigins"]["AllowedPattern"]
    assert not re.search(pattern, refused)


def test_the_api_is_throttled() -> None:
    settings = api()["DefaultRouteSettings"]
    assert settings == {"ThrottlingRateLimit": "100", "ThrottlingBurstLimit": "100"}


def test_access_logs_hold_the_route_and_nothing_that_could_hold_a_token() -> None:
    logged = json.loads(api()["AccessLogSettings"]["Format"])
    assert logged["route"] == "$context.routeKey"
    assert set(logged.values()) == {
        "$context.requestTime", "$context.requestId", "$context.routeKey", "$context.httpMethod",
        "$context.status", "$context.responseLength", "$context.responseLatency",
        "$context.integrationLatency", "$context.identity.sourceIp", "$context.error.responseType",
        "$context.integrationStatus",
    }  # fmt: skip


# Who signs in


def test_without_an_issuer_there_is_a_user_pool_that_the_api_trusts() -> None:
    assert set(of_type(*COGNITO)) == {"UserPool", "UserPoolClient", "UserPoolDomain", "Owners"}
    assert api()["Auth"]["Authorizers"]["Session"]["JwtConfiguration"] == {
        "issuer": "UserPool.ProviderURL",
        "audience": ["UserPoolClient"],
    }


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


# Deploying


def test_every_parameter_has_a_default_a_description_and_a_place_in_the_form() -> None:
    document = written()
    parameters = document["Parameters"]
    assert [
        name for name, found in parameters.items() if not {"Default", "Description"} <= found.keys()
    ] == []
    groups = document["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]
    assert sorted(name for group in groups for name in group["Parameters"]) == sorted(parameters)


def test_every_parameter_is_explained_where_deploying_is() -> None:
    explained = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
    assert [name for name in written()["Parameters"] if f"| `{name}` |" not in explained] == []


def test_outputs_say_what_to_do_next() -> None:
    outputs = written()["Outputs"]
    assert [name for name in outputs if name.startswith("Step")] == [
        "Step1UploadData", "Step2MakeUser", "Step3SignIn", "Step4Mint",
    ]  # fmt: skip
    assert outputs["Step4Mint"]["Value"]["Sub"].startswith("curl https://${Api}.execute-api.")


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
