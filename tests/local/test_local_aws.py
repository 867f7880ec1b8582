"""The local AWS keeps the promises that the pack relies on."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from local.aws.environment import point_at
from local.aws.invocations import forwarded_to, function_name, in_process
from local.aws.server import LocalAWS, listen
from local.functions import Functions, Source, read_functions
from local.resources import create_resources
from local.template import Template

ECHO = Path(__file__).parent / "echo"


@pytest.fixture(scope="module")
def functions() -> Iterator[Functions]:
    running = Functions([Source("Echo", ECHO, "app.handler", {}, 128, 3)])
    yield running
    running.close()


@pytest.fixture(scope="module")
def endpoint(functions: Functions) -> Iterator[str]:
    with listen("127.0.0.1", 0) as listener, LocalAWS(listener, in_process(functions.invoke)) as aws:
        create_resources(Template.read(ECHO / "template.yaml"), session(), aws.endpoint)
        yield aws.endpoint


def session() -> boto3.Session:
    return boto3.Session("local", "local", region_name="us-east-1")


@pytest.fixture
def dynamodb(endpoint: str) -> Any:
    return session().client("dynamodb", endpoint_url=endpoint)


@pytest.fixture
def lambdas(endpoint: str) -> Any:
    return session().client("lambda", endpoint_url=endpoint)


def adding(pk: str, amount: int = 1) -> list[dict[str, Any]]:
    add = {
        "TableName": "local-Records",
        "Key": {"pk": {"S": pk}},
        "UpdateExpression": "ADD #n :n",
        "ExpressionAttributeNames": {"#n": "n"},
        "ExpressionAttributeValues": {":n": {"N": str(amount)}},
    }
    return [{"Update": add}]


def count_of(dynamodb: Any, pk: str) -> int:
    item = dynamodb.get_item(TableName="local-Records", Key={"pk": {"S": pk}}).get("Item", {})
    return int(item.get("n", {"N": "0"})["N"])


def test_a_transaction_sent_again_with_its_token_runs_once(dynamodb: Any) -> None:
    for _ in range(3):
        dynamodb.transact_write_items(TransactItems=adding("again"), ClientRequestToken="again")
    assert count_of(dynamodb, "again") == 1


def test_of_many_at_once_with_one_token_one_runs(dynamodb: Any) -> None:
    def send(_: int) -> None:
        dynamodb.transact_write_items(TransactItems=adding("race"), ClientRequestToken="race")

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(send, range(24)))
    assert count_of(dynamodb, "race") == 1


def test_transactions_at_once_are_isolated(dynamodb: Any) -> None:
    def send(number: int) -> bool:
        put = {
            "TableName": "local-Records",
            "Item": {"pk": {"S": "winner"}, "by": {"N": str(number)}},
            "ConditionExpression": "attribute_not_exists(pk)",
        }
        try:
            dynamodb.transact_write_items(TransactItems=[{"Put": put}, *adding("isolated")])
        except dynamodb.exceptions.TransactionCanceledException:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        won = list(threads.map(send, range(24)))
    assert (won.count(True), count_of(dynamodb, "isolated")) == (1, 1)


def test_a_token_with_another_body_is_refused(dynamodb: Any) -> None:
    dynamodb.transact_write_items(TransactItems=adding("other"), ClientRequestToken="other")
    with pytest.raises(dynamodb.exceptions.IdempotentParameterMismatchException):
        dynamodb.transact_write_items(TransactItems=adding("other", 2), ClientRequestToken="other")
    assert count_of(dynamodb, "other") == 1


def test_a_failed_transaction_is_not_remembered(dynamodb: Any) -> None:
    needed = {
        "TableName": "local-Records",
        "Key": {"pk": {"S": "needed"}},
        "ConditionExpression": "attribute_exists(pk)",
    }
    wanted = [*adding("fails"), {"ConditionCheck": needed}]
    with pytest.raises(dynamodb.exceptions.TransactionCanceledException):
        dynamodb.transact_write_items(TransactItems=wanted, ClientRequestToken="fails")
    dynamodb.put_item(TableName="local-Records", Item={"pk": {"S": "needed"}})
    dynamodb.transact_write_items(TransactItems=wanted, ClientRequestToken="fails")
    assert count_of(dynamodb, "fails") == 1


def test_a_token_is_36_characters_at_most(dynamodb: Any) -> None:
    with pytest.raises(ClientError, match="ValidationException"):
        dynamodb.transact_write_items(TransactItems=adding("long"), ClientRequestToken="x" * 37)


def test_a_secure_string_is_kept(endpoint: str) -> None:
    ssm = session().client("ssm", endpoint_url=endpoint)
    ssm.put_parameter(Name="/a/secret", Value="hidden", Type="SecureString")
    found = ssm.get_parameter(Name="/a/secret", WithDecryption=True)["Parameter"]
    assert (found["Value"], found["Version"]) == ("hidden", 1)


def test_the_tables_and_buckets_are_those_of_the_template(endpoint: str, dynamodb: Any) -> None:
    expiry = dynamodb.describe_time_to_live(TableName="local-Records")["TimeToLiveDescription"]
    buckets = session().client("s3", endpoint_url=endpoint).list_buckets()["Buckets"]
    assert expiry == {"TimeToLiveStatus": "ENABLED", "AttributeName": "ttl"}
    names = [bucket["Name"] for bucket in buckets]
    assert [name for name in names if name.startswith("local-")] == [
        "local-results"
    ]  # moto's state is the process's


def test_a_web_page_may_not_read_it(endpoint: str) -> None:
    s3 = session().client("s3", endpoint_url=endpoint)
    s3.meta.events.register(
        "before-sign.s3", lambda request, **_: request.headers.add_header("Origin", "http://evil.example")
    )
    headers = s3.list_buckets()["ResponseMetadata"]["HTTPHeaders"]
    assert "access-control-allow-origin" not in headers


def test_a_function_answers_an_invocation(lambdas: Any) -> None:
    answer = lambdas.invoke(FunctionName="Echo", Payload=b'{"headers": {"x-answer": "[1, 2]"}}')
    assert (answer["StatusCode"], json.load(answer["Payload"])) == (200, [1, 2])


def test_a_function_goes_by_its_arn_too(lambdas: Any) -> None:
    arn = "arn:aws:lambda:us-east-1:123456789012:function:Echo"
    assert [function_name(each) for each in (arn, f"{arn}:live", "123456789012:function:Echo")] == [
        "Echo"
    ] * 3
    assert lambdas.invoke(FunctionName=arn, Payload=b"{}")["StatusCode"] == 200


def test_a_function_that_fails_says_so(lambdas: Any) -> None:
    answer = lambdas.invoke(FunctionName="Echo", Payload=b'{"headers": {"x-fail": "1"}}')
    assert (answer["StatusCode"], answer["FunctionError"]) == (200, "Unhandled")
    assert json.load(answer["Payload"]) == {"errorMessage": "asked to fail", "errorType": "RuntimeError"}


def test_an_event_is_taken_and_not_waited_for(lambdas: Any) -> None:
    answer = lambdas.invoke(
        FunctionName="Echo", InvocationType="Event", Payload=b'{"headers": {"x-fail": "1"}}'
    )
    assert (answer["StatusCode"], answer["Payload"].read()) == (202, b"")


@pytest.mark.parametrize("kind", ["RequestResponse", "Event"])
def test_an_unknown_function_is_not_found(lambdas: Any, kind: str) -> None:
    with pytest.raises(lambdas.exceptions.ResourceNotFoundException, match="Function not found: Nobody"):
        lambdas.invoke(FunctionName="Nobody", InvocationType=kind, Payload=b"{}")


def test_invocations_can_go_to_another_endpoint(endpoint: str) -> None:
    with listen("127.0.0.1", 0) as listener, LocalAWS(listener, forwarded_to(endpoint)) as aws:
        lambdas = session().client("lambda", endpoint_url=aws.endpoint)
        good = lambdas.invoke(FunctionName="Echo", Payload=b"{}")
        bad = lambdas.invoke(FunctionName="Echo", Payload=b'{"headers": {"x-fail": "1"}}')
        with pytest.raises(lambdas.exceptions.ResourceNotFoundException):
            lambdas.invoke(FunctionName="Nobody", Payload=b"{}")
    assert json.load(good["Payload"])["statusCode"] == 200
    assert bad["FunctionError"] == "Unhandled"


def test_without_an_answer_behind_it_an_invocation_is_a_service_error() -> None:
    with listen("127.0.0.1", 0) as closed:
        nobody = f"http://127.0.0.1:{closed.getsockname()[1]}"
    with listen("127.0.0.1", 0) as listener, LocalAWS(listener, forwarded_to(nobody)) as aws:
        once = Config(retries={"total_max_attempts": 1})
        lambdas = session().client("lambda", endpoint_url=aws.endpoint, config=once)
        with pytest.raises(ClientError, match="ServiceException"):
            lambdas.invoke(FunctionName="Echo", Payload=b"{}")


def test_an_environment_handles_one_event_at_a_time_and_is_kept() -> None:
    functions = Functions([Source("Slow", Path(__file__).parent / "slow", "app.handler", {}, 128, 3)])
    first = [functions.invoke("Slow", b'{"wait": 0.3}') for _ in range(4)]
    at_once = [json.loads(each.result().payload) for each in first]
    later = json.loads(functions.invoke("Slow", b'{"wait": 0}').result().payload)
    functions.close()
    assert [each["events"] for each in at_once] == [1, 1, 1, 1]
    assert len({each["environment"] for each in at_once}) == 4
    assert later["events"] == 2


def test_a_function_is_told_how_long_it_has_left() -> None:
    functions = Functions([Source("Slow", Path(__file__).parent / "slow", "app.handler", {}, 128, 3)])
    left = json.loads(functions.invoke("Slow", b'{"wait": 0}').result().payload)["milliseconds_left"]
    functions.close()
    assert 2000 < left <= 3000


def test_a_module_that_does_not_load_is_an_error_of_its_function(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("import a_module_that_is_nowhere")
    functions = Functions([Source("Broken", tmp_path, "app.handler", {}, 128, 3)])
    outcome = functions.invoke("Broken", b"{}").result()
    functions.close()
    assert (outcome.failed, json.loads(outcome.payload)["errorType"]) == (True, "ModuleNotFoundError")


def test_functions_get_the_templates_variables_and_the_local_ones() -> None:
    (echo,) = read_functions(Template.read(ECHO / "template.yaml"), ECHO, {"DATA": "/data", "PAGE": "/page"})
    assert echo.environment == {
        "TABLE": "local-Records",
        "RESULTS_BUCKET": "local-results",
        "PREFIX": "/clerestory/local",
        "ARN": "arn:aws:s3:::local-results",
        "DATA": "/data",
        "PAGE": "/page",
    }
    assert (echo.timeout, echo.memory, echo.handler) == (7, 128, "app.handler")


def test_no_setting_of_the_machine_leads_to_the_real_aws() -> None:
    machine = {
        "AWS_PROFILE": "production",
        "AWS_ENDPOINT_URL_S3": "https://s3.example",
        "no_proxy": "intranet",
    }
    point_at("http://127.0.0.1:1", machine)
    assert not {"AWS_PROFILE", "AWS_ENDPOINT_URL_S3"} & machine.keys()
    assert machine["AWS_ENDPOINT_URL"] == "http://127.0.0.1:1"
    assert machine["AWS_ACCESS_KEY_ID"] == "local"
    assert machine["no_proxy"] == "intranet,127.0.0.1,localhost"
