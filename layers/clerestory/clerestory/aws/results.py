"""The results bucket: gzipped JSON, one object for each run of a token's queries."""

import gzip
from typing import TYPE_CHECKING

from clerestory.aws.clients import AWSError, error_code
from clerestory.problems import unavailable

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


class ResultsMissing(Exception):
    """The record points at results that are not there (any more)."""


class Results:
    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def write(self, organization: str, token: str, fence: int, document: bytes) -> str:
        """Each run has a key of its own: one that was taken over overwrites nothing."""
        key = f"{organization}/{token}/{fence}.json.gz"
        self._client.put_object(
            Bucket=self._bucket,
            Key=key,
            Body=gzip.compress(document, mtime=0),
            ContentType="application/json",
            ContentEncoding="gzip",
        )
        return key

    def read(self, key: str) -> bytes:
        """The gzipped document."""
        try:
            return self._client.get_object(Bucket=self._bucket, Key=key)["Body"].read()
        except AWSError as error:
            if error_code(error) in ("NoSuchKey", "404"):
                raise ResultsMissing from None
            raise unavailable("The results cannot be read just now.") from error
