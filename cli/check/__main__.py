"""`clerestory check`: what the build runs, too.

Prints each mistake as `path:line: message` and ends with 1, or says what there is and ends with 0. Where the
data is within reach, each query is prepared against it.
"""

import sys
from pathlib import Path

from clerestory.catalog import Catalog
from cli.check.folder import compile_folder
from cli.check.kept import Kept
from cli.check.seeing_all import seeing_all
from cli.data_files import missing_files
from cli.defaults import DASHBOARDS, DATA
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
    parser.add_argument("--compile", type=Path, metavar="INTO", help="write what the functions read")
    parser.add_argument("--data", type=Path, metavar="FOLDER", help="check the queries against it")
    options = parser.parse_args(arguments)
    compiled = compile_folder(options.folder, Kept())
    for note in compiled.passed_over:
        print(note, file=sys.stderr)
    if compiled.catalog is None:
        print(*compiled.mistakes, sep="\n", file=sys.stderr)
        return 1
    if options.compile and not _written(options.compile, compiled.catalog):
        return 1
    missing = missing_files(compiled.catalog, options.data) if options.data else []
    if missing:
        print(f"{options.data} lacks {', '.join(missing)}", file=sys.stderr)
    prepares = options.compile is None
    if (prepares and _has_wrong_queries(options.folder, compiled.catalog, options.data)) or missing:
        return 1
    print(_summary(compiled.catalog, compiled.charts))
    for line in seeing_all(options.folder, compiled.catalog):
        print(line)
    return 0


def _has_wrong_queries(folder: Path, catalog: Catalog, data: Path | None) -> bool:
    """Where the data is within reach: where it was named, or is the demo's and made."""
    if data is None and folder == DASHBOARDS and DATA.is_dir():
        data = DATA
    if data is None:
        return False
    from cli.check.prepared import all_wrong_queries  # the engine, which sam build checks without

    mistakes = sorted(all_wrong_queries(folder, catalog, data))
    for mistake in mistakes:
        print(mistake, file=sys.stderr)
    return bool(mistakes)


def _written(folder: Path, catalog: Catalog) -> bool:
    try:
        catalog.write(folder)
    except OSError as why:
        print(f"{folder} can't be written: {why.strerror}", file=sys.stderr)
        return False
    return True


def _summary(catalog: Catalog, charts: int) -> str:
    organizations = tuple(catalog.organizations())
    dashboards = sum(len(catalog.dashboards(each)) for each in organizations)
    return ", ".join(
        f"{count} {noun}{'' if count == 1 else 's'}"
        for count, noun in (
            (len(organizations), "organization"),
            (dashboards, "dashboard"),
            (charts, "chart"),
        )
    )


if __name__ == "__main__":
    sys.exit(main())
