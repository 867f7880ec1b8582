"""`python -m local.data build` and `python -m local.data upload --bucket NAME [--prefix PREFIX]`."""

import argparse
import sys
from pathlib import Path

from local.data.build import DataMissingError, build

FOLDER = Path(".data")


def main(arguments: list[str] | None = None) -> int:
    chosen = _parser().parse_args(arguments)
    try:
        return _upload(chosen) if chosen.command == "upload" else _build(chosen)
    except DataMissingError as missing:
        print(missing, file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m local.data", description="The demo's data as Parquet.")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, summary in (("build", "make the files that are missing"), ("upload", "put the files to S3")):
        command = commands.add_parser(name, help=summary)
        command.add_argument("--folder", type=Path, default=FOLDER, help=f"where the files are ({FOLDER})")
    command.add_argument("--bucket", required=True)
    command.add_argument("--prefix", default="")
    return parser


def _build(chosen: argparse.Namespace) -> int:
    for path in build(chosen.folder):
        print(f"{path}  {path.stat().st_size:,} bytes")
    return 0


def _upload(chosen: argparse.Namespace) -> int:
    # Here, so that `build` needs no boto3.
    from boto3.exceptions import Boto3Error
    from botocore.exceptions import BotoCoreError, ClientError

    from local.data.upload import NotBuiltError, upload

    try:
        for address in upload(chosen.folder, chosen.bucket, chosen.prefix):
            print(address)
    except (NotBuiltError, Boto3Error, BotoCoreError, ClientError, OSError) as failure:
        print(f"The data was not uploaded: {failure}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
