"""`python -m tests.mutations [--sample] [WORDS]`: takes each mechanism out, and sees a test of it fail.

Works on a copy of the project, so it can be stopped at any time. WORDS choose mechanisms by what they are
called or by the file they stand in; `--sample` chooses among a few that are seen quickly. The exit code is 1
where one could be taken out unnoticed.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.mutations.catalogue import ROOT, Mutation, catalogue, sample

MADE = (".data", ".build/page", ".build/axe", "node_modules")
"""What the project has made and its tests use."""
SAMPLE = "--sample"
TESTS_FAILED = 1
"""The exit code of pytest; any other says that it didn't come that far."""


def main(arguments: list[str]) -> int:
    words = [each for each in arguments if each != SAMPLE]
    listed = sample() if SAMPLE in arguments else catalogue()
    chosen = [each for each in listed if all(word in f"{each.mechanism} {each.file}" for word in words)]
    with copied() as copy:
        unnoticed = [each for each in chosen if not noticed(each, copy)]
    print(f"{len(chosen) - len(unnoticed)} of {len(chosen)} mechanisms are seen to be missing.")
    return 1 if unnoticed else 0


def noticed(mutation: Mutation, copy: Path) -> bool:
    with mutated(mutation, copy):
        command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *mutation.tests]
        run = subprocess.run(command, cwd=copy, env=_environment(), capture_output=True, text=True)
    seen = run.returncode == TESTS_FAILED
    failed = [line for line in run.stdout.splitlines() if line.startswith(("FAILED tests", "ERROR tests"))]
    by = failed[0].partition(" - ")[0] if failed else ""
    print(f"{'seen' if seen else 'NOT SEEN'}  {mutation.mechanism}\n      {by}", flush=True)
    return seen


@contextmanager
def mutated(mutation: Mutation, copy: Path) -> Iterator[None]:
    file = copy / mutation.file
    whole = file.read_text(encoding="utf-8")
    _write(file, mutation.applied(whole), copy)
    try:
        yield
    finally:
        _write(file, whole, copy)


def _write(file: Path, text: str, copy: Path) -> None:
    """Browsers load the client as `make client` builds it."""
    file.write_text(text, encoding="utf-8")
    if file.parent == copy / "site" / "client":
        subprocess.run(["npm", "run", "build"], cwd=copy, check=True, capture_output=True)


@contextmanager
def copied() -> Iterator[Path]:
    """The files that git knows, with what was made from them."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    with TemporaryDirectory() as folder:
        copy = Path(folder)
        for name in listed.stdout.splitlines():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, copy / name)
        for name in MADE:
            if (ROOT / name).is_dir():
                shutil.copytree(ROOT / name, copy / name, symlinks=True)
        yield copy


def _environment() -> dict[str, str]:
    # Without bytecode: a file that is changed twice within a second would not be compiled anew.
    return {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
