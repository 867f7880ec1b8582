"""Every example program is run, as a user would run it, and what it prints opens the dashboard."""

import os
import re
import subprocess
from pathlib import Path

import jwt
import pytest
from msgspec import convert

from clerestory.dashboards import Dashboard, Organization, Variable
from clerestory.owner.example_code import LANGUAGES, ExampleCode, example_code
from tests import machine
from tests.local.secrets import secret
from tests.pack import Pack

GO_INIT = re.match(r"go mod init (\S+) && ", LANGUAGES["go"].install)
GO_NAME = GO_INIT[1] if GO_INIT else ""
GO_MODULE = f"""module {GO_NAME}

go 1.19

require github.com/golang-jwt/jwt/v4 v4.4.3

replace github.com/golang-jwt/jwt/v4 => {machine.GO_LIBRARY}
"""
QUOTES = ('"', "'", "\\", "\\\\'", '\\"', "`id`")
CODE = ("#{1 + 1}", "#$0", "${1 + 1}", "$_", "{$_}", "?>", "<?php", "</script>", "-->", "*/", "%s", "\\u{41}")
TRICKY = (*QUOTES, *CODE, "\n", "\r\n", "\t", "\0", "\x7f", "\u2028", "\u202e", "é", "😀", "")
DASHBOARDS = [(16417, 38727), (16417, 231), (19852, 50121)]

languages = pytest.mark.parametrize("language", LANGUAGES)


@pytest.fixture(scope="session")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what Go needs beside a program, and where JavaScript's library goes."""
    folder = tmp_path_factory.mktemp("examples")
    (folder / "go.mod").write_text(GO_MODULE)
    return folder


def javascript_library(workshop: Path) -> None:
    if not (workshop / "node_modules/jsonwebtoken").is_dir():
        command = [machine.program("npm"), "install", "--silent", "--no-audit", "--no-fund", "jsonwebtoken@9"]
        subprocess.run(command, cwd=workshop, check=True, timeout=120)


def printed(program: ExampleCode, secret: str | None, workshop: Path) -> subprocess.CompletedProcess[str]:
    command = machine.interpreter(program.language)
    if program.language == "javascript":
        javascript_library(workshop)
    file = workshop / program.filename
    file.write_text(program.code, encoding="utf-8")
    environment = {**os.environ, "GOPROXY": "off", "GOFLAGS": "-mod=mod", "GO111MODULE": "on"}
    environment.pop("ORGANIZATION_SECRET", None)
    if secret is not None:
        environment["ORGANIZATION_SECRET"] = secret
    return subprocess.run(
        [*command, str(file)], cwd=workshop, env=environment, capture_output=True, text=True, timeout=120
    )


def framed_url(program: ExampleCode, secret: str, workshop: Path) -> str:
    """The URL of the iframe, which must be all that is printed."""
    run = printed(program, secret, workshop)
    frame = re.fullmatch(r'<iframe src="([^"]+)"></iframe>\n', run.stdout)
    assert frame, run.stdout + run.stderr
    return frame[1]


def asked_for(pack: Pack, organization: int, dashboard: int, language: str) -> ExampleCode:
    """The program, as an owner gets it."""
    claims = {"custom:organization": str(organization), "cognito:groups": ["owners"]}
    path = f"/organizations/{organization}/dashboards/{dashboard}/example-code"
    headers = pack.signed_in(None, **claims)
    answer = pack.http.get(path, params={"language": language}, headers=headers)
    return convert(answer.raise_for_status().json(), ExampleCode)


@languages
@pytest.mark.parametrize(("organization", "dashboard"), DASHBOARDS)
def test_a_program_opens_its_dashboard(
    pack: Pack, language: str, organization: int, dashboard: int, workshop: Path
) -> None:
    program = asked_for(pack, organization, dashboard, language)
    url = framed_url(program, secret(pack, organization), workshop)
    assert url.startswith(f"{pack.url}/d/{dashboard}/")
    results = pack.results(url)
    assert results.status_code == 200, results.text
    assert results.json()["dashboard"] == dashboard
    assert [chart for chart in results.json()["charts"] if "problem" in chart] == []


@languages
def test_every_value_arrives_as_it_was(language: str, workshop: Path) -> None:
    variables = {
        "TEXTS": Variable(type="string", list=True, choices=TRICKY, default=TRICKY),
        "ALL": Variable(type="string", default="".join(TRICKY)),
        **{f"TEXT_{at}": Variable(type="string", default=text) for at, text in enumerate(TRICKY) if text},
        "WHOLE": Variable(type="number", default=-(2**53)),
        "PART": Variable(type="number", default=0.1),
        "SMALL": Variable(type="number", default=1e-07),
        "FLAGS": Variable(type="boolean", list=True, default=(True, False)),
        "LOCKED": Variable(type="date", claim="custom:day"),
        "OPTIONAL": Variable(type="string", choices=("?> <?php echo 1; //", "\n1")),
    }
    tricky = Dashboard(id=1, slug="tricky", title="T", source="s", charts=(), variables=variables)
    owner = Organization(id=2, slug="o", sources={})
    url = framed_url(example_code(language, owner, tricky, "http://127.0.0.1"), "s" * 43, workshop)
    claims = jwt.decode(url.rpartition("/")[2], "s" * 43, ["HS256"])
    expected: dict[str, object] = {name: each.default for name, each in variables.items() if each.default}
    expected |= {"TEXTS": list(TRICKY), "FLAGS": [True, False], "LOCKED": "2026-01-31"}
    assert claims["env"] == expected
    assert claims["exp"] - claims["iat"] == 86_400


@languages
def test_without_the_secret_it_fails_and_prints_nothing(language: str, workshop: Path) -> None:
    empty = Dashboard(id=1, slug="d", title="D", source="s", charts=())
    owner = Organization(id=2, slug="o", sources={})
    run = printed(example_code(language, owner, empty, "http://127.0.0.1"), None, workshop)
    assert (run.returncode != 0, run.stdout.count("iframe")) == (True, 0)


def test_the_go_module_has_no_name_of_the_standard_librarys(workshop: Path) -> None:
    machine.interpreter("go")
    listed = subprocess.run(["go", "list", "std"], capture_output=True, text=True, timeout=120, check=True)
    assert GO_NAME
    assert GO_NAME not in listed.stdout.split()
