"""The Parquet files into the bucket that the query function reads."""

from pathlib import Path

import boto3

from local.data.recipes import RECIPES


class NotBuiltError(Exception):
    """There is nothing to upload yet. The text is one sentence for a person."""


def upload(folder: Path, bucket: str, prefix: str = "") -> list[str]:
    """Put every table's file under `prefix` and return their addresses. boto3 heeds AWS_ENDPOINT_URL."""
    files = [folder / f"{name}.parquet" for name in RECIPES]
    missing = [file.name for file in files if not file.is_file()]
    if missing:
        raise NotBuiltError(f"{folder} lacks {', '.join(missing)}: build the data first.")
    s3 = boto3.client("s3")
    sent = []
    for file in files:
        key = "/".join(part for part in (prefix.strip("/"), file.name) if part)
        s3.upload_file(str(file), bucket, key)
        sent.append(f"s3://{bucket}/{key}")
    return sent
