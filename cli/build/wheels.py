"""Packages for the processor and the Python of Lambda, fetched by whatever Python builds."""

import subprocess
import sys
from pathlib import Path

RUNTIME = "3.13"
PLATFORMS = {
    "x86_64": ("manylinux2014_x86_64", "manylinux_2_28_x86_64"),
    "arm64": ("manylinux2014_aarch64", "manylinux_2_28_aarch64"),
}
"""The wheels' platform tags that run on Lambda's machines, by what Lambda calls the processor."""


class BuildFailed(Exception):
    """A build can't go on. The message is one that the user can act upon."""


def fetch(requirements: Path, into: Path, architecture: str) -> None:
    """Puts the locked packages into a folder, built for Lambda."""
    tags = [part for tag in PLATFORMS[architecture] for part in ("--platform", tag)]
    target = ["--python-version", RUNTIME, "--implementation", "cp", "--only-binary=:all:", *tags]
    install(requirements, into, *target)


def install(requirements: Path, into: Path, *options: str) -> None:
    """`pip install --target`, which leaves the Python that runs it as it is.

    Takes exactly the files whose hashes the requirements name. What those need in turn is named there too,
    for pip would ask for what the Python that builds needs, not the runtime's.
    """
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    quietly = ["--no-compile", "--no-warn-conflicts", "--root-user-action=ignore", "--no-input"]
    locked = ["--no-deps", "--require-hashes", "--requirement", str(requirements)]
    command = [*pip, *quietly, *options, "--target", str(into), *locked]
    done = subprocess.run(command, stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise BuildFailed(f"pip could not fetch {requirements}:\n{done.stderr.strip()}")
