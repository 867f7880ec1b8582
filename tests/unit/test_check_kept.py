"""What the check remembers of files that stay as they are, and what makes it look again."""

from pathlib import Path

import pytest

from cli.check import Compiled, compile_folder
from cli.check.kept import Kept, Outcome
from tests.unit.check_pack import DASHBOARD, ORGANIZATION, changed


class Noted(Kept):
    """Says which files were read."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.read: list[str] = []

    def keep(self, file: Path, key: str, outcome: Outcome) -> None:
        self.read.append(file.stem)
        super().keep(file, key, outcome)


class Pack:
    """An organization of three dashboards, checked with what was kept of the last time."""

    def __init__(self, root: Path) -> None:
        self.root, self.kept = root / "dashboards", root / "kept"
        self.read: list[str] = []
        (self.root / "airlines").mkdir(parents=True)
        self.write("organization", ORGANIZATION)
        for number in range(3):
            self.write(f"d{number}", numbered(number))

    def write(self, name: str, text: str) -> Path:
        file = self.root / "airlines" / f"{name}.yaml"
        file.write_text(text)
        return file

    def check(self) -> list[str]:
        """The mistakes. `read` has the dashboards that were read for them."""
        return [str(each).removeprefix(f"{self.root}/airlines/") for each in self.compiled().mistakes]

    def compiled(self) -> Compiled:
        kept = Noted(self.kept)
        compiled, self.read = compile_folder(self.root, kept), kept.read
        return compiled


def numbered(number: int) -> str:
    return changed(changed(DASHBOARD, "38727", f"{number + 1}"), "on-time-performance", f"delays-{number}")


@pytest.fixture
def pack(tmp_path: Path) -> Pack:
    return Pack(tmp_path)


def test_a_file_that_stayed_as_it_was_is_not_read_again(pack: Pack) -> None:
    assert pack.check() == []
    assert pack.read == ["d0", "d1", "d2"]
    assert pack.check() == []
    assert pack.read == []


def test_the_outcome_is_the_same_as_without(pack: Pack) -> None:
    pack.check()
    catalog, fresh = pack.compiled().catalog, compile_folder(pack.root).catalog
    assert catalog is not None
    assert fresh is not None
    assert catalog.compiled.whole == fresh.compiled.whole


def test_what_changed_is_read_and_nothing_else(pack: Pack) -> None:
    pack.check()
    pack.write("d1", changed(numbered(1), "title: On-time", "title: Late"))
    assert pack.check() == []
    assert pack.read == ["d1"]


def test_new_sources_have_their_organizations_files_read_again(pack: Pack) -> None:
    pack.check()
    pack.write("organization", changed(ORGANIZATION, "flights.parquet", "other.parquet"))
    pack.check()
    assert pack.read == ["d0", "d1", "d2"]


def test_what_else_changes_in_an_organization_has_no_dashboard_read_again(pack: Pack) -> None:
    pack.check()
    pack.write("organization", changed(ORGANIZATION, "16417", "5"))
    assert pack.check() == []
    assert pack.read == []


def test_mistakes_are_kept_too(pack: Pack) -> None:
    pack.write("d1", numbered(1) + "span: 1\n")
    found = pack.check()
    assert [each.split(": ")[0] for each in found] == ["d1.yaml:13"]
    assert pack.check() == found
    assert pack.read == []


def test_an_id_that_becomes_taken_is_found_in_files_that_are_not_read(pack: Pack) -> None:
    pack.check()
    pack.write("d3", changed(numbered(3), "id: 4", "id: 2"))
    assert pack.check() == [f"d3.yaml:1: id 2 is taken: by {pack.root}/airlines/d1.yaml:1"]
    assert pack.check() == [f"d3.yaml:1: id 2 is taken: by {pack.root}/airlines/d1.yaml:1"]
    assert pack.read == []


def test_a_slug_that_is_free_again_is_no_mistake_any_more(pack: Pack) -> None:
    taken = pack.write("d3", changed(numbered(3), "delays-3", "delays-1"))
    assert pack.check() == [f"d3.yaml:2: slug delays-1 is taken: by {pack.root}/airlines/d1.yaml:2"]
    taken.unlink()
    assert pack.check() == []
    assert pack.read == []


@pytest.mark.parametrize("harm", [b"", b"{}", b"\xff\n{}", None])
def test_what_was_kept_and_is_broken_is_read_again(pack: Pack, harm: bytes | None) -> None:
    pack.check()
    for file in pack.kept.iterdir():
        whole = file.read_bytes()
        file.write_bytes(whole.replace(b"delays", b"delayz") if harm is None else harm)
    assert pack.check() == []
    assert pack.read == ["d0", "d1", "d2"]


def test_what_was_kept_of_another_file_is_not_taken_for_this_ones(pack: Pack) -> None:
    pack.check()
    one, other, _ = sorted(pack.kept.iterdir())
    one.write_bytes(other.read_bytes())
    assert pack.check() == []
    assert len(pack.read) == 1


def test_where_nothing_can_be_kept_all_is_read(pack: Pack) -> None:
    pack.kept.touch()
    assert pack.check() == []
    assert pack.check() == []
    assert pack.read == ["d0", "d1", "d2"]


def test_no_more_is_kept_than_there_are_files(pack: Pack) -> None:
    for title in ("One", "Two", "Three"):
        pack.write("d0", changed(numbered(0), "title: On-time", f"title: {title}"))
        pack.check()
    assert len(list(pack.kept.iterdir())) == 3
