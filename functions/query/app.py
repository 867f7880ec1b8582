"""Runs a dashboard's queries for one new token, once."""

import os
import time
from functools import cache
from pathlib import Path
from typing import Any

from msgspec import convert

from clerestory import cold_start
from clerestory.aws.clients import dynamodb_client, s3_access, s3_client
from clerestory.aws.ledger import Ledger
from clerestory.aws.observation import Observation
from clerestory.aws.results import Results
from clerestory.records import Run
from clerestory.settings import read_settings
from clerestory_query.duckdb_source import DuckDB, Limits
from clerestory_query.running import Runner
from clerestory_query.storage import Bucket, Folder, S3Access, Storage

observation = Observation()
SECONDS_TO_PUBLISH = 5


def _storage(data: str) -> Storage:
    return Bucket(data, S3Access(**s3_access())) if data.startswith("s3://") else Folder(Path(data))


@cache
def _runner() -> Runner:
    settings = read_settings(os.environ)
    return Runner(
        settings.catalog(),
        {"duckdb": DuckDB(lambda: _storage(settings.data), Limits())}.__getitem__,
        Ledger(dynamodb_client(), settings.table),
        Results(s3_client(), settings.results_bucket),
        time.time,
    )


@observation.handler
def handler(event: dict[str, Any], context: Any) -> dict[str, str]:
    run = convert(event, Run)
    seconds = context.get_remaining_time_in_millis() / 1000 - SECONDS_TO_PUBLISH
    outcome = _runner().run(run, context.aws_request_id, seconds)
    observation.logger.info("run", organization=run.organization, dashboard=run.dashboard, outcome=outcome)
    observation.count("QueryRun" if outcome == "published" else "QueryRunSkipped")
    return {"outcome": outcome}


cold_start.finish(os.environ, _runner)
