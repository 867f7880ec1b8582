"""The demo's data in a bucket of the local AWS, by the tools that put it into a deployed one."""

import os
import subprocess
import sys
from pathlib import Path

import boto3

from local.aws.environment import REGION
from tests.sam import cli

ROOT = Path(__file__).parents[2]
BUCKET, PREFIX = "data-of-every-stack", "data"
URL = f"s3://{BUCKET}/{PREFIX}"


def put_data(endpoint: str) -> None:
    session = boto3.Session("local", "local", region_name=REGION)
    session.client("s3", endpoint_url=endpoint).create_bucket(Bucket=BUCKET)
    sources = os.pathsep.join(str(ROOT / each) for each in ("layers/clerestory", "layers/query", "."))
    for module, *arguments in (["demo.data"], ["cli.upload", "--bucket", BUCKET, "--prefix", PREFIX]):
        command = [sys.executable, "-m", module, *arguments]
        environment = cli.environment(endpoint) | {"PYTHONPATH": sources}
        done = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=120
        )
        assert done.returncode == 0, done.stderr
