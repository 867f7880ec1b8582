"""`clerestory upload`: the files that the dashboards name, into the bucket that query reads."""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

import boto3
from boto3.exceptions import Boto3Error
from botocore.exceptions import BotoCoreError, ClientError

from cli.check import compile_folder
from cli.data_files import files_there, missing_files
from cli.defaults import DASHBOARDS, DATA
from cli.help import command_parser


def main(arguments: list[str] | None = None) -> int:
    chosen = _parser().parse_args(arguments)
    compiled = compile_folder(chosen.dashboards)
    if compiled.catalog is None:
        print(*compiled.mistakes, sep="\n", file=sys.stderr)
        return 1
    if missing := missing_files(compiled.catalog, chosen.data):
        print(f"The data was not uploaded: {chosen.data} lacks {', '.join(missing)}.", file=sys.stderr)
        return 1
    try:
        files = files_there(compiled.catalog, chosen.data)
        for address in upload(files, chosen.data, chosen.bucket, chosen.prefix):
            print(address, flush=True)
    except (Boto3Error, BotoCoreError, ClientError, OSError) as failure:
        print(f"The data was not uploaded: {failure}", file=sys.stderr)
        return 1
    return 0


def upload(files: list[str], folder: Path, bucket: str, prefix: str = "") -> Iterator[str]:
    """Each file's address, once it is there. boto3 heeds AWS_ENDPOINT_URL."""
    s3 = boto3.client("s3")
    for file in files:
        key = "/".join(part for part in (prefix.strip("/"), file) if part)
        s3.upload_file(str(folder / file), bucket, key)
        yield f"s3://{bucket}/{key}"


def _parser() -> argparse.ArgumentParser:
    parser = command_parser(
        "upload",
        "Put the files that the dashboards name into a deployed pack's bucket.",
        "--bucket my-data --dashboards ../mine --data ../mine/data",
        {0: "all are there", 1: "not all are, and why"},
    )
    parser.add_argument("--bucket", required=True, help="the stack's output DataBucketInUse has its name")
    parser.add_argument("--prefix", default="data", help="the stack's parameter DataPrefix (data)")
    parser.add_argument(
        "--dashboards",
        type=Path,
        default=DASHBOARDS,
        metavar="FOLDER",
        help=f"the dashboards, a folder for each organization ({DASHBOARDS})",
    )
    parser.add_argument(
        "--data", type=Path, default=DATA, metavar="FOLDER", help="where the files are (.data)"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
