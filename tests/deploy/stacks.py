"""Stacks of the pack, deployed and removed with SAM CLI as an operator does."""

import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

from tests import machine
from tests.deploy.account import REGION, ROOT, Account

TEMPLATE = "template.yaml"


class DeploymentFailed(Exception):
    """What SAM CLI said."""


class Stack(NamedTuple):
    account: Account
    name: str
    region: str
    outputs: dict[str, str]

    @property
    def host(self) -> str:
        """Where the API answers."""
        return self.outputs["ApiUrl"].removeprefix("https://").partition("/")[0]

    def physical_id(self, resource: str) -> str:
        formation = self.account.client("cloudformation", self.region)
        answer = formation.describe_stack_resource(StackName=self.name, LogicalResourceId=resource)
        return str(answer["StackResourceDetail"]["PhysicalResourceId"])

    def resources(self) -> dict[str, str]:
        """Each resource's physical id."""
        formation = self.account.client("cloudformation", self.region)
        listed = formation.list_stack_resources(StackName=self.name)["StackResourceSummaries"]
        return {each["LogicalResourceId"]: each["PhysicalResourceId"] for each in listed}


def deploy(account: Account, template: Path, name: str, region: str = REGION, **parameters: str) -> Stack:
    """`sam deploy`, for a new stack or an update. Raises DeploymentFailed."""
    command = [machine.sam(), "deploy", "--template-file", str(template), "--stack-name", name]
    command += ["--resolve-s3", "--capabilities", "CAPABILITY_IAM", "--no-confirm-changeset"]
    command += ["--no-fail-on-empty-changeset"]
    if parameters:
        command += ["--parameter-overrides", *(f"{key}={value}" for key, value in parameters.items())]
    _run(command, account, region)
    return describe(account, name, region)


def describe(account: Account, name: str, region: str = REGION) -> Stack:
    described = account.client("cloudformation", region).describe_stacks(StackName=name)["Stacks"][0]
    outputs = {each["OutputKey"]: each["OutputValue"] for each in described.get("Outputs", ())}
    return Stack(account, name, region, outputs)


def delete(stack: Stack) -> None:
    command = [machine.sam(), "delete", "--stack-name", stack.name, "--region", stack.region, "--no-prompts"]
    _run(command, stack.account, stack.region)


def released(template: Path, built: Path, folder: Path) -> Path:
    """An earlier release's template beside the functions and layers that are built now."""
    shutil.copytree(built, folder, dirs_exist_ok=True)
    shutil.copy(template, folder / TEMPLATE)
    return folder / TEMPLATE


def _run(command: list[str], account: Account, region: str) -> None:
    # Not in the project's folder: its samconfig.toml is the reader's to change.
    done = subprocess.run(
        command, cwd=ROOT / "tests" / "deploy", env=account.environment(region),
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise DeploymentFailed(f"{done.stdout[-6000:]}\n{done.stderr[-3000:]}")
