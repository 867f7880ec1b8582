"""What mint says when it starts with dashboards that its settings don't fit."""

import json
import os
import subprocess
import sys
from pathlib import Path

from clerestory.catalog import Catalog
from clerestory.dashboards import Organization
from tests.sessions import signed_in

ROOT = Path(__file__).resolve().parents[2]
HARBOR = Organization(id=19852, slug="harbor", sources={})
PROGRAM = """
import importlib.util, json, sys
from types import SimpleNamespace
spec = importlib.util.spec_from_file_location("app", "functions/mint/app.py")
app = importlib.util.module_from_spec(spec)
spec.loader.exec_module(app)
context = SimpleNamespace(
    function_name="f", memory_limit_in_mb="128", invoked_function_arn="arn", aws_request_id="r"
)
for event in json.loads(sys.argv[1]):
    print(json.dumps(app.handler(event, context)))
"""


def started(folder: Path, **settings: str) -> tuple[list[int], list[dict[str, str]]]:
    """The statuses of two requests to a mint with these settings, and what it logged of them."""
    Catalog.of((HARBOR, ())).write(folder)
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT / "layers/clerestory"),
        "AWS_DEFAULT_REGION": "us-east-1",
        "SECRET_PREFIX": "/p",
        "DASHBOARDS": str(folder),
        "POWERTOOLS_SERVICE_NAME": "test",
        "POWERTOOLS_METRICS_NAMESPACE": "Clerestory",
        "POWERTOOLS_LOG_LEVEL": "WARNING",
    }
    http = {"method": "GET", "path": "/dashboards", "sourceIp": "192.0.2.1", "protocol": "HTTP/1.1"}
    context = {"domainName": "api.example", "http": http, "stage": "$default"}
    event = {"version": "2.0", "rawPath": "/dashboards", "rawQueryString": "", "requestContext": context}
    events = [signed_in(event | {"isBase64Encoded": False}, {})] * 2  # nobody who could be revoked
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM, json.dumps(events)],
        cwd=ROOT,
        env=environment | settings,
        capture_output=True,
        text=True,
        check=True,
    )
    lines = [json.loads(line) for line in ran.stdout.splitlines()]
    answers = [each["statusCode"] for each in lines if "statusCode" in each]
    return answers, [each for each in lines if "statusCode" not in each]


def test_a_default_organization_that_is_not_here_is_logged_once_by_its_setting_alone(tmp_path: Path) -> None:
    statuses, logged = started(tmp_path, DEFAULT_ORGANIZATION="replaced")
    assert statuses == [403, 403]
    (warning,) = logged
    assert (warning["level"], "DEFAULT_ORGANIZATION" in warning["message"]) == ("WARNING", True)
    assert "replaced" not in json.dumps(warning)


def test_one_that_is_here_is_no_news(tmp_path: Path) -> None:
    assert started(tmp_path, DEFAULT_ORGANIZATION="harbor") == ([200, 200], [])


def test_nor_is_none(tmp_path: Path) -> None:
    assert started(tmp_path) == ([200, 200], [])
