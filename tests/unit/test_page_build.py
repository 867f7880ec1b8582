"""The embedded page's build: joined modules, hashed names, the same bytes every time, within budget."""

import gzip
import json
import re
from pathlib import Path

import pytest

from cli.page.__main__ import SOURCES, build, main
from cli.page.assets import write_assets
from cli.page.modules import ModuleError, join
from cli.page.styles import join_styles

BUDGET = 350_000


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("page")
    build(folder)
    return folder


def test_the_manifest_names_each_file_by_its_content(page: Path) -> None:
    manifest = _manifest(page)
    assert sorted(manifest) == ["clerestory.js", "page.css", "page.js", "vega.js"]
    assert all(
        re.fullmatch(r"(clerestory|page|vega)-[0-9a-f]{12}\.(js|css)", name) for name in manifest.values()
    )


def test_each_file_lies_there_plain_and_gzipped(page: Path) -> None:
    for name in _manifest(page).values():
        assert gzip.decompress((page / f"{name}.gz").read_bytes()) == (page / name).read_bytes()


def test_all_that_comes_before_the_first_chart_is_within_the_budget(page: Path) -> None:
    sizes = {name: (page / f"{hashed}.gz").stat().st_size for name, hashed in _manifest(page).items()}
    assert sum(sizes.values()) - sizes["clerestory.js"] < BUDGET


def test_a_second_build_gives_the_same_bytes(page: Path, tmp_path: Path) -> None:
    build(tmp_path)
    assert _contents(tmp_path) == _contents(page)


def test_the_charts_code_is_a_module_with_the_interpreter_that_needs_no_eval(page: Path) -> None:
    code = (page / _manifest(page)["vega.js"]).read_text()
    assert re.search(r"export\s*\{[^}]*\bvegaEmbed\b[^}]*\}", code)
    assert "expressionInterpreter" in code


def test_the_page_is_one_file_and_fetches_no_other_module(page: Path) -> None:
    assert not re.search(r"^(import|export)\b", (page / _manifest(page)["page.js"]).read_text(), re.MULTILINE)


def test_every_colour_is_there_for_light_and_for_dark() -> None:
    colours = re.findall(r"--[\w-]+: ([^;]+);", (SOURCES / "styles" / "colours.css").read_text())
    on_screen, on_paper = colours[:-2], colours[-2:]
    assert on_screen
    assert all("light-dark(" in colour for colour in on_screen)
    assert on_paper == ["#ffffff", "none"]


def test_no_sheet_but_that_of_the_colours_has_colours_of_its_own() -> None:
    for sheet in sorted((SOURCES / "styles").glob("*.css")):
        own = re.findall(r"#[0-9a-f]{3,8}\b", sheet.read_text())
        assert (sheet.name, own) == (sheet.name, []) or sheet.name == "colours.css"


def test_sheets_are_joined_in_the_place_of_their_imports(tmp_path: Path) -> None:
    (tmp_path / "b.css").write_text("b {}\n")
    (tmp_path / "a.css").write_text('@import "./b.css";\na {}\n')
    assert join_styles(tmp_path / "a.css") == "b {}\na {}\n"


@pytest.mark.parametrize("sheet", ['@import "./c.css";\n', '@import url("b.css");\n', '@import "/b.css";\n'])
def test_sheets_that_cannot_be_joined_are_refused(tmp_path: Path, sheet: str) -> None:
    (tmp_path / "a.css").write_text(sheet)
    with pytest.raises(ModuleError, match=r"a\.css (needs .*c\.css, which doesn't exist|must import as)"):
        join_styles(tmp_path / "a.css")


def test_modules_are_joined_each_after_what_it_needs(tmp_path: Path) -> None:
    _write(tmp_path, a='import { b } from "./b.js";\n\nb();\n', b="export function b() {}\n")
    assert join(tmp_path / "a.js") == "function b() {}\n\nb();\n"


def test_a_module_that_two_need_is_joined_once(tmp_path: Path) -> None:
    _write(
        tmp_path,
        a='import { b } from "./b.js";\nimport { c } from "./c.js";\nb(c);\n',
        b='import { c } from "./c.js";\nexport const b = () => c;\n',
        c="export const c = 1;\n",
    )
    assert join(tmp_path / "a.js").count("const c = 1;") == 1


@pytest.mark.parametrize(
    ("modules", "told"),
    [
        ({"a": 'import { b } from "./b.js";\n'}, r"a\.js needs .*b\.js, which doesn't exist"),
        ({"a": 'import { a } from "./a.js";\n'}, r"a\.js imports itself"),
        (
            {"a": 'import { b } from "./b.js";\nconst x = 1;\n', "b": "const x = 2;\n"},
            "both have a top-level x",
        ),
        ({"a": 'import * as b from "./b.js";\n'}, r"a\.js must import as"),
        ({"a": "export default 1;\n"}, r"a\.js must import as"),
    ],
)
def test_modules_that_cannot_be_joined_are_refused(
    tmp_path: Path, modules: dict[str, str], told: str
) -> None:
    _write(tmp_path, **modules)
    with pytest.raises(ModuleError, match=told):
        join(tmp_path / "a.js")


def test_a_changed_file_gets_a_new_name(tmp_path: Path) -> None:
    before, after = (write_assets(tmp_path, {"page.css": css})["page.css"] for css in (b"a{}", b"b{}"))
    assert before != after
    assert _manifest(tmp_path) == {"page.css": after}


def test_a_pack_that_runs_goes_on_serving_what_it_began_with(tmp_path: Path) -> None:
    began_with = write_assets(tmp_path, {"page.css": b"a{}"})["page.css"]
    write_assets(tmp_path, {"page.css": b"b{}"})
    assert (tmp_path / began_with).read_bytes() == gzip.decompress(
        (tmp_path / f"{began_with}.gz").read_bytes()
    )


def test_only_whole_files_are_left(tmp_path: Path) -> None:
    name = write_assets(tmp_path, {"page.css": b"a{}"})["page.css"]
    assert sorted(_contents(tmp_path)) == ["manifest.json", name, f"{name}.gz"]


def test_a_missing_package_is_one_sentence_and_a_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("cli.page.vega.PACKAGE", "no-such-package")
    assert main([str(tmp_path)]) == 1
    told = capsys.readouterr().err
    assert "no-such-package, which isn't installed" in told
    assert len(told.splitlines()) == 1


def _manifest(folder: Path) -> dict[str, str]:
    manifest: dict[str, str] = json.loads((folder / "manifest.json").read_text())
    return manifest


def _contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def _write(folder: Path, **modules: str) -> None:
    for name, text in modules.items():
        (folder / f"{name}.js").write_text(text)
