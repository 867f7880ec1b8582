"""An AWS account to deploy to: the emulator in a process of its own, and what an operator does in it."""

import json
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import boto3
import httpx

from tests.machine import emulator_python
from tests.pack import free_port

ROOT = Path(__file__).parents[2]
ID = "123456789012"
REGION = "eu-central-1"
SECONDS_TO_START = 60


class Call(NamedTuple):
    """What a role asked of AWS, and whether its policies let it."""

    role: str
    action: str
    resource: str
    allowed: bool


class Account:
    """`folder` is the emulator's: see its `__main__`."""

    def __init__(self, port: int, folder: Path) -> None:
        self.port = port
        self.endpoint = f"http://127.0.0.1:{port}"
        self._folder = folder

    def environment(self, region: str = REGION) -> dict[str, str]:
        """For an operator's commands: the account's root, here and nowhere else."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        tools = os.pathsep.join([str(Path(emulator_python()).parent), kept["PATH"]])
        return kept | {
            "PATH": tools,
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": region,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_PAGER": "",
            "SAM_CLI_TELEMETRY": "0",
        }

    def shell(self, commands: str, **variables: str) -> str:
        """What an operator's commands print, pasted into a shell in the project's folder."""
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", commands],
            cwd=ROOT, env=self.environment() | variables, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    def client(self, service: Any, region: str = REGION) -> Any:
        """An operator's."""
        session = boto3.Session("test", "test", region_name=region)
        return session.client(service, endpoint_url=self.endpoint)

    def client_of(self, name: str, service: Any) -> Any:
        """One that calls as a function's role, or as a schedule's by the role's name."""
        file = self._folder / "credentials" / f"{name}.json"
        session = boto3.Session(**json.loads(file.read_text(encoding="utf-8")))
        return session.client(service, endpoint_url=self.endpoint)

    def calls(self) -> list[Call]:
        lines = (self._folder / "calls.jsonl").read_text(encoding="utf-8").splitlines()
        return [Call(**json.loads(line)) for line in lines]


@contextmanager
def emulated(issuers: Mapping[str, str] | None = None) -> Iterator[Account]:
    """`issuers` maps the addresses of issuers to where they really listen."""
    python, port = emulator_python(), free_port()
    with tempfile.TemporaryDirectory(prefix="clerestory-aws-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        environment = _settings(port, folder) | {"EMULATOR_ISSUERS": json.dumps(dict(issuers or {}))}
        with (folder / "log").open("w") as log:
            process = subprocess.Popen(
                [python, "-m", "tests.deploy.emulator"],
                cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT,
            )  # fmt: skip
            try:
                _wait(process, port, folder)
                yield Account(port, folder)
            finally:
                process.terminate()
                try:
                    process.wait(20)
                except subprocess.TimeoutExpired:
                    process.kill()


def _settings(port: int, folder: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "POWERTOOLS_"))}
    for each in ("state", "tmp"):
        (folder / each).mkdir()
    return kept | {
        "AUTH": "true",
        "GATEWAY_PORT": str(port),
        "BIND_HOST": "127.0.0.1",
        "MINISTACK_REGION": REGION,
        "MINISTACK_ACCOUNT_ID": ID,
        "STATE_DIR": str(folder / "state"),
        "TMPDIR": str(folder / "tmp"),
        "SFTP_ENABLED": "0",
        "IOT_MTLS_ENABLED": "0",
        "EMULATOR_FOLDER": str(folder),
        "PYTHONPATH": str(ROOT),
    }


def _wait(process: "subprocess.Popen[bytes]", port: int, folder: Path) -> None:
    end = time.monotonic() + SECONDS_TO_START
    while process.poll() is None and time.monotonic() < end:
        try:
            httpx.get(f"http://127.0.0.1:{port}/_ministack/health", trust_env=False)
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"the emulator did not start: {(folder / 'log').read_text()}")
