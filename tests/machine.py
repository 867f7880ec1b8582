"""What not every machine has. A test that needs it is skipped where it is missing, and fails in CI."""

import os
import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest

CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def chromium() -> str:
    """The path of a Chromium."""
    found = next(filter(None, map(shutil.which, CHROMIUMS)), None)
    return found or _missing("Chromium")


def headless_chromium() -> str:
    """The same engine without the windows around its pages, where it is: a third less of the tests' time."""
    return shutil.which("chromium-headless-shell") or chromium()


def node() -> str:
    """The path of Node."""
    return shutil.which("node") or _missing("Node")


def npm() -> str:
    """The path of npm, which comes with Node."""
    return shutil.which("npm") or _missing("npm")


def sam() -> str:
    """The path of SAM CLI, on a machine whose Docker runs."""
    if not _docker_runs():
        _missing("Docker")
    named = os.environ.get("SAM") or shutil.which("sam")
    return named if named and Path(named).is_file() else _missing("SAM CLI (make sam)")


def emulator_python() -> str:
    """The Python of the environment that emulates AWS."""
    python = Path(__file__).parents[1] / ".build" / "emulator" / "bin" / "python"
    return str(python) if python.is_file() else _missing("The emulator of AWS, which needs Python 3.13,")


@cache
def _docker_runs() -> bool:
    docker = shutil.which("docker")
    return docker is not None and not subprocess.run([docker, "info"], capture_output=True).returncode


def _missing(what: str) -> str:
    reason = f"{what} is not on this machine"
    if os.environ.get("CI") == "true":
        pytest.fail(f"{reason}, and CI runs everything")
    pytest.skip(reason)
