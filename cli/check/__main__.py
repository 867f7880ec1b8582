"""`clerestory check`: what the build runs, too.

Prints each mistake as `path:line: message` and ends with 1, or says what it found and ends with 0.
"""

import sys
from pathlib import Path

from clerestory.dashboards import Catalog, write_catalog
from cli.check.folder import compile_folder
from cli.data_files import missing_files
from cli.defaults import DASHBOARDS
from cli.help import command_parser


def main(arguments: list[str] | None = None) -> int:
    parser = command_parser(
        "check",
        "Say what is wrong in a folder of dashboards, by file and line.",
        "../mine --data ../mine/data",
        {0: "nothing is wrong", 1: "something is"},
    )
    parser.add_argument(
        "folder",
        nargs="?",
        type=Path,
        default=DASHBOARDS,
        metavar="FOLDER",
        help=f"the dashboards, a folder for each organization ({DASHBOARDS})",
    )
    parser.add_argument("--compile", type=Path, metavar="FILE", help="write the functions' catalog")
    parser.add_argument("--data", type=Path, metavar="FOLDER", help="say which files it lacks")
    options = parser.parse_args(arguments)
    compiled = compile_folder(options.folder)
    for note in compiled.passed_over:
        print(note, file=sys.stderr)
    if compiled.catalog is None:
        print(*compiled.mistakes, sep="\n", file=sys.stderr)
        return 1
    if options.compile and not _written(options.compile, compiled.catalog):
        return 1
    if options.data and (missing := missing_files(compiled.catalog, options.data)):
        print(f"{options.data} lacks {', '.join(missing)}", file=sys.stderr)
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
