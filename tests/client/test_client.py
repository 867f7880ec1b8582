"""The sites' client: its tests in Node, and its size."""

import gzip
import re
import subprocess
from pathlib import Path

import pytest

from tests.machine import program

ROOT = Path(__file__).parents[2]
TESTS = Path(__file__).parent
CLIENT = ROOT / "site" / "clerestory.js"
LARGEST = 6_000


@pytest.mark.parametrize("file", sorted(TESTS.glob("*.test.js")), ids=lambda file: file.stem)
def test_in_node(file: Path) -> None:
    done = subprocess.run([program("node"), "--test", str(file)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_client_is_small() -> None:
    assert len(gzip.compress(CLIENT.read_bytes(), 9)) < LARGEST


def test_the_client_depends_on_nothing() -> None:
    assert not re.search(rb"\b(import|from|require)\b\s*[(\"']", CLIENT.read_bytes())
