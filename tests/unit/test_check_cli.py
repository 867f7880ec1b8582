"""`python -m cli.check`, as `make check` and the build run it."""

import os
import subprocess
import sys
from pathlib import Path

from clerestory.catalog import read_catalog
from cli.check import compile_folder
from tests.unit.check_pack import DASHBOARD, checked, compiled

ROOT = Path(__file__).parents[2]


def run(*arguments: str | Path, path: str = "") -> subprocess.CompletedProcess[str]:
    """The module in a Python of its own; `path` is its PYTHONPATH."""
    command = [sys.executable, "-m", "cli.check", *map(str, arguments)]
    environment = {**os.environ, "PYTHONPATH": path}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def test_a_right_pack_is_counted(tmp_path: Path) -> None:
    checked(tmp_path)
    done = run(tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "1 organization, 1 dashboard, 1 chart\n", "")


def test_each_mistake_is_a_line(tmp_path: Path) -> None:
    checked(tmp_path, dashboard=DASHBOARD + "  - {title: 5, table: []}\n")
    done = run(tmp_path)
    file = tmp_path / "airlines" / "dashboard.yaml"
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines() == [
        f"{file}:13: chart 2: table: must be a mapping of keys, not a list",
        f'{file}:13: chart 2: the key "sql" is missing',
        f"{file}:13: chart 2: title must be text, not the number 5: put it in quotes",
    ]


def test_what_is_compiled_is_what_the_functions_read(tmp_path: Path) -> None:
    _, dashboard = compiled(tmp_path / "dashboards")
    into = tmp_path / "new" / "folder"
    assert run("--compile", into, tmp_path / "dashboards").returncode == 0
    catalog = read_catalog(into)
    assert [catalog.dashboard(each, "38727") for each in catalog.organizations()] == [dashboard]


def test_a_pack_with_mistakes_is_not_compiled(tmp_path: Path) -> None:
    checked(tmp_path / "dashboards", dashboard="")
    assert run("--compile", tmp_path / "new", tmp_path / "dashboards").returncode == 1
    assert not (tmp_path / "new").exists()


def test_a_catalog_that_can_not_be_written(tmp_path: Path) -> None:
    checked(tmp_path / "dashboards")
    (tmp_path / "new").touch()
    done = run("--compile", tmp_path / "new", tmp_path / "dashboards")
    assert (done.returncode, done.stderr) == (1, f"{tmp_path / 'new'} can't be written: File exists\n")


def test_the_packs_own_dashboards_are_right() -> None:
    assert compile_folder(ROOT / "demo" / "dashboards").mistakes == ()
