"""`python -m cli.build`, from the project's folder: one function or layer, as `sam build` asks.

Only Makefiles call it, those of the layers and functions and the project's: people call `clerestory build`.
"""

import argparse
import shutil
import sys
from pathlib import Path

from cli.build.bytecode import MISSING, compile_for_runtime, runtime_python
from cli.build.models import read_operations
from cli.build.prune import prune
from cli.build.tools import run_tool
from cli.build.wheels import PLATFORMS, BuildFailed, fetch

PACKAGES = {"clerestory": "clerestory", "query": "clerestory_query"}  # the layers' own
OPERATIONS = "layers/clerestory/operations.txt"
WITHOUT_BYTECODE = shutil.ignore_patterns("__pycache__", "*.py[co]", ".*")


def main(arguments: list[str]) -> int:
    chosen = _parser().parse_args(arguments)
    try:
        match chosen.what:
            case "packages":
                build_packages(chosen.layer, chosen.architecture, chosen.into)
            case "function":
                build_function(chosen.name, chosen.into)
            case "python":
                return print_python()
            case _:
                return run_tool(chosen.layer, chosen.command)
    except BuildFailed as failure:
        print(failure, file=sys.stderr)
        return 1
    return 0


def build_packages(layer: str, architecture: str, into: Path) -> None:
    """A layer of Python packages: those that its requirements pin, and the pack's own."""
    source, packages = Path("layers", layer), into / "python"
    fetch(source / "requirements.txt", packages, architecture)
    prune(packages, read_operations(Path(OPERATIONS)))
    own = PACKAGES[layer]
    shutil.copytree(source / own, packages / own, ignore=WITHOUT_BYTECODE, dirs_exist_ok=True)
    _compile(packages, "/opt/python")


def build_function(name: str, into: Path) -> None:
    """A function's own folder, as it is."""
    source = Path("functions", name.lower())
    if not (source / "app.py").is_file():
        raise BuildFailed(f"{source}/app.py is missing")
    shutil.copytree(source, into, ignore=WITHOUT_BYTECODE, dirs_exist_ok=True)
    _compile(into, "/var/task")


def print_python() -> int:
    python = runtime_python()
    if python:
        print(python)
    return 0 if python else 1


def _compile(folder: Path, deployed_at: str) -> None:
    if not compile_for_runtime(folder, deployed_at):
        # Not on stderr, which `sam build` shows only when a build fails.
        print(MISSING, flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m cli.build", description=__doc__)
    what = parser.add_subparsers(dest="what", required=True)
    packages = what.add_parser("packages", help="a layer of Python packages")
    packages.add_argument("layer", choices=PACKAGES)
    packages.add_argument("architecture", choices=PLATFORMS)
    packages.add_argument("into", type=Path)
    function = what.add_parser("function", help="a function's own files")
    function.add_argument("name")
    function.add_argument("into", type=Path)
    what.add_parser("python", help="print where a Python of the runtime's version is")
    tool = what.add_parser("tool", help="run Python with what a layer is built with")
    tool.add_argument("layer")
    tool.add_argument("command", nargs=argparse.REMAINDER)
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
