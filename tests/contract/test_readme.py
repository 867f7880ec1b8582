"""What the README shows works as it says."""

import re
import shutil
from fnmatch import fnmatch
from pathlib import Path

from cli.check import compile_folder
from tests.pack import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")


def dashboard_of_the_readme() -> str:
    block = r"```yaml\n(# demo/dashboards/airlines/cancellations\.yaml\n.*?)```"
    (shown,) = re.findall(block, README, re.DOTALL)
    return str(shown)


def with_dashboard(folder: Path, text: str) -> Path:
    dashboards = folder / "demo" / "dashboards"
    shutil.copytree(ROOT / "demo" / "dashboards", dashboards)
    (dashboards / "airlines" / "cancellations.yaml").write_text(text, encoding="utf-8")
    return dashboards


def test_the_dashboard_that_it_adds_is_right(tmp_path: Path) -> None:
    compiled = compile_folder(with_dashboard(tmp_path, dashboard_of_the_readme()))
    assert compiled.mistakes == ()


def test_the_mistake_that_it_shows_is_what_check_says(tmp_path: Path) -> None:
    dashboards = with_dashboard(tmp_path, dashboard_of_the_readme())
    organization = dashboards / "airlines" / "organization.yaml"
    text = organization.read_text(encoding="utf-8")
    forgetful = text.replace("flights.parquet, tenant: {carrier: ACCT_ID}", "flights.parquet")
    organization.write_text(forgetful, encoding="utf-8")
    (mistake,) = compile_folder(dashboards).mistakes
    shown = " ".join(README.split("$ make check\n")[1].split("```")[0].split())
    assert f"{mistake}".endswith(shown)


def test_it_explains_each_folder_and_no_other() -> None:
    made = (ROOT / ".gitignore").read_text().replace("/\n", "\n").split()
    folders = {path.name for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith(".")}
    rows = re.findall(r"^\| (`.+?`) \| .+ \|$", README.split("## Where things are\n")[1], re.MULTILINE)
    explained = {path.split("/")[0] for row in rows for path in re.findall(r"`([^`]+/)`", row)}
    assert explained == {name for name in folders if not any(fnmatch(name, pattern) for pattern in made)}
