"""What the dashboards name, into the bucket of a deployed pack."""

from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from moto import mock_aws

from cli.upload import main
from tests.own_pack import OwnPack, write_own_pack


@pytest.fixture
def own(tmp_path: Path) -> OwnPack:
    return write_own_pack(tmp_path)


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_aws():
        boto3.client("s3").create_bucket(Bucket="own-data")
        yield "own-data"


def test_what_the_dashboards_name_is_put_under_the_prefix_and_nothing_else(own: OwnPack, bucket: str) -> None:
    (own.data / "private.parquet").write_bytes(b"nobody's")
    assert main([*own.arguments, "--bucket", bucket, "--prefix", "/lake/"]) == 0
    there = {each["Key"] for each in boto3.client("s3").list_objects_v2(Bucket=bucket)["Contents"]}
    assert there == {
        "lake/sales.parquet",
        "lake/sales/2013.csv.gz",
        "lake/sales/sales.jsonl.gz",
        "lake/by tenant/tenant=globex/data_0.parquet",
        "lake/by tenant/tenant=initech/data_0.parquet",
    }
    sent = boto3.client("s3").get_object(Bucket=bucket, Key="lake/sales.parquet")["Body"].read()
    assert sent == (own.data / "sales.parquet").read_bytes()


def test_nothing_is_put_there_while_a_file_is_missing(
    own: OwnPack, bucket: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (own.data / "sales.parquet").unlink()
    assert main([*own.arguments, "--bucket", bucket]) == 1
    assert "lacks sales.parquet" in capsys.readouterr().err


def test_an_upload_that_fails_is_one_sentence(
    own: OwnPack, bucket: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*own.arguments, "--bucket", "no-such-bucket"]) == 1
    assert capsys.readouterr().err.startswith("The data was not uploaded: ")
