"""Runs a dashboard's queries for one new token, once."""

import os
import sys
import time
from functools import cache, partial
from pathlib import Path
from typing import Any

from msgspec import convert

from clerestory import cold_start
from clerestory.aws.clients import dynamodb_client, s3_access, s3_client
from clerestory.aws.ledger import Ledger
from clerestory.aws.observation import Observation
from clerestory.aws.results import Results
from clerestory.dashboards import Organization
from clerestory.records import Run
from clerestory.settings import read_settings
from clerestory_query.failures import Failure
from clerestory_query.forker import answers_from
from clerestory_query.jobs import Data
from clerestory_query.lanes import Lanes
from clerestory_query.running import Computing, Runner
from clerestory_query.storage import S3Access

observation = Observation()
SECONDS_TO_PUBLISH = 5
OWN_MEMORY = 256 << 20
"""Bytes that the function itself needs, of what it has."""


def _data(location: str) -> Data:
    return Data(location, S3Access(**s3_access()) if location.startswith("s3://") else None)


def _computing(forker: str) -> Computing:
    """On Lambda this process forks by itself; where it has threads, another must."""
    return partial(answers_from, forker) if forker else lambda job: Lanes(job).answers()


def _failed(author_folder: str, organization: Organization, failure: Failure) -> str | None:
    observation.count("ChartFailed")
    observation.logger.error("chart failed", extra={"organization": organization.id, **failure.facts})
    if not author_folder:
        return None
    explained = failure.explained(Path(author_folder))
    print(explained, file=sys.stderr, flush=True)
    return explained


@cache
def _runner() -> Runner:
    settings = read_settings(os.environ)
    return Runner(
        settings.catalog(),
        lambda: _data(settings.data),
        Ledger(dynamodb_client(), settings.table),
        Results(s3_client(), settings.results_bucket),
        _computing(settings.query_forker),
        time.time,
        partial(_failed, settings.author_folder),
    )


@observation.handler
def handler(event: dict[str, Any], context: Any) -> dict[str, str]:
    run = convert(event, Run)
    seconds = context.get_remaining_time_in_millis() / 1000 - SECONDS_TO_PUBLISH
    memory = (int(context.memory_limit_in_mb) << 20) - OWN_MEMORY
    outcome = _runner().run(run, context.aws_request_id, seconds, memory)
    observation.logger.info("run", organization=run.organization, dashboard=run.dashboard, outcome=outcome)
    observation.count("QueryRun" if outcome == "published" else "QueryRunSkipped")
    return {"outcome": outcome}


cold_start.finish(os.environ, _runner)
