"""How long a visitor waits for the functions themselves, cold and warm."""

import base64
import json
import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from msgspec.json import encode

from benchmarks.comparing import Comparison, Measure, alternated
from benchmarks.stage import ROOT, Stage

PROCESS = Path(__file__).with_name("process.py")
COLD_ROUNDS = 21
R = "import boto3, one session, two clients"


def cold(stage: Stage) -> Iterator[Comparison]:
    """From the start of a fresh process to its first answer; AWS answers at once."""
    with canned_aws(stage.answers) as aws:
        for name, budget in (("mint", 0.87), ("embed", 0.95)):
            ours = first_answer(stage, name, aws)
            floor = _fresh(stage, stage.floor, aws, "floor", "")
            medians = alternated(ours, floor, COLD_ROUNDS)
            yield Comparison(f"{name}: a fresh process to its first answer", *medians, R, budget)


def first_answer(stage: Stage, name: str, aws: str, *, worked: bool = False) -> Measure:
    """From the start of a fresh process of the function to its first answer: how long that took, or for how
    long the processor `worked`, which is the same whatever else it does."""
    event = stage.mint if name == "mint" else stage.embed
    return _fresh(stage, stage.layer, aws, str(ROOT / "functions" / name), json.dumps(event), worked=worked)


def warm(stage: Stage) -> Iterator[Comparison]:
    """One event through the deployed handler, logging and metrics on; AWS answers from memory."""
    for name, what, floors in (
        ("mint", "mint: one warm request", [("signing the same claims", 7.0)]),
        (
            "embed",
            "embed: one warm request, a cached page",
            [("verifying the same token", 8.0), ("that and boto3's two calls", None)],
        ),
    ):
        ours, *medians = warm_request(stage, name)
        for (floor, budget), median in zip(floors, medians, strict=True):
            yield Comparison(what, ours, median, floor, budget)


def warm_request(stage: Stage, name: str) -> list[float]:
    """The medians of one request of the function, and of what it is held against."""
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        Path(file.name).write_bytes(encode(stage))
        packages = os.pathsep.join([stage.layer, str(ROOT)])
        told = _told(stage, packages, "", "warm", str(ROOT / "functions" / name), file.name)
    medians: list[float] = json.loads(told)
    return medians


def _fresh(stage: Stage, packages: str, aws: str, *arguments: str, worked: bool = False) -> Measure:
    return lambda: float(_told(stage, packages, aws, "cold", *arguments).split()[worked])


def _told(stage: Stage, packages: str, aws: str, *arguments: str) -> str:
    environment = stage.environment(packages) | ({"AWS_ENDPOINT_URL": aws} if aws else {})
    command = [stage.python, str(PROCESS), *arguments]
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if ran.returncode:
        raise RuntimeError(ran.stderr)
    return ran.stderr.splitlines()[-1]


@contextmanager
def canned_aws(answers: dict[str, str]) -> Iterator[str]:
    """A server that knows one answer to each operation, so that its own work weighs next to nothing."""
    bodies = {name: base64.b64decode(body) for name, body in answers.items()}

    class Canned(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._answer("GetObject")

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            self._answer(self.headers["x-amz-target"].rpartition(".")[2])

        def _answer(self, operation: str) -> None:
            body = bodies[operation]
            head = f"HTTP/1.1 200 OK\r\ncontent-length: {len(body)}\r\n\r\n".encode()
            self.wfile.write(head + body)

    with ThreadingHTTPServer(("127.0.0.1", 0), Canned) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
