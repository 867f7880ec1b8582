"""What a deployment ends with: commands that can be pasted, and addresses of the stack's own partition."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from cli import steps
from tests.template import OTHERWISE, of_type, processed, written

REGIONS = pytest.mark.parametrize(
    ("region", "suffix"),
    [
        ("eu-central-1", "amazonaws.com"),
        ("cn-north-1", "amazonaws.com.cn"),
        ("us-gov-west-1", "amazonaws.com"),
    ],
)
STEPS = ["Step1UploadData", "Step2MakeUser", "Step3SignIn", "Step4Mint", "Step5MakeOwner"]


def outputs(**parameters: str) -> dict[str, str]:
    stack = processed(tuple(sorted(parameters.items())))
    return {name: stack.resolve(output["Value"]) for name, output in written()["Outputs"].items()}


def ran(command: str, folder: Path, **variables: str) -> list[list[str]]:
    """The arguments of each call of `aws` and `curl` that a shell makes of the command."""
    calls = folder / "calls"
    calls.unlink(missing_ok=True)
    for program in ("aws", "curl"):
        (folder / program).write_text(f'#!/bin/sh\nprintf "%s\\n" {program} "$@" "" >> "{calls}"\n')
        (folder / program).chmod(0o755)
    environment = {"PATH": f"{folder}:{os.environ['PATH']}", **variables}
    subprocess.run(["bash", "-c", command], env=environment, capture_output=True, check=False)
    text = calls.read_text() if calls.exists() else ""
    return [call.splitlines() for call in text.split("\n\n") if call]


# The steps


def test_outputs_say_what_to_do_next() -> None:
    declared = written()["Outputs"]
    assert [name for name in declared if name.startswith("Step")] == STEPS
    assert [declared[name]["Description"][:2] for name in STEPS] == ["1.", "2.", "3.", "4.", "5."]
    assert declared["Step4Mint"]["Value"]["Fn::Sub"].startswith("curl https://${Api}.execute-api.")
    assert "12 letters and digits" in declared["Step2MakeUser"]["Description"]


def test_steps_with_a_user_pool_are_there_only_where_it_is() -> None:
    conditions = [written()["Outputs"][name].get("Condition") for name in STEPS]
    assert conditions == [None, "MakesUserPool", "MakesUserPool", None, "MakesUserPool"]


def test_a_step_is_one_line_that_a_shell_understands(subtests: pytest.Subtests) -> None:
    for stack in [{}, *OTHERWISE]:
        with subtests.test(stack=stack):
            for name in STEPS:
                command = outputs(**stack)[name]
                assert len(command.splitlines()) == 1
                assert (
                    subprocess.run(["bash", "-n", "-c", command], capture_output=True, check=False).stderr
                    == b""
                )


@pytest.mark.parametrize("name", ["Step1UploadData", "Step2MakeUser", "Step3SignIn", "Step5MakeOwner"])
def test_a_step_names_the_stacks_region(name: str, tmp_path: Path) -> None:
    calls = ran(outputs(**{"AWS::Region": "eu-central-1"})[name], tmp_path, PASSWORD="Correct-Horse-1")
    assert calls
    assert all(call[call.index("--region") + 1] == "eu-central-1" for call in calls)


def test_data_goes_where_query_reads_it(tmp_path: Path) -> None:
    [call] = ran(outputs(DataBucketName="lake", DataPrefix="flights/2013")["Step1UploadData"], tmp_path)
    assert call[:5] == ["aws", "s3", "sync", ".data", "s3://lake/flights/2013"]
    assert call[-4:] == ["--exclude", "*", "--include", "*.parquet"]


def test_a_user_is_made_of_one_account_and_one_organization(tmp_path: Path) -> None:
    step = outputs()["Step2MakeUser"]
    made, passworded = ran(step, tmp_path, PASSWORD="Correct Horse 1")
    assert made[1:3] == ["cognito-idp", "admin-create-user"]
    assert made[-4:] == [
        "Name=email,Value=you@example.com", "Name=email_verified,Value=true",
        "Name=custom:acct_id,Value=UA", "Name=custom:organization,Value=airlines",
    ]  # fmt: skip
    assert passworded[-2:] == ["--password", "Correct Horse 1"]
    chosen = {"ORGANIZATION": "harbor", "ACCOUNT": "DL"}
    other, _ = ran(step, tmp_path, PASSWORD="Correct Horse 1", **chosen)
    assert other[-2:] == ["Name=custom:acct_id,Value=DL", "Name=custom:organization,Value=harbor"]


def test_no_user_is_made_without_a_password(tmp_path: Path) -> None:
    assert ran(outputs()["Step2MakeUser"], tmp_path) == []


def test_the_demo_is_minted_with_the_session(tmp_path: Path) -> None:
    [call] = ran(outputs()["Step4Mint"], tmp_path, ID_TOKEN="a.b.c")
    assert "Authorization: Bearer a.b.c" in call
    assert call[-1] == '{"dashboard": "on-time-performance"}'


def test_an_owner_is_made_in_the_group_that_counts(tmp_path: Path) -> None:
    assert of_type("AWS::Cognito::UserPoolGroup", OwnersGroup="team&us")["Owners"]["GroupName"] == "team&us"
    [call] = ran(outputs(OwnersGroup="team&us")["Step5MakeOwner"], tmp_path)
    assert call[-2:] == ["--group-name", "team&us"]


# The same, ready to paste


@pytest.fixture
def deployed(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "local")
    body = """{"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}, "Outputs": {
        "Step2Sign": {"Description": "2. Sign in", "Value": "sign --in"},
        "Step1Upload": {"Description": "1. Upload", "Value": "up --load"},
        "ApiUrl": {"Value": "https://api.example"}}}"""
    with mock_aws():
        boto3.client("cloudformation", "eu-central-1").create_stack(StackName="pack", TemplateBody=body)
        yield


@pytest.mark.usefixtures("deployed")
def test_make_steps_prints_them_in_their_order_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    assert steps.main(["pack", "--region", "eu-central-1"]) == 0
    assert capsys.readouterr().out == "echo '1. Upload'\nup --load\n\necho '2. Sign in'\nsign --in\n"


@pytest.mark.usefixtures("deployed")
def test_make_steps_says_which_stack_it_does_not_find(capsys: pytest.CaptureFixture[str]) -> None:
    assert steps.main(["other", "--region", "eu-central-1"]) == 1
    assert "other" in capsys.readouterr().err


def test_a_line_that_no_table_breaks_says_how_to_have_them() -> None:
    assert outputs()["NextSteps"] == "make steps STACK=local REGION=us-east-1"


# Partitions


@REGIONS
def test_the_api_is_addressed_by_its_partitions_name(region: str, suffix: str) -> None:
    place = {"AWS::Region": region, "AWS::URLSuffix": suffix}
    assert outputs(**place)["ApiUrl"] == f"https://Api.execute-api.{region}.{suffix}"
    assert f" https://Api.execute-api.{region}.{suffix}/embeds " in outputs(**place)["Step4Mint"]


@pytest.mark.parametrize(("region", "kind"), [("eu-central-1", "auth"), ("us-gov-west-1", "auth-fips")])
def test_users_sign_in_where_their_partition_has_the_page(region: str, kind: str) -> None:
    page = outputs(**{"AWS::Region": region})["SignInPage"]
    assert page.startswith(f"https://UserPoolDomain.{kind}.{region}.amazoncognito.com/login?client_id=")
