"""The documents' links lead somewhere, within the repository."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.pack import ROOT

PAGES = sorted(
    [
        *ROOT.glob("*.md"),
        *ROOT.glob("docs/**/*.md"),
        ROOT / "examples/README.md",
        ROOT / "benchmarks/README.md",
    ]
)
INLINE = re.compile(r"\]\((?!https?:|mailto:)([^)\s]+)\)")

pages = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


def prose(page: Path) -> str:
    """Its text without blocks and spans of code, in which brackets are no links."""
    return re.sub(r"```.*?```|`[^`\n]*`", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)


def anchors(page: Path) -> Iterator[str]:
    """What its headings are called in a link, as GitHub has it."""
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    for heading in re.findall(r"^#+ (.+)$", text, re.MULTILINE):
        yield re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def leads_nowhere(page: Path, link: str) -> bool:
    path, _, anchor = link.partition("#")
    target = page.parent / path if path else page
    if not target.resolve().is_relative_to(ROOT) or not target.exists():
        return True
    return bool(anchor) and anchor not in anchors(target)


def test_every_link_leads_somewhere(subtests: pytest.Subtests) -> None:
    for page in PAGES:
        with subtests.test(page=page.relative_to(ROOT)):
            assert [link for link in INLINE.findall(prose(page)) if leads_nowhere(page, link)] == []


def test_the_readme_leads_to_every_page() -> None:
    """By any number of links; decisions are found in their folder."""
    reached, ahead = {ROOT / "README.md"}, [ROOT / "README.md"]
    while ahead:
        page = ahead.pop()
        targets = {
            (page.parent / link.partition("#")[0]).resolve()
            for link in INLINE.findall(page.read_text("utf-8"))
        }
        new = {target for target in targets if target.suffix == ".md"} - reached
        reached |= new
        ahead += new
    assert {page for page in PAGES if page.parent.name != "decisions"} <= reached


def test_the_newest_release_is_the_projects_version_everywhere() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    released = re.findall(
        r"^## \[(\d+\.\d+\.\d+)\] - \d{4}-\d\d-\d\d$", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.M
    )
    assert released[0] == version
    assert f"\n  version: {version}\n" in (ROOT / "docs/openapi.yaml").read_text("utf-8")
    assert (ROOT / "tests/deploy/releases" / f"{version}.yaml").is_file()
