"""`python -m local.check [--compile FILE] [FOLDER]`: what `make check` and the build run.

Prints each mistake as `path:line: message` and ends with 1, or says what it found and ends with 0.
"""

import sys
from argparse import ArgumentParser
from pathlib import Path

from clerestory.dashboards import Catalog, write_catalog
from local.check.folder import compile_folder


def main(arguments: list[str] | None = None) -> int:
    parser = ArgumentParser(prog="python -m local.check", description="Checks and compiles the dashboards.")
    parser.add_argument("folder", nargs="?", type=Path, default=Path("dashboards"))
    parser.add_argument("--compile", type=Path, metavar="FILE", help="write the functions' catalog")
    options = parser.parse_args(arguments)
    compiled = compile_folder(options.folder)
    if compiled.catalog is None:
        print(*compiled.mistakes, sep="\n", file=sys.stderr)
        return 1
    if options.compile and not _written(options.compile, compiled.catalog):
        return 1
    print(_summary(compiled.catalog))
    return 0


def _written(file: Path, catalog: Catalog) -> bool:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(write_catalog(catalog))
    except OSError as why:
        print(f"{file} can't be written: {why.strerror}", file=sys.stderr)
        return False
    return True


def _summary(catalog: Catalog) -> str:
    dashboards = [each for organization in catalog.organizations for each in organization.dashboards]
    charts = sum(len(each.charts) for each in dashboards)
    return ", ".join(
        f"{count} {noun}{'' if count == 1 else 's'}"
        for count, noun in (
            (len(catalog.organizations), "organization"),
            (len(dashboards), "dashboard"),
            (charts, "chart"),
        )
    )


if __name__ == "__main__":
    sys.exit(main())
