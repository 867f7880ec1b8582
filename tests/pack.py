"""The whole pack in a process of its own, as `make run` starts it, for the tests that use it."""

import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import boto3
import httpx

ROOT = Path(__file__).parents[1]
SECONDS_TO_START = 90
SECONDS_TO_STOP = 15


class PackProcess:
    """`python -m local.run`, ready or not. `log()` is all that it has printed."""

    def __init__(self, port: int, *arguments: str, root: Path = ROOT) -> None:
        self.port = port
        self._output = tempfile.TemporaryFile()  # noqa: SIM115  closed in stop
        command = [sys.executable, "-m", "local.run", "--port", str(port), *arguments]
        path = os.pathsep.join([str(root), str(root / "layers/clerestory"), str(root / "layers/query")])
        settings = {"POWERTOOLS_LOG_LEVEL": "INFO", "PYTHONFAULTHANDLER": "1", "PYTHONPATH": path}
        environment = {**os.environ, **settings}
        self.process = subprocess.Popen(
            command, cwd=root, env=environment, stdout=self._output, stderr=subprocess.STDOUT
        )

    def log(self) -> str:
        self._output.seek(0)
        return self._output.read().decode()

    def wait_until_ready(self) -> None:
        end = time.monotonic() + SECONDS_TO_START
        while "Clerestory is ready on" not in self.log():
            if self.process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"the pack did not start: {self.log()}")
            time.sleep(0.05)

    def stop(self, how: signal.Signals = signal.SIGINT) -> int:
        """Its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(how)
        try:
            return self.process.wait(SECONDS_TO_STOP)
        except subprocess.TimeoutExpired:
            self.process.send_signal(signal.SIGABRT)  # it prints where each of its threads is
            self.process.wait()
            raise RuntimeError(f"the pack did not stop: {self.log()}") from None


class Pack(PackProcess):
    """A pack that is ready, and what a site, its visitors and a curious test do with it."""

    def __init__(self, port: int, *arguments: str, root: Path = ROOT) -> None:
        super().__init__(port, *arguments, root=root)
        self.url = f"http://127.0.0.1:{port}"
        self.aws = f"http://127.0.0.1:{port + 1}"
        self._session = boto3.Session("local", "local", region_name="us-east-1")
        self._clients: dict[str, Any] = {}
        self.http = httpx.Client(base_url=self.url, timeout=30, trust_env=False)

    def session(self, **claims: Any) -> str:
        """A session token with these claims; `custom:` ones go in as `**{"custom:acct_id": "UA"}`."""
        answer = self.http.post("/local/session", json=claims).raise_for_status()
        token: str = answer.json()["token"]
        return token

    def signed_in(self, account: str | None = "UA", **claims: Any) -> dict[str, str]:
        """The headers of a visitor of that account."""
        locked = {} if account is None else {"custom:acct_id": account}
        return {"Authorization": f"Bearer {self.session(**{'sub': 'ana', **locked, **claims})}"}

    def mint(self, request: Any, account: str | None = "UA", **claims: Any) -> httpx.Response:
        """The answer of `POST /embeds` to a visitor of that account."""
        return self.http.post("/embeds", json=request, headers=self.signed_in(account, **claims))

    def embed_url(self, request: Any, account: str | None = "UA", **claims: Any) -> str:
        url: str = self.mint(request, account, **claims).raise_for_status().json()["url"]
        return url

    def results(self, url: str, seconds: float = 20) -> httpx.Response:
        """The first answer of the embed's results that isn't 202."""
        end = time.monotonic() + seconds
        while (answer := self.http.get(f"{url}/results")).status_code == 202 and time.monotonic() < end:
            time.sleep(0.05)
        return answer

    def client(self, service: Any) -> Any:
        """A boto3 client for the pack's AWS."""
        if service not in self._clients:
            self._clients[service] = self._session.client(service, endpoint_url=self.aws)
        return self._clients[service]


def free_port() -> int:
    """One that is free and has a free one after it, from below those that the system gives to outgoing
    connections: one of them could take it before it is listened on."""
    for _ in range(100):
        port = random.randrange(10_000, 32_000)  # noqa: S311 (a choice, not a secret)
        with (
            suppress(OSError),
            socket.create_server(("127.0.0.1", port)),
            socket.create_server(("127.0.0.1", port + 1)),
        ):
            return port
    raise RuntimeError("no two free ports in a row")


@contextmanager
def running_pack(*arguments: str, root: Path = ROOT) -> Iterator[Pack]:
    """Of the checkout at `root`."""
    pack = Pack(free_port(), *arguments, root=root)
    try:
        pack.wait_until_ready()
        yield pack
    finally:
        pack.stop()
