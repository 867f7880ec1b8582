"""The sites' client as it is built from its sources, and the types that it comes with."""

import shutil
import subprocess
from pathlib import Path

from tests.client.packages import NODE_MODULES, fetched
from tests.machine import program

ROOT = Path(__file__).parents[2]
BUILT = ("clerestory.js", "clerestory.js.map")


def test_the_client_and_its_source_map_are_what_its_sources_make(tmp_path: Path) -> None:
    fetched()
    shutil.copy(ROOT / "package.json", tmp_path)
    shutil.copytree(ROOT / "site" / "client", tmp_path / "site" / "client")
    (tmp_path / "node_modules").symlink_to(NODE_MODULES)
    subprocess.run([program("npm"), "run", "build"], cwd=tmp_path, check=True, capture_output=True)
    for name in BUILT:
        built = (tmp_path / "site" / name).read_bytes()
        assert (ROOT / "site" / name).read_bytes() == built, "run make client"


def test_the_types_are_those_of_the_sources_and_take_nothing_else() -> None:
    fetched()
    done = subprocess.run([program("npm"), "run", "types"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
