"""The local AWS for the tests of `clerestory.aws`, and clients of it with the functions' own settings."""

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import boto3
import pytest

from clerestory.aws import clients
from local.aws.environment import REGION
from local.aws.invocations import UnknownFunctionError, in_process
from local.aws.server import LocalAWS, listen
from tests.aws.clock import Clock
from tests.aws.secret import Secret


@pytest.fixture
def clock() -> Clock:
    return Clock(1_700_000_000)


@pytest.fixture(scope="session")
def endpoint() -> Iterator[str]:
    def no_function(name: str, _: bytes) -> Any:
        raise UnknownFunctionError(name)

    with listen("127.0.0.1", 0) as listener, LocalAWS(listener, in_process(no_function)) as aws:
        yield aws.endpoint


@pytest.fixture(autouse=True)
def _no_waiting_between_retries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("botocore.endpoint.time", SimpleNamespace(sleep=lambda _: None))


@pytest.fixture(scope="session")
def client(endpoint: str) -> Callable[[str], Any]:
    """Makes clients as the functions do; each has hooks of its own."""
    make: Any = boto3.Session("local", "local", region_name=REGION).client
    return lambda service: make(service, endpoint_url=endpoint, config=clients.CONFIG)


@pytest.fixture
def dynamodb(client: Callable[[str], Any]) -> Any:
    return client("dynamodb")


@pytest.fixture
def ssm(client: Callable[[str], Any]) -> Any:
    return client("ssm")


@pytest.fixture
def table(client: Callable[[str], Any]) -> str:
    """A table that is empty, keyed as the template's."""
    name = f"table-{uuid4()}"
    keys = {"pk": "HASH", "sk": "RANGE"}
    client("dynamodb").create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in keys],
        KeySchema=[{"AttributeName": key, "KeyType": kind} for key, kind in keys.items()],
    )
    return name


@pytest.fixture
def secret(client: Callable[[str], Any], table: str, clock: Clock) -> Secret:
    return Secret(client, table, clock)
