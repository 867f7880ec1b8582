"""Runs the pack's own tools with the packages that they need, wherever those are."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from cli.build.wheels import install

SOURCES = ("layers/clerestory", "layers/query", ".")


def run_tool(layer: str, arguments: list[str]) -> int:
    """Runs `python ARGUMENTS` with that layer's build requirements; gives its exit status.

    This Python or the project's .venv will do if it has them. Else they are fetched into .build/,
    once, beside whatever this Python has.
    """
    requirements = Path("layers", layer, "requirements.txt")
    path = [str(Path(source).resolve()) for source in SOURCES]
    for python in (sys.executable, ".venv/bin/python"):
        if _has(python, pins(requirements)):
            return _run([python, *arguments], path)
    return _run([sys.executable, *arguments], [*path, str(_fetched(layer, requirements))])


def pins(requirements: Path) -> list[str]:
    """What a lock pins, as `name==version`."""
    lines = requirements.read_text(encoding="utf-8").splitlines()
    return [line.split()[0] for line in lines if "==" in line and not line.startswith((" ", "#"))]


def _has(python: str, wanted: list[str]) -> bool:
    program = (
        "import sys; from importlib.metadata import version\n"
        "for pin in sys.argv[1:]:\n"
        "    name, wanted = pin.split('==')\n"
        "    assert version(name) == wanted\n"
    )
    try:
        return not subprocess.run(
            [python, "-c", program, *wanted], capture_output=True, check=False
        ).returncode
    except OSError:
        return False


def _fetched(layer: str, requirements: Path) -> Path:
    folder = Path(".build", "tools", f"{layer}-{sys.implementation.cache_tag}").resolve()
    if folder.is_dir() and _same(folder / requirements.name, requirements):
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    print(f"Fetching what the {layer} layer is built with into {folder}", flush=True)
    fetching = Path(tempfile.mkdtemp(dir=folder.parent))
    try:
        install(requirements, fetching)
        shutil.copy(requirements, fetching)
        # Two builds may do this at once: the folder is there whole, or not at all.
        shutil.rmtree(folder, ignore_errors=True)
        fetching.rename(folder)
    finally:
        shutil.rmtree(fetching, ignore_errors=True)
    return folder


def _same(one: Path, other: Path) -> bool:
    return one.is_file() and one.read_bytes() == other.read_bytes()


def _run(command: list[str], path: list[str]) -> int:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path)}
    return subprocess.run(command, env=environment, check=False).returncode
