"""botocore's models in the layer: smaller, and the same to what the functions do with them."""

import ast
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import botocore
import botocore.session
import pytest
from botocore import xform_name
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders
from botocore.loaders import Loader
from botocore.regions import EndpointResolver

from cli.build.models import prune_models, read_operations

ROOT = Path(__file__).resolve().parents[2]
OPERATIONS = read_operations(ROOT / "layers/clerestory/operations.txt")
CLIENT = re.compile(r"client(\(\))?$")
STOCK = Path(botocore.__file__).parent / "data"
KEY = {"pk": {"S": "a"}, "sk": {"S": "b"}}
CALLS: dict[str, Any] = {
    "BatchGetItem": {"RequestItems": {"t": {"Keys": [KEY], "ConsistentRead": True}}},
    "GetItem": {"TableName": "t", "Key": KEY, "ConsistentRead": True},
    "PutItem": {"TableName": "t", "Item": KEY, "ConditionExpression": "attribute_not_exists(pk)"},
    "Query": {"TableName": "t", "KeyConditionExpression": "pk = :a", "Limit": 1},
    "TransactWriteItems": {
        "TransactItems": [{"Put": {"TableName": "t", "Item": KEY}}],
        "ClientRequestToken": "a",
    },
    "UpdateItem": {"TableName": "t", "Key": KEY, "UpdateExpression": "ADD n :one"},
    "Invoke": {"FunctionName": "f", "InvocationType": "Event", "Payload": b"{}"},
    "GetObject": {"Bucket": "a-bucket", "Key": "a key"},
    "PutObject": {"Bucket": "a-bucket", "Key": "a key", "Body": b"body", "ContentEncoding": "gzip"},
    "GetParameter": {"Name": "/a", "WithDecryption": True},
    "PutParameter": {"Name": "/a", "Value": "v", "Type": "SecureString", "Overwrite": True},
}


def session(data: Path) -> Any:
    """One of botocore's that knows only what the folder holds."""
    made = botocore.session.Session()
    made.set_credentials("an", "identity")
    made.register_component("data_loader", Loader([str(data)], include_default_search_paths=False))
    return made


@pytest.fixture(scope="module")
def pruned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("data")
    for name in ("endpoints.json", "partitions.json", "_retry.json", "sdk-default-configuration.json"):
        shutil.copy(STOCK / name, data)
    for service in OPERATIONS:
        shutil.copytree(STOCK / service, data / service)
    prune_models(data, OPERATIONS)
    return data


def places(service: str) -> Iterator[tuple[str, bool, bool]]:
    """Every region of every partition, with FIPS and dual-stack endpoints and without."""
    stock = session(STOCK)
    for partition in stock.get_available_partitions():
        for region in stock.get_available_regions(service, partition):
            yield from ((region, fips, dual) for fips in (False, True) for dual in (False, True))


def sent(client: Any, operation: str) -> tuple[Any, ...]:
    """What goes over the wire, without what differs each time."""
    seen: list[AWSPreparedRequest] = []

    def answer(request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        seen.append(request)
        return AWSResponse(request.url, 500, HTTPHeaders(), None)

    client.meta.events.register("before-send", answer)
    with pytest.raises(Exception):  # noqa: B017, PT011  whatever the answer is taken for
        getattr(client, xform_name(operation))(**CALLS[operation])
    kept = {name: value for name, value in seen[0].headers.items() if name.startswith(("X-Amz-T", "Content"))}
    body: Any = seen[0].body
    return seen[0].method, seen[0].url, body.read() if hasattr(body, "read") else body, kept


def client(data: Path, service: str, region: str = "eu-central-1", **config: Any) -> Any:
    settings = botocore.config.Config(retries={"total_max_attempts": 1}, **config)
    return session(data).create_client(service, region_name=region, config=settings)


def called_on_clients(tree: ast.Module) -> Iterator[str]:
    """What is called on anything whose name ends in `client`, or on what a function of such a name gives."""
    calls = (node.func for node in ast.walk(tree) if isinstance(node, ast.Call))
    for called in calls:
        if isinstance(called, ast.Attribute) and CLIENT.search(ast.unparse(called.value)):
            yield called.attr


def test_every_operation_that_is_called_is_listed_and_no_other() -> None:
    sources = [*(ROOT / "layers").rglob("*.py"), *(ROOT / "functions").rglob("*.py")]
    called = {name for file in sources for name in called_on_clients(ast.parse(file.read_bytes()))}
    assert called == {xform_name(name) for names in OPERATIONS.values() for name in names}


@pytest.mark.parametrize(
    ("service", "operation"), [(service, name) for service, names in OPERATIONS.items() for name in names]
)
def test_a_call_is_sent_as_with_the_whole_model(service: str, operation: str, pruned: Path) -> None:
    assert sent(client(pruned, service), operation) == sent(client(STOCK, service), operation)


@pytest.mark.parametrize("service", OPERATIONS)
def test_every_region_of_every_partition_keeps_its_host(service: str, pruned: Path) -> None:
    ours, stock = (
        EndpointResolver(json.loads((data / "endpoints.json").read_bytes())) for data in (pruned, STOCK)
    )
    for region, fips, dual in places(service):
        wanted = {"use_fips_endpoint": fips, "use_dualstack_endpoint": dual}
        assert host(ours, service, region, wanted) == host(stock, service, region, wanted)


@pytest.mark.parametrize("region", ["cn-north-1", "us-gov-west-1", "eu-central-1"])
@pytest.mark.parametrize("service", OPERATIONS)
def test_a_client_of_another_partition_asks_there(service: str, region: str, pruned: Path) -> None:
    asked = sent(client(pruned, service, region), OPERATIONS[service][0])[1]
    assert asked == sent(client(STOCK, service, region), OPERATIONS[service][0])[1]
    assert region in asked


def host(resolver: Any, service: str, region: str, wanted: dict[str, bool]) -> Any:
    try:
        return resolver.construct_endpoint(service, region, **wanted)
    except botocore.exceptions.EndpointVariantError as none:
        return type(none)


def test_what_is_left_is_small(pruned: Path) -> None:
    assert sum(file.stat().st_size for file in pruned.rglob("service-2.json")) < 100_000
    assert (pruned / "endpoints.json").stat().st_size < 40_000
