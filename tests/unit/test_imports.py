"""The import budget of the functions that visitors wait for: by modules, not by time."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Future
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import boto3
import pytest

from clerestory.catalog import Catalog
from clerestory.dashboards import Chart, Dashboard, Number, Organization
from clerestory.secret.keyset import first_keyset, write_keyset
from clerestory.tokens import sign
from local.aws.environment import REGION, point_at
from local.aws.invocations import Outcome, in_process
from local.aws.server import LocalAWS, listen
from tests.sessions import signed_in

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = Path(__file__).with_name("import_budget.py")
# Beside these, whatever the layer doesn't hold can't be imported at all.
TOO_DEAR = {
    *("cryptography", "pydantic", "requests", "awscrt", "duckdb", "yaml", "jinja2", "numpy", "pandas"),
    *(
        "aws_xray_sdk",
        "multipart",
        "python_multipart",
        "httpx",
        "uvicorn",
        "moto",
        "werkzeug",
        "clerestory_query",
    ),
}
KEYSET = first_keyset("test", 0)
CHARTS = (Chart(title="Flights", sql="SELECT 1", number=Number()),)
DASHBOARD = Dashboard(id=231, slug="weather", title="Weather", source="s", charts=CHARTS)
ORGANIZATION = Organization(id=16417, slug="airlines", sources={})


def layer_packages() -> list[str]:
    """The top-level names of all that the layer's requirements install, and the library's own."""
    lines = (ROOT / "layers/clerestory/requirements.txt").read_text().splitlines()
    pinned = {re.sub("[-_.]+", "-", line.partition("==")[0]).lower() for line in lines if "==" in line}
    found = packages_distributions().items()
    normal = {name: {re.sub("[-_.]+", "-", each).lower() for each in owners} for name, owners in found}
    return ["clerestory", *(name for name, owners in normal.items() if owners & pinned)]


def request(method: str, path: str, body: Any = None) -> dict[str, Any]:
    """An HTTP API event, payload format 2.0."""
    return {
        "version": "2.0",
        "rawPath": path,
        "rawQueryString": "",
        "headers": {"host": "api.example", "accept": "text/html"},
        "requestContext": {
            "domainName": "api.example",
            "http": {"method": method, "path": path, "sourceIp": "192.0.2.1", "protocol": "HTTP/1.1"},
            "stage": "$default",
        },
        "body": None if body is None else json.dumps(body),
        "isBase64Encoded": False,
    }


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    def started(name: str, event: bytes) -> Future[Outcome]:
        return Future()

    with listen("127.0.0.1", 0) as listener, LocalAWS(listener, in_process(started)) as aws:
        yield aws.endpoint


@pytest.fixture(scope="module")
def environment(endpoint: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What the functions find: a table, a secret, a catalog and the page's files."""
    folder = tmp_path_factory.mktemp("pack")
    Catalog.of((ORGANIZATION, (DASHBOARD,))).write(folder)
    (folder / "manifest.json").write_text('{"page.css": "p.css", "page.js": "p.js", "vega.js": "v.js"}')
    session = boto3.Session("local", "local", region_name=REGION)
    session.client("ssm", endpoint_url=endpoint).put_parameter(
        Name="/p/organizations/16417/embed-secret", Value=write_keyset(KEYSET), Type="SecureString"
    )
    session.client("dynamodb", endpoint_url=endpoint).create_table(
        TableName="t",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in ("pk", "sk")],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
    )
    variables = dict(os.environ)
    point_at(endpoint, variables)
    return variables | {
        "PYTHONPATH": str(ROOT / "layers/clerestory"),
        "SECRET_PREFIX": "/p",
        "TABLE": "t",
        "RESULTS_BUCKET": "r",
        "QUERY_FUNCTION": "Query",
        "ROTATE_FUNCTION": "Rotate",
        "DASHBOARDS": str(folder),
        "PAGE": str(folder),
        "POWERTOOLS_SERVICE_NAME": "test",
        "POWERTOOLS_METRICS_NAMESPACE": "Clerestory",
    }


def token() -> str:
    """One that the function's own clock takes."""
    return sign({"organization": 16417, "dashboard": 231, "iat": int(time.time())}, KEYSET.keys[0])


def event(function: str) -> dict[str, Any]:
    if function == "mint":
        return signed_in(request("POST", "/embeds", {"dashboard": 231}), {"sub": "ana"})
    return request("GET", f"/d/231/{token()}")


@pytest.mark.parametrize(("function", "status"), [("mint", 201), ("embed", 200)])
def test_a_function_that_handled_an_event_imported_nothing_dear(
    function: str, status: int, environment: dict[str, str]
) -> None:
    app = ROOT / f"functions/{function}/app.py"
    arguments = [json.dumps(layer_packages()), str(app), json.dumps(event(function))]
    ran = subprocess.run(
        [sys.executable, str(PROGRAM), *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    answer = json.loads(ran.stdout.splitlines()[-1])
    assert answer["status"] == status
    assert {name.partition(".")[0] for name in answer["modules"]} & TOO_DEAR == set()


def test_the_layer_holds_nothing_dear() -> None:
    assert {"boto3", "jwt", "msgspec", "starlette", "mangum"} <= set(layer_packages())
    assert set(layer_packages()) & TOO_DEAR == set()
