"""The types that the sites' client comes with, tried by TypeScript."""

import fcntl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.machine import program

ROOT = Path(__file__).parents[2]
TESTS = Path(__file__).parent
TYPESCRIPT = ROOT / ".build" / "typescript"


def test_the_types_take_what_the_client_takes_and_nothing_else() -> None:
    assert _compile(TESTS / "types.ts") == ""


def _compile(file: Path) -> str:
    """What TypeScript has against a file."""
    options = ["--noEmit", "--strict", "--target", "es2022", "--module", "nodenext"]
    command = [program("node"), str(_typescript()), *options, str(file)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True).stdout


def _typescript() -> Path:
    compiler = TYPESCRIPT / "node_modules" / "typescript" / "bin" / "tsc"
    with _alone():
        if not compiler.is_file():
            command = [program("npm"), "install", "--prefix", str(TYPESCRIPT), "--no-audit", "--no-fund"]
            subprocess.run([*command, "typescript@5"], check=True, capture_output=True)
    return compiler


@contextmanager
def _alone() -> Iterator[None]:
    """Two runs of the tests fetch one after the other."""
    TYPESCRIPT.mkdir(parents=True, exist_ok=True)
    with (TYPESCRIPT / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
