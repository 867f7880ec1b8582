"""Ships the bytecode of the runtime's own Python.

Lambda's code folders can't be written to, so whatever isn't shipped compiled is compiled anew at
every cold start, which then takes more than twice as long; and another Python's bytecode is no use.
"""

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from cli.build.wheels import RUNTIME, BuildFailed

MAGIC = (3571).to_bytes(2, "little") + b"\r\n"  # what a .pyc of Python 3.13 starts with
IMAGE = "public.ecr.aws/lambda/python"
MISSING = (
    f"WARNING: no Python {RUNTIME} and no Docker here, so no bytecode is shipped and every cold start takes "
    f"more than twice as long. Install Python {RUNTIME} (any way: system, pyenv, uv) and build again."
)


def compile_for_runtime(folder: Path, deployed_at: str) -> bool:
    """Compiles the folder's modules; tracebacks will name the path that they are deployed at.

    The files are never checked against their sources again, so nothing may change after this.
    False: nothing here can compile for the runtime, and the folder holds no bytecode.
    """
    for stale in list(folder.rglob("__pycache__")):
        shutil.rmtree(stale)
    command = _compiler(folder)
    if command is None:
        return False
    python, seen_at = command
    compileall = ["-m", "compileall", "-q", "-j", "0", "--invalidation-mode", "unchecked-hash"]
    done = subprocess.run(
        [*python, *compileall, "-s", seen_at, "-p", deployed_at, seen_at],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise BuildFailed(f"bytecode for {folder}:\n{done.stdout}{done.stderr}".strip())
    return True


def runtime_python() -> str | None:
    """A Python of the runtime's version on this machine."""
    return next((python for python in candidates() if _magic([python]) == MAGIC), None)


def _compiler(folder: Path) -> tuple[list[str], str] | None:
    """A command that runs the runtime's Python, and the folder's path as that command sees it."""
    if python := runtime_python():
        return [python], str(folder)
    in_image = _docker(folder)
    return (in_image, "/build") if in_image else None


def candidates() -> Iterator[str]:
    """Where a Python of the runtime's version may be. Each is tried: pyenv's shims exist and fail."""
    yield sys.executable
    name = f"python{RUNTIME}"
    if python := shutil.which(name):
        yield python
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    yield from map(str, sorted(pyenv.glob(f"versions/{RUNTIME}*/bin/{name}"), reverse=True))
    if uv := shutil.which("uv"):
        find = [uv, "python", "find", "--no-python-downloads", RUNTIME]
        if python := subprocess.run(find, capture_output=True, text=True, check=False).stdout.strip():
            yield python


def _magic(python: list[str]) -> bytes:
    program = "import importlib.util, sys; sys.stdout.buffer.write(importlib.util.MAGIC_NUMBER)"
    try:
        return subprocess.run([*python, "-c", program], capture_output=True, check=False, timeout=60).stdout
    except (OSError, subprocess.TimeoutExpired):
        return b""


def _docker(folder: Path) -> list[str] | None:
    """The runtime's own image, already here or pulled."""
    docker = shutil.which("docker")
    if not docker or _fails([docker, "info"]):
        return None
    arm = platform.machine().lower() in ("arm64", "aarch64")
    image = f"{IMAGE}:{RUNTIME}-{'arm64' if arm else 'x86_64'}"
    if _fails([docker, "image", "inspect", image]):
        print(f"Pulling {image} for its Python {RUNTIME}", flush=True)
        if _fails([docker, "pull", "--quiet", image]):
            return None
    run = [docker, "run", "--rm", "--network", "none", "--user", f"{os.getuid()}:{os.getgid()}"]
    return [*run, "--volume", f"{folder.resolve()}:/build", "--entrypoint", f"python{RUNTIME}", image]


def _fails(command: list[str]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False, timeout=300).returncode != 0
    except subprocess.TimeoutExpired:
        return True
