"""Which files make a pack, and what must be unique among them."""

from pathlib import Path

from cli.check import compile_folder
from tests.unit.check_pack import DASHBOARD, ORGANIZATION, changed, checked


def said(folder: Path) -> list[str]:
    """The mistakes with their files below `folder`."""
    return [str(each).removeprefix(f"{folder}/") for each in compile_folder(folder).mistakes]


def write(folder: Path, **files: str) -> None:
    """Writes `organization__file=text` as organization/file.yaml."""
    for name, text in files.items():
        file = folder / f"{name.replace('__', '/')}.yaml"
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)


def other(text: str) -> str:
    """The same file under another id and slug."""
    for old, new in (("id: 16417", "id: 2"), ("slug: airlines", "slug: harbor"), ("id: 38727", "id: 3")):
        text = text.replace(old, new)
    return text


def test_a_right_pack_compiles(tmp_path: Path) -> None:
    result = checked(tmp_path)
    assert result.mistakes == ()
    assert result.catalog is not None
    (airlines,) = result.catalog.organizations()
    assert [each.slug for each in result.catalog.dashboards(airlines)] == ["on-time-performance"]


def test_a_pack_with_a_mistake_has_no_catalog(tmp_path: Path) -> None:
    assert checked(tmp_path, dashboard="id: 1").catalog is None


def test_organizations_and_dashboards_stand_in_the_order_of_their_files(tmp_path: Path) -> None:
    write(tmp_path, b__organization=ORGANIZATION, b__one=DASHBOARD)
    write(tmp_path, a__organization=other(ORGANIZATION), a__one=other(DASHBOARD))
    catalog = compile_folder(tmp_path).catalog
    assert catalog is not None
    assert [each.slug for each in catalog.organizations()] == ["harbor", "airlines"]


def test_a_missing_folder(tmp_path: Path) -> None:
    assert said(tmp_path / "none") == [
        f"{tmp_path / 'none'}:1: the folder can't be read: no such file or directory"
    ]


def test_a_file_is_not_a_folder(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert said(tmp_path / "file") == [f"{tmp_path / 'file'}:1: the folder can't be read: not a directory"]


def test_an_empty_folder(tmp_path: Path) -> None:
    assert said(tmp_path) == [f"{tmp_path}:1: holds no organization: make a folder with an organization.yaml"]


def test_an_organization_without_a_dashboard(tmp_path: Path) -> None:
    checked(tmp_path)
    for file in (tmp_path / "airlines").glob("*.yaml"):
        if file.name != "organization.yaml":
            file.unlink()
    assert said(tmp_path) == ["airlines:1: holds no dashboard: add one YAML file for each"]


def test_a_folder_that_is_no_organizations_is_passed_over_aloud(tmp_path: Path) -> None:
    checked(tmp_path)
    (tmp_path / "data").mkdir()
    compiled = compile_folder(tmp_path)
    assert compiled.catalog
    assert [str(note) for note in compiled.passed_over] == [
        f"{tmp_path / 'data'}:1: is passed over: it has no organization.yaml"
    ]


def test_files_that_would_be_overlooked(tmp_path: Path) -> None:
    checked(tmp_path)
    write(tmp_path, stray="", airlines__nested="")
    (tmp_path / "airlines" / "nested.yaml").rename(tmp_path / "airlines" / "nested.yml")
    (tmp_path / "airlines" / "inner").mkdir()
    assert said(tmp_path) == [
        "airlines/inner:1: is a folder in an organization's folder: it would not be read",
        "airlines/nested.yml:1: would not be read: its name must end in .yaml",
        "stray.yaml:1: isn't in an organization's folder: it would not be read",
    ]


def test_notes_and_hidden_files_are_left_alone(tmp_path: Path) -> None:
    checked(tmp_path)
    (tmp_path / "README.md").touch()
    (tmp_path / ".hidden").mkdir()
    (tmp_path / "airlines" / "notes.txt").touch()
    (tmp_path / "airlines" / ".dashboard.yaml").touch()
    assert said(tmp_path) == []


def test_a_file_that_can_not_be_read(tmp_path: Path) -> None:
    checked(tmp_path)
    (tmp_path / "airlines" / "gone.yaml").symlink_to("nowhere")
    assert said(tmp_path) == ["airlines/gone.yaml:1: can't be read: No such file or directory"]


def test_ids_are_unique_over_the_pack(tmp_path: Path) -> None:
    write(tmp_path, a__organization=ORGANIZATION, a__one=DASHBOARD)
    write(tmp_path, b__organization=changed(ORGANIZATION, "slug: airlines", "slug: b"), b__one=DASHBOARD)
    assert said(tmp_path) == [
        f"b/one.yaml:1: id 38727 is taken: by {tmp_path}/a/one.yaml:1",
        f"b/organization.yaml:1: id 16417 is taken: by {tmp_path}/a/organization.yaml:1",
    ]


def test_slugs_of_organizations_are_unique(tmp_path: Path) -> None:
    write(tmp_path, a__organization=ORGANIZATION, a__one=DASHBOARD)
    write(tmp_path, b__organization=changed(ORGANIZATION, "16417", "2"), b__one=other(DASHBOARD))
    assert said(tmp_path) == [
        f"b/organization.yaml:2: slug airlines is taken: by {tmp_path}/a/organization.yaml:2"
    ]


def test_slugs_of_dashboards_are_unique_in_their_organization_only(tmp_path: Path) -> None:
    write(tmp_path, a__organization=ORGANIZATION, a__one=DASHBOARD, a__two=changed(DASHBOARD, "38727", "4"))
    write(tmp_path, b__organization=other(ORGANIZATION), b__one=other(DASHBOARD))
    assert said(tmp_path) == [f"a/two.yaml:2: slug on-time-performance is taken: by {tmp_path}/a/one.yaml:2"]


def test_one_run_finds_the_mistakes_of_every_file_in_order(tmp_path: Path) -> None:
    write(tmp_path, a__organization=changed(ORGANIZATION, "16417", "0"), a__one=DASHBOARD + "span: 1\n")
    write(tmp_path, b__organization="[]", b__one="title: 5\ntitle: 6")
    found = said(tmp_path)
    assert [each.split(": ")[0] for each in found] == sorted(
        [
            "a/one.yaml:13",
            "a/organization.yaml:1",
            *["b/one.yaml:1"] * 5,
            "b/one.yaml:2",
            "b/organization.yaml:1",
        ]
    )
