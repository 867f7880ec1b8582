"""The settings page's files: what it loads is all there is, and no more is asked of a browser."""

import re
from pathlib import Path

SETTINGS = Path(__file__).parents[2] / "site" / "settings"
PAGE = (SETTINGS / "index.html").read_text(encoding="utf-8")


def test_every_module_is_preloaded() -> None:
    modules = {path.relative_to(SETTINGS).as_posix() for path in SETTINGS.rglob("*.js")} | {"csv.js"}
    preloaded = set(re.findall(r'rel="modulepreload" href="([^"]+)"', PAGE))
    assert preloaded == modules - {"main.js", "starting.js"}


def test_every_sheet_is_linked_and_none_but_the_embedded_pages_has_colours() -> None:
    sheets = {path.name: path.read_text(encoding="utf-8") for path in SETTINGS.glob("*.css")}
    assert re.findall(r'rel="stylesheet" href="([^"]+)"', PAGE) == [
        "colours.css",
        "settings.css",
        "controls.css",
        "parts.css",
    ]
    assert set(sheets) == {"settings.css", "controls.css", "parts.css"}
    for sheet in sheets.values():
        assert not re.search(r"#[0-9a-f]{3,8}\b", sheet)


def test_nothing_is_inline_and_nothing_comes_from_elsewhere() -> None:
    assert not re.findall(r"<style|style=|<script>|\son\w+=|//[a-z]", PAGE)
