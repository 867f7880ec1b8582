"""`python -m cli.page OUT`: build the embedded page's files into OUT, with the sites' client beside them.

Only `layers/page/Makefile` calls it, under `sam build`: people call `clerestory build` and `clerestory run`.
"""

import argparse
import re
import sys
from pathlib import Path

from cli.page.assets import write_assets
from cli.page.modules import ModuleError, join
from cli.page.styles import join_styles
from cli.page.vega import BundleMissingError, vega_module

ROOT = Path(__file__).parents[2]
SOURCES = ROOT / "layers" / "page"
CLIENT = ROOT / "site" / "clerestory.js"
"""Made by `make client`, and kept: who deploys needs no Node."""
CACHE = ROOT / ".build" / "page"
_SOURCE_MAP = re.compile(rb"^//# sourceMappingURL=.*\n", re.MULTILINE)


def build(out: Path, sources: Path = SOURCES, cache: Path = CACHE) -> dict[str, str]:
    """The manifest of what was built: each plain name and its hashed one."""
    return write_assets(
        out,
        {
            "clerestory.js": client(),
            "page.css": join_styles(sources / "page.css").encode(),
            "page.js": join(sources / "page.js").encode(),
            "vega.js": vega_module(cache),
        },
    )


def client() -> bytes:
    """The client as the pack serves it: without the line that names a source map, for none is served."""
    return _SOURCE_MAP.sub(b"", CLIENT.read_bytes())


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m cli.page", description="Build the embedded page.")
    parser.add_argument("out", type=Path, metavar="OUT", help="folder for the files and manifest.json")
    out = parser.parse_args(arguments).out
    try:
        manifest = build(out)
    except (BundleMissingError, ModuleError) as failure:
        print(failure, file=sys.stderr)
        return 1
    for name in manifest.values():
        print(f"{out / name}  {(out / f'{name}.gz').stat().st_size:,} bytes gzipped")
    return 0


if __name__ == "__main__":
    sys.exit(main())
