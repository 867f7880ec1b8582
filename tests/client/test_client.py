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
SOURCES = sorted((ROOT / "site" / "client").glob("*.js"))
LARGEST = 6_000


@pytest.mark.parametrize("file", sorted(TESTS.glob("*.test.js")), ids=lambda file: file.stem)
def test_in_node(file: Path) -> None:
    done = subprocess.run([program("node"), "--test", str(file)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_client_is_small() -> None:
    assert len(gzip.compress(CLIENT.read_bytes(), 9)) < LARGEST


def test_the_client_depends_on_nothing() -> None:
    assert not re.search(rb"\b(import|from|require)\b\s*[(\"']", CLIENT.read_bytes())


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_no_source_can_turn_a_value_into_markup_or_code(source: Path) -> None:
    hazards = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|srcdoc"
    assert not re.search(hazards, source.read_text())


def test_no_source_keeps_anything_in_the_browser_or_writes_to_its_console() -> None:
    text = "".join(path.read_text() for path in SOURCES)
    assert not re.search(r"localStorage|sessionStorage|cookie|indexedDB|console\.", text)
