"""`clerestory data`: makes the demo's files that are missing."""

import argparse
import sys
from pathlib import Path

from cli.help import command_parser
from demo.data.build import DataMissingError, build

FOLDER = Path(".data")


def main(arguments: list[str] | None = None) -> int:
    chosen = _parser().parse_args(arguments)
    try:
        for path in build(chosen.folder):
            print(f"{path}  {path.stat().st_size:,} bytes")
    except DataMissingError as missing:
        print(missing, file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = command_parser(
        "data",
        "Make the demo's data: flights that left New York in 2013, as Parquet.",
        "--folder .data",
        {0: "all is there", 1: "the package that holds the raw data isn't"},
    )
    parser.add_argument("--folder", type=Path, default=FOLDER, help=f"where the files are ({FOLDER})")
    return parser


if __name__ == "__main__":
    sys.exit(main())
