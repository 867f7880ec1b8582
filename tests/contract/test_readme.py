"""What the README shows works as it says."""

import re
import shutil
from pathlib import Path

from cli.check import compile_folder
from tests.pack import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")


def dashboard_of_the_readme() -> str:
    (shown,) = re.findall(
        r"```yaml\n(# demo/dashboards/airlines/cancellations\.yaml\n.*?)```", README, re.DOTALL
    )
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
    forgetful = dashboard_of_the_readme().replace("carrier = $ACCT_ID AND ", "", 1)
    (mistake, *_) = compile_folder(with_dashboard(tmp_path, forgetful)).mistakes
    shown = " ".join(README.split("$ make check\n")[1].split("```")[0].split())
    assert f"{mistake}".endswith(shown)


def test_every_file_that_it_links_to_is_there() -> None:
    links = re.findall(r"\]\(((?!https?://)[^)#]+)\)", README)
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []
