"""`clerestory site OUT`: the site as plain static files, for any host."""

import json
import shutil
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cli.help import command_parser

ROOT = Path(__file__).resolve().parents[1]
SITE = ROOT / "site"
DEMO = ROOT / "demo" / "page"
_PAGE = ROOT / "layers" / "page"
SHARED = {
    "colours.css": _PAGE / "styles" / "colours.css",
    "settings/colours.css": _PAGE / "styles" / "colours.css",
    "settings/csv.js": _PAGE / "csv.js",
}
"""What the site has of the embedded page: where, and which file it is."""
CONFIG = "config.json"
HEADERS = "_headers"
SETTINGS = ("settings",)
"""Folders whose pages read a config.json beside them."""
_SOURCES = "client"


class ConfigError(Exception):
    """The configuration can't be used. The text is one sentence for a person."""


def build(out: Path, config: Path | None = None, site: Path = SITE, demo: Path = DEMO) -> None:
    """Fill `out`, which is emptied first, with the site's files, the demo's page if there is one, `config`
    (the site's own where it is None) and a file of headers."""
    chosen = read_config(config or site / CONFIG)
    shutil.rmtree(out, ignore_errors=True)
    shutil.copytree(site, out, ignore=shutil.ignore_patterns(".*", _SOURCES))
    if demo.is_dir():
        shutil.copytree(demo, out, ignore=shutil.ignore_patterns(".*"), dirs_exist_ok=True)
    for name, file in SHARED.items():
        shutil.copy(file, out / name)
    for folder in (out, *(out / name for name in SETTINGS if (out / name).is_dir())):
        (folder / CONFIG).write_text(json.dumps(chosen, indent=2) + "\n", encoding="utf-8")
    (out / HEADERS).write_text(headers(chosen), encoding="utf-8")


def read_config(path: Path) -> dict[str, Any]:
    """Raises ConfigError."""
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as failure:
        raise ConfigError(f"{path} can't be read as JSON: {failure}.") from None
    if not isinstance(config, dict):
        raise ConfigError(f"{path} must hold a JSON object.")
    for name in ("api", "issuer", "embeds"):
        if config.get(name) and not _origin(config[name]):
            raise ConfigError(f'{path}: "{name}" must be an http or https URL.')
    connect = config.get("connect", [])
    if not isinstance(connect, list) or not all(map(_origin, connect)):
        raise ConfigError(f'{path}: "connect" must be a list of http or https URLs.')
    return config


def headers(config: dict[str, Any]) -> str:
    """Netlify's and Cloudflare Pages' form: the pages run own scripts only, ask the API and the issuer
    only, and frame embeds only. `SiteHeaders` of template.yaml says the same."""
    api, embeds, issuer = (_origin(config.get(name)) for name in ("api", "embeds", "issuer"))
    further = map(_origin, config.get("connect", ()))
    lines = (
        "/*",
        f"  Content-Security-Policy: {_policy([api, embeds, issuer, *further], embeds or api)}",
        "  Referrer-Policy: no-referrer",
        "  X-Content-Type-Options: nosniff",
        "  Cache-Control: no-cache",
    )
    return "\n".join(lines) + "\n"


def _policy(connected: list[str], framed: str) -> str:
    directives = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' data:",
        "connect-src": " ".join(dict.fromkeys(["'self'", *filter(None, connected)])),
        "frame-src": framed or "'self'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in directives.items())


def _origin(url: Any) -> str:
    """Nothing where it is none. A policy takes a path without a last slash for one file's."""
    parts = urlsplit(url) if isinstance(url, str) else None
    known = parts is not None and parts.scheme in ("http", "https") and parts.netloc
    return f"{parts.scheme}://{parts.netloc}" if parts is not None and known else ""


def main(arguments: list[str] | None = None) -> int:
    parser = command_parser(
        "site",
        "Write the site as static files: the client, the settings page, the demo's page.",
        ".build/site --config config.json",
        {0: "it is written", 1: "it can't be, and why"},
    )
    parser.add_argument("out", type=Path, metavar="OUT", help="folder for the files; it is emptied first")
    parser.add_argument("--config", type=Path, metavar="FILE", help="instead of site/config.json")
    chosen = parser.parse_args(arguments)
    try:
        build(chosen.out, chosen.config)
    except ConfigError as failure:
        print(failure, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
