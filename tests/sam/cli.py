"""SAM CLI on this machine: what it builds, once, and what its containers need to reach the tests."""

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

from cli.build.wheels import RUNTIME
from local.aws.environment import REGION
from tests import machine

ROOT = Path(__file__).parents[2]
HOST = "host.docker.internal"
"""What a function's container calls this machine."""
_IMAGE = f"public.ecr.aws/lambda/python:{RUNTIME}-x86_64"


def build(into: Path, *arguments: str) -> Path:
    """`sam build`, by this Python, which has what the tools need."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    command = [machine.sam(), "build", *arguments, "--build-dir", str(into)]
    done = subprocess.run(
        command, cwd=ROOT, env=environment() | {"PATH": path}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return into


@cache
def built() -> Path:
    """The whole pack, built once for all tests of this run."""
    return build(_folder() / "built")


def environment(aws: str | None = None) -> dict[str, str]:
    """For SAM CLI, with no credentials but such that reach nothing; it asks `aws` who it is."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return {
        **kept,
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_DEFAULT_REGION": REGION,
        "SAM_CLI_TELEMETRY": "0",
        **({"AWS_ENDPOINT_URL": aws} if aws else {}),
    }


def local(command: str, *arguments: str, template: Path, variables: Path) -> list[str]:
    """A `sam local` command whose functions get these variables."""
    pull = ["--skip-pull-image"] if _has_image() else []
    reach = ["--add-host", f"{HOST}:host-gateway", "--env-vars", str(variables)]
    return [machine.sam(), "local", command, *arguments, "--template", str(template), *reach, *pull]


def images(repository: str) -> set[str]:
    command = ["docker", "images", repository, "--format", "{{.Repository}}:{{.Tag}}"]
    return set(subprocess.run(command, capture_output=True, text=True, check=False).stdout.split())


def remove_images(repository: str, kept: set[str]) -> None:
    """Those that came since: each is of layers that are gone with the next build."""
    if new := images(repository) - kept:
        subprocess.run(["docker", "rmi", *new], capture_output=True, check=False)


@cache
def _has_image() -> bool:
    return not _fails(["docker", "image", "inspect", _IMAGE])


@cache
def _folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="clerestory-sam-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _fails(command: list[str]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False, timeout=60).returncode != 0
    except (OSError, subprocess.TimeoutExpired):
        return True
