"""The whole pack under SAM CLI: `start-api` and `start-lambda` with warm containers, and a local AWS."""

import json
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import boto3
import httpx

from local.aws.environment import REGION
from local.resources import create_resources
from local.template import Template
from tests import machine
from tests.pack import free_port
from tests.sam import cli
from tests.sam.cases import Case
from tests.sam.data import URL, put_data
from tests.sam.trial import template_id

ROOT = Path(__file__).parents[2]
SECONDS_TO_START = 60
SECONDS_TO_ANSWER = 120
"""The first request to a function makes its image."""


class Services:
    """`api` is the API without its authorizer, which SAM CLI doesn't imitate; functions that need a
    session are invoked with the events of one."""

    def __init__(self, api: str, functions: str, aws: str, variables: dict[str, str]) -> None:
        self.http = httpx.Client(base_url=api, timeout=SECONDS_TO_ANSWER, trust_env=False)
        self.aws = aws
        self.variables = variables
        self._functions = functions

    def client(self, service: Any) -> Any:
        """A boto3 client for the local AWS."""
        session = boto3.Session("local", "local", region_name=REGION)
        return session.client(service, endpoint_url=self.aws)

    def invoke(self, case: str, **changes: Any) -> Any:
        """What the case's function answers to its event."""
        function, _, name = case.partition("/")
        event = Case(function, name).event | changes
        address = f"{self._functions}/2015-03-31/functions/{template_id(function)}/invocations"
        answer = httpx.post(address, json=event, timeout=SECONDS_TO_ANSWER, trust_env=False)
        return answer.raise_for_status().json()

    def results(self, url: str) -> httpx.Response:
        """The first answer of the embed's results that isn't 202."""
        end = time.monotonic() + SECONDS_TO_ANSWER
        while (answer := self.http.get(f"{url}/results")).status_code == 202 and time.monotonic() < end:
            time.sleep(0.5)
        return answer


@contextmanager
def running() -> Iterator[Services]:
    machine.docker()
    template = cli.built() / "template.yaml"
    aws, functions, api = (free_port() for _ in range(3))
    endpoint = f"http://127.0.0.1:{aws}"
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        variables = _variables(aws, api)
        file = folder / "variables.json"
        file.write_text(json.dumps({"Parameters": variables}), encoding="utf-8")
        forward = ["--lambda-endpoint", f"http://127.0.0.1:{functions}"]
        local_aws = [sys.executable, "-m", "local.aws", "--host", "0.0.0.0", "--port", str(aws)]  # noqa: S104
        stack.enter_context(_process([*local_aws, *forward], aws, folder, endpoint))
        session = boto3.Session("local", "local", region_name=REGION)
        create_resources(Template.read(ROOT / "template.yaml"), session, endpoint)
        put_data(endpoint)
        for command, port in (("start-lambda", functions), ("start-api", api)):
            arguments = ["--port", str(port), "--warm-containers", "LAZY"]
            sam = cli.local(command, *arguments, template=template, variables=file)
            stack.enter_context(_process(sam, port, folder, endpoint))
        yield Services(f"http://127.0.0.1:{api}", f"http://127.0.0.1:{functions}", endpoint, variables)


def _variables(aws: int, api: int) -> dict[str, str]:
    """As strangers have them, but for the ports and the data."""
    stated = json.loads((ROOT / "events/environment.json").read_text(encoding="utf-8"))["Parameters"]
    own = {
        "AWS_ENDPOINT_URL": f"http://{cli.HOST}:{aws}",
        "PUBLIC_URL": f"http://127.0.0.1:{api}",
        "DATA": URL,
    }
    return dict(stated) | own


@contextmanager
def _process(command: list[str], port: int, folder: Path, endpoint: str) -> Iterator[None]:
    """A server of this port, from when it listens."""
    log = folder / f"{port}.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, env=cli.environment(endpoint), stdout=output, stderr=subprocess.STDOUT
        )
        try:
            end = time.monotonic() + SECONDS_TO_START
            while not _listens(port):
                if process.poll() is not None or time.monotonic() > end:
                    raise RuntimeError(f"{command[:3]} did not start: {log.read_text()}")
                time.sleep(0.1)
            yield
        finally:
            process.terminate()  # SAM CLI removes its containers on SIGTERM
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()


def _listens(port: int) -> bool:
    with socket.socket() as attempt:
        return attempt.connect_ex(("127.0.0.1", port)) == 0
