"""`make site`: plain static files for any host, configured by one file."""

import json
from pathlib import Path

import pytest

from cli.site import ROOT, SITE, build, headers, main

DEPLOYED = {"api": "https://api.example.com/", "issuer": "https://issuer.example/x", "client_id": "site"}


def test_the_site_holds_the_client_and_not_its_sources(tmp_path: Path) -> None:
    build(tmp_path / "out")
    files = {"clerestory.js", "clerestory.js.map", "clerestory.d.ts"}
    assert {"index.html", *files, "config.json", "_headers"} <= _names(tmp_path / "out")
    assert all((tmp_path / "out" / name).read_bytes() == (SITE / name).read_bytes() for name in files)
    assert not (tmp_path / "out" / "client").exists()


def test_the_site_has_the_embedded_pages_colours_and_its_csv(tmp_path: Path) -> None:
    build(tmp_path / "out")
    page = ROOT / "layers" / "page"
    for name in ("colours.css", "settings/colours.css"):
        assert (tmp_path / "out" / name).read_bytes() == (page / "styles" / "colours.css").read_bytes()
    assert (tmp_path / "out" / "settings" / "csv.js").read_bytes() == (page / "csv.js").read_bytes()


def test_one_file_configures_every_page(tmp_path: Path) -> None:
    build(tmp_path / "out", _config(tmp_path, DEPLOYED))
    for config in (tmp_path / "out").rglob("config.json"):
        assert json.loads(config.read_text()) == DEPLOYED


def test_a_second_build_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "other"):
        build(tmp_path / name)
    assert _contents(tmp_path / "one") == _contents(tmp_path / "other")


def test_what_was_there_before_is_gone(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "old.js").touch()
    build(tmp_path / "out")
    assert not (tmp_path / "out" / "old.js").exists()


def test_the_policy_names_the_api_and_the_issuer_and_nobody_else() -> None:
    policy = headers(DEPLOYED)
    assert "connect-src 'self' https://api.example.com https://issuer.example;" in policy
    assert "frame-src https://api.example.com;" in policy
    assert "unsafe" not in policy


def test_the_policy_names_origins_whatever_paths_are_configured() -> None:
    config = {"api": "https://api.example.com/v1", "embeds": "https://example.com/reports"}
    policy = headers({**config, "issuer": "https://id.example/x", "connect": ["https://token.example/oauth"]})
    assert "frame-src https://example.com;" in policy
    assert (
        "connect-src 'self' https://api.example.com https://example.com https://id.example https://token.example;"
        in policy
    )


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        '{"api": "api.example.com"}',
        '{"issuer": "javascript:x"}',
        '{"connect": "https://token.example"}',
        '{"connect": ["token.example"]}',
    ],
)
def test_a_configuration_that_cannot_be_used_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    config = tmp_path / "config.json"
    config.write_text(text)
    assert main([str(tmp_path / "out"), "--config", str(config)]) == 1
    assert len(capsys.readouterr().err.splitlines()) == 1


def _config(folder: Path, config: dict[str, str]) -> Path:
    path = folder / "given.json"
    path.write_text(json.dumps(config))
    return path


def _names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def _contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}
