"""Everything that is installed is locked: its version, and the hash of its file."""

import hashlib
import re
import tomllib
import zipfile
from pathlib import Path

import pytest

from cli.build.tools import pins
from cli.build.wheels import BuildFailed, install
from tests.pack import ROOT

LAYERS = sorted(ROOT.glob("layers/*/requirements.txt"))
LOCKS = [*LAYERS, *sorted(ROOT.glob("requirements/*.txt"))]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
GROUPS = PROJECT["dependency-groups"]
NAMED = {
    "run": [*PROJECT["project"]["dependencies"], *GROUPS["local"]],
    "test": [*PROJECT["project"]["dependencies"], *GROUPS["local"], *GROUPS["test"]],
    "sam": GROUPS["sam"],
    "emulator": GROUPS["emulator"],
}
"""What pyproject.toml names for each lock of `requirements/`."""

locks = pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: f"{lock.parent.name}/{lock.stem}")


def normal(requirement: str) -> str:
    """A requirement's name and version, as locks write them: without extras and comments."""
    name, _, version = re.sub(r"\[.*?\]", "", requirement).partition("==")
    return f"{re.sub('[-_.]+', '-', name).lower()}=={version}"


def packaged(folder: Path, content: str) -> Path:
    """A package's file, for pip to find in that folder."""
    folder.mkdir(exist_ok=True)
    wheel = folder / "lamp-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("lamp.py", content)
        archive.writestr("lamp-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: lamp\nVersion: 1.0\n")
        archive.writestr("lamp-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        archive.writestr("lamp-1.0.dist-info/RECORD", "")
    return wheel


@locks
def test_each_package_is_locked_by_hash(lock: Path) -> None:
    packages = re.split(r"\n(?=[a-z0-9])", lock.read_text(encoding="utf-8"))[1:]
    assert packages
    assert [package for package in packages if " \\\n    --hash=sha256:" not in package] == []


@locks
def test_a_lock_names_no_address(lock: Path) -> None:
    assert (
        re.findall(r"\S*(?:://|--index|--extra-index|--find-links|file:)\S*", lock.read_text("utf-8")) == []
    )


@pytest.mark.parametrize("name", NAMED)
def test_what_the_project_names_is_locked_in_that_version(name: str) -> None:
    assert {normal(each) for each in NAMED[name]} <= {*pins(ROOT / "requirements" / f"{name}.txt")}


@pytest.mark.parametrize("lock", [*LAYERS, ROOT / "requirements/run.txt"], ids=lambda lock: lock.parent.name)
def test_what_is_deployed_or_run_is_what_the_tests_have(lock: Path) -> None:
    assert {*pins(lock)} <= {*pins(ROOT / "requirements/test.txt")}


def test_a_file_of_another_content_is_refused(tmp_path: Path) -> None:
    locked = packaged(tmp_path / "files", "print('as it was locked')")
    requirements = tmp_path / "requirements.txt"
    requirements.write_text(f"lamp==1.0 --hash=sha256:{hashlib.sha256(locked.read_bytes()).hexdigest()}\n")
    offline = ("--no-index", "--find-links", str(locked.parent))
    install(requirements, tmp_path / "first", *offline)
    packaged(locked.parent, "print('another')")
    with pytest.raises(BuildFailed, match="DO NOT MATCH THE HASHES"):
        install(requirements, tmp_path / "second", *offline)


def test_a_package_without_a_hash_is_refused(tmp_path: Path) -> None:
    offline = ("--no-index", "--find-links", str(packaged(tmp_path / "files", "print('any')").parent))
    requirements = tmp_path / "requirements.txt"
    requirements.write_text("lamp==1.0\n")
    with pytest.raises(BuildFailed, match="Hashes are required"):
        install(requirements, tmp_path / "installed", *offline)
