"""`make doctor` explains the running pack's refusals, and asking counts nothing."""

import subprocess
import sys
import time
from typing import Any

import jwt
import pytest

from tests.local.counting import embeds
from tests.local.secrets import secret
from tests.machine import made_environment
from tests.pack import ROOT, Pack


def signed(pack: Pack, key: str | None = None, **changed: Any) -> str:
    """The URL of a token by an old program; None takes a claim out."""
    claims = {"organization": 16417, "dashboard": 38727, "env": {"ACCT_ID": "YV"}, "iat": int(time.time())}
    given = {name: value for name, value in (claims | changed).items() if value is not None}
    return f"{pack.url}/d/38727/{jwt.encode(given, key or secret(pack), 'HS256')}"


def examined(url: str, *arguments: str) -> tuple[int, str]:
    command = [sys.executable, "-m", "cli.doctor", url, *arguments]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert url.rpartition("/")[2] not in run.stdout + run.stderr
    return run.returncode, run.stdout


def test_a_new_embed_works_and_is_not_counted(pack: Pack) -> None:
    before = embeds(pack, 16417, 38727)
    url = pack.embed_url({"dashboard": 38727}, "F9")
    code, printed = examined(url)
    assert (code, "it was never opened" in printed) == (0, True)
    assert embeds(pack, 16417, 38727) == before
    code, printed = examined(url, "--open")
    assert (code, "its results are there" in printed) == (0, True)
    assert embeds(pack, 16417, 38727) == before + 1


@pytest.mark.parametrize(
    ("changed", "cause"),
    [
        (
            {"key": "another secret that is also long enough"},
            "signed with none of the organization's secrets",
        ),
        ({"organization": 19852}, "signed with none of the organization's secrets"),
        ({"iat": int(time.time()) - 90_000}, "The token expired 1 h"),
        ({"iat": int(time.time()) + 3_600}, "it isn't valid yet"),
        ({"iat": None}, "neither iat nor exp"),
        ({"dashboard": 231}, "The token is for the dashboard 231, and the URL names 38727."),
        ({"env": {}}, "The variable ACCT_ID: the token has no value for it."),
        ({"env": {"ACCT_ID": "YV", "DATE_RANGE": ["soon"]}}, "The variable DATE_RANGE: must be a date"),
    ],
)
def test_a_refusal_is_explained_and_counts_nothing(pack: Pack, changed: dict[str, Any], cause: str) -> None:
    before = embeds(pack, 16417, 38727)
    code, printed = examined(signed(pack, **changed))
    (line,) = (line for line in printed.splitlines() if line.startswith("cause"))
    assert (code, cause in line) == (1, True)
    assert embeds(pack, 16417, 38727) == before


def test_a_revoked_embed(pack: Pack) -> None:
    url = signed(pack, sub="a viewer of this test")
    owner = {"custom:organization": "airlines", "cognito:groups": ["owners"]}
    revocation = {"token": url.rpartition("/")[2]}
    answer = pack.http.post(
        "/organizations/airlines/revocations", json=revocation, headers=pack.signed_in(None, **owner)
    )
    assert answer.status_code == 201
    code, printed = examined(url)
    assert (code, "This embed was revoked. That was this token, its viewer" in printed) == (1, True)


def test_the_sites_that_may_frame_it(pack: Pack) -> None:
    url = signed(pack)
    assert examined(url, "--framed-by", pack.url)[0] == 0
    code, printed = examined(url, "--framed-by", "https://evil.example")
    assert (code, "cause    https://evil.example may not frame it." in printed) == (1, True)


def test_the_form_with_slugs(pack: Pack) -> None:
    token = signed(pack).rpartition("/")[2]
    assert examined(f"{pack.url}/d/airlines/on-time-performance/?embed_token={token}")[0] == 0
    code, printed = examined(f"{pack.url}/d/harbor/on-time-performance/?embed_token={token}")
    assert (code, "of the organization 16417, and the URL names harbor" in printed) == (1, True)


def made(**named: str) -> subprocess.CompletedProcess[str]:
    """`make doctor`, in the environment at hand."""
    fresh = ["-o", ".venv/.run"]  # whatever its age: nothing is fetched in a test
    command = [
        "make",
        "--no-print-directory",
        *fresh,
        "doctor",
        *(f"{key}={value}" for key, value in named.items()),
    ]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)


def test_make_says_what_the_exit_code_means_for_it_turns_each_into_2(pack: Pack) -> None:
    made_environment()
    works, fails = made(URL=signed(pack)), made(URL=signed(pack, env={}))
    assert (works.returncode, works.stderr) == (0, "")
    assert (fails.returncode, fails.stderr.splitlines()[0][:30]) == (2, "Exit code 1: there is a cause,")
    for unread in (made(URL="nonsense"), made(URL=signed(pack), ORIGIN="nonsense")):
        assert (unread.returncode, unread.stdout) == (2, "")
        assert "\nExit code 2: the URL or the ORIGIN could not be read" in unread.stderr
