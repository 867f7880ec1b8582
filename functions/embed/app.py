"""The iframe's routes: the embedded page, its results and its files."""

import os
import time
from functools import cache
from pathlib import Path
from typing import Any

from starlette.routing import Route

from clerestory import cold_start
from clerestory.aws.clients import dynamodb_client, lambda_client, s3_client, ssm_client
from clerestory.aws.floors import Floors, VerifyingKeysets
from clerestory.aws.function_calls import FunctionCalls
from clerestory.aws.keysets import Keysets
from clerestory.aws.ledger import Ledger
from clerestory.aws.observation import Observation
from clerestory.aws.results import Results, ResultsMissing
from clerestory.embed.admission import Admission
from clerestory.embed.results import StoredResults
from clerestory.embed.routes import Iframe
from clerestory.embed.runs import Runs
from clerestory.embed.vouching import Vouching
from clerestory.secret.keyset import nobodys_keyset
from clerestory.settings import read_settings
from clerestory.web import application

observation = Observation()


@cache
def _application() -> Any:
    settings = read_settings(os.environ)
    stand_in = nobodys_keyset(time.time())
    keysets = VerifyingKeysets(
        Keysets(ssm_client(), settings.secret_prefix, time.time, stand_in=stand_in),
        Floors(dynamodb_client(), settings.table),
    )
    ledger = Ledger(dynamodb_client(), settings.table)
    start_run = FunctionCalls(lambda_client, query=settings.query_function).start_run
    runs = Runs(ledger, start_run, time.time, observation.count)
    store = Results(s3_client(), settings.results_bucket)
    iframe = Iframe(
        Vouching(settings.catalog(), keysets, ledger, time.time),
        Admission(),
        runs,
        StoredResults(store, ResultsMissing, runs, observation.count),
        Path(settings.page),
        settings.public_path,
        time.time,
        observation.count,
    )
    routes = [
        Route("/d/{dashboard}/{token}/results", iframe.results),
        Route("/d/{organization}/{dashboard}/", iframe.page),
        Route("/d/{dashboard}/{token}", iframe.page),
        Route("/d/{dashboard}/", iframe.page),
        Route("/assets/{name}", iframe.asset),
    ]
    return application(routes, observation.problem, iframe.problem)


@observation.handler
def handler(event: dict[str, Any], context: Any) -> Any:
    return _application()(event, context)


cold_start.finish(os.environ, _application)
