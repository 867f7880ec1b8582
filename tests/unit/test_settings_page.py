"""The settings page's files: what it loads is all there is, and no more is asked of a browser."""

import re
from pathlib import Path

SETTINGS = Path(__file__).parents[2] / "site" / "settings"
PAGE = (SETTINGS / "index.html").read_text(encoding="utf-8")


def test_every_module_is_preloaded() -> None:
    modules = {path.relative_to(SETTINGS).as_posix() for path in SETTINGS.rglob("*.js")}
    preloaded = set(re.findall(r'rel="modulepreload" href="([^"]+)"', PAGE))
    assert preloaded == modules - {"main.js", "starting.js"}


def test_every_sheet_is_linked_and_each_colour_is_there_for_light_and_for_dark() -> None:
    sheets = {path.name: path.read_text(encoding="utf-8") for path in SETTINGS.glob("*.css")}
    assert re.findall(r'rel="stylesheet" href="([^"]+)"', PAGE) == [
        "settings.css",
        "controls.css",
        "parts.css",
    ]
    assert set(sheets) == {"settings.css", "controls.css", "parts.css"}
    colours = [
        line
        for sheet in sheets.values()
        for line in sheet.splitlines()
        if re.search(r"#[0-9a-f]{3,8}\b", line)
    ]
    assert colours
    assert all("light-dark(" in line for line in colours)


def test_nothing_is_inline_and_nothing_comes_from_elsewhere() -> None:
    assert not re.findall(r"<style|style=|<script>|\son\w+=|//[a-z]", PAGE)


def test_no_module_writes_markup_or_runs_text() -> None:
    for path in SETTINGS.rglob("*.js"):
        source = path.read_text(encoding="utf-8")
        assert not re.findall(
            r"innerHTML|outerHTML|insertAdjacentHTML|\beval\b|new Function|localStorage", source
        )
        assert source.count("\n") < 300
