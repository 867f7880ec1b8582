"""docs/openapi.yaml and the pack agree, for whatever a client may send."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from openapi_spec_validator import validate

from local.gateway.api import read_api
from tests.pack import ROOT, Pack, running_pack
from tests.template import template

DOCUMENT = ROOT / "docs" / "openapi.yaml"


def disagreements(pack: Pack, folder: Path, parameters: str = "", **session_claims: Any) -> str:
    """What schemathesis finds, or nothing. `parameters` is a part of its configuration."""
    configuration = folder / "schemathesis.toml"
    configuration.write_text((ROOT / "schemathesis.toml").read_text() + parameters)
    program = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(configuration)]
    options = ["--url", pack.url, "--max-examples", "10", "--no-color", "--seed", "1"]
    session = ["--header", f"Authorization: {pack.signed_in(**session_claims)['Authorization']}"]
    command = [*program, "run", str(DOCUMENT), *options, *session]
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=240)
    print(ran.stdout, ran.stderr)
    return "" if ran.returncode == 0 else "see what schemathesis printed"


def test_the_document_is_valid() -> None:
    validate(yaml.safe_load(DOCUMENT.read_text()))


def test_whatever_a_client_sends_is_answered_as_described(pack: Pack, tmp_path: Path) -> None:
    assert disagreements(pack, tmp_path) == ""


def test_a_live_embed_is_answered_as_described(pack: Pack, tmp_path: Path) -> None:
    token = pack.embed_url({"dashboard": 38727}).rsplit("/", 1)[1]
    parameters = f'\n[parameters]\n"path.token" = "{token}"\n"path.dashboard" = "38727"\n'
    assert disagreements(pack, tmp_path, parameters) == ""


def test_an_owner_is_answered_as_described(tmp_path: Path) -> None:
    owner = {"custom:organization": "airlines", "cognito:groups": ["owners"]}
    parameters = '\n[parameters]\n"path.organization" = "airlines"\n"path.dashboard" = "38727"\n'
    with running_pack() as pack:  # its secret is rotated and its viewers revoked
        assert disagreements(pack, tmp_path, parameters, **owner) == ""


def routes() -> list[tuple[str, str]]:
    return sorted((route.method.lower(), route.path) for route in read_api(template()).routes)


@pytest.mark.parametrize(("method", "path"), routes())
def test_every_route_of_the_template_is_described(method: str, path: str) -> None:
    described = yaml.safe_load(DOCUMENT.read_text())["paths"]
    if path.endswith("{proxy+}"):
        assert any(each.startswith(path.removesuffix("{proxy+}")) for each in described)
    else:
        assert method in described[path]
