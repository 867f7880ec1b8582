"""What builds and checks the JavaScript, as package-lock.json has it."""

import fcntl
import subprocess
from pathlib import Path

from tests.machine import program

ROOT = Path(__file__).parents[2]
NODE_MODULES = ROOT / "node_modules"
MADE = NODE_MODULES / ".made"
"""The stamp that make uses, too."""


def fetched() -> Path:
    """The folder of the packages. Two runs of the tests fetch them one after the other."""
    lock = ROOT / ".build" / "node_modules.lock"
    lock.parent.mkdir(exist_ok=True)
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        if not _is_new():
            command = [program("npm"), "ci", "--no-audit", "--no-fund"]
            subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
            MADE.touch()
    return NODE_MODULES


def _is_new() -> bool:
    lockfile = ROOT / "package-lock.json"
    return MADE.is_file() and MADE.stat().st_mtime >= lockfile.stat().st_mtime
