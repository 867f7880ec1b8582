"""What not every machine has, and the one place where tests are skipped for want of it.

Each function gives what a test asks for, or skips the test and says what is missing. In CI nothing is
skipped: there the test fails.
"""

import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import NoReturn

import pytest

from cli.build import bytecode
from cli.build.wheels import RUNTIME

ROOT = Path(__file__).parents[1]
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
GO_LIBRARY = Path("/usr/share/gocode/src/github.com/golang-jwt/jwt")


def chromium() -> str:
    """The path of a Chromium."""
    path = next(filter(None, map(shutil.which, CHROMIUMS)), None)
    return path or missing("Chromium")


def headless_chromium() -> str:
    """The same engine without the windows around its pages, where it is: a third less of the tests' time."""
    return shutil.which("chromium-headless-shell") or chromium()


def program(name: str) -> str:
    """The path of a program: `node`, `npm`, `go` …"""
    return shutil.which(name) or missing(name)


def sam() -> str:
    """The path of SAM CLI: `make sam` fetches one, and `SAM=` names another."""
    path = os.environ.get("SAM") or shutil.which("sam")
    return path if path and Path(path).is_file() else missing("SAM CLI (make sam)")


def docker() -> None:
    """A Docker that runs, as `sam local` and what it starts need it."""
    if not _docker_runs():
        missing("Docker")


def runtime_python() -> None:
    """A Python of the runtime's version, here or in Docker, which compiles what is built."""
    if not (bytecode.runtime_python() or _docker_runs()):
        missing(f"Python {RUNTIME} or Docker")


def made_environment() -> None:
    """The project's own environment, with its commands in it, as `make run` makes it."""
    if not (ROOT / ".venv" / "bin" / "clerestory").is_file():
        missing(".venv, which make run makes,")


def emulator_python() -> str:
    """The Python of the environment that emulates AWS."""
    python = ROOT / ".build" / "emulator" / "bin" / "python"
    return str(python) if python.is_file() else missing("The emulator of AWS, which needs Python 3.13,")


def interpreter(language: str) -> list[str]:
    """The command that runs a program of the language which signs tokens, with its library for that.

    JavaScript's comes from npm, which fetches it where the program is.
    """
    if language == "python":
        return [sys.executable]
    if language == "go":
        command = [program("go"), "run"]
        return command if GO_LIBRARY.is_dir() else missing("golang-github-golang-jwt-jwt-dev")
    if language == "ruby":
        command = [program("ruby")]
        return command if _succeeds([*command, "-rjwt", "-e", ""]) else missing("ruby-jwt")
    return [program({"javascript": "node"}.get(language, language))]


def missing(what: str) -> NoReturn:
    reason = f"{what} is not on this machine"
    if os.environ.get("CI") == "true":
        pytest.fail(f"{reason}, and CI runs everything")
    pytest.skip(reason)


@cache
def _docker_runs() -> bool:
    return shutil.which("docker") is not None and _succeeds(["docker", "info"])


def _succeeds(command: list[str]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, timeout=60).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False
