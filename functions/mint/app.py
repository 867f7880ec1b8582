"""POST /embeds and GET /dashboards: from a session to an embed's URL."""

import os
import time
from functools import cache
from typing import Any

from starlette.routing import Route

from clerestory import cold_start
from clerestory.aws.clients import dynamodb_client, patient_lambda_client, ssm_client
from clerestory.aws.floors import Floors, SigningKeysets
from clerestory.aws.function_calls import FunctionCalls
from clerestory.aws.keysets import Keysets
from clerestory.aws.observation import Observation
from clerestory.mint.routes import Minting
from clerestory.session.session import UNKNOWN_DEFAULT, default_is_unknown
from clerestory.settings import read_settings
from clerestory.web import application

observation = Observation()


@cache
def _application() -> Any:
    settings = read_settings(os.environ)
    functions = FunctionCalls(patient_lambda_client, rotate=settings.rotate_function)
    keysets = Keysets(ssm_client(), settings.secret_prefix, time.time, functions.create_secret)
    floors = Floors(dynamodb_client(), settings.table)
    catalog = settings.catalog()
    if default_is_unknown(catalog, settings.session_rules):
        observation.warning(UNKNOWN_DEFAULT)
    minting = Minting(
        catalog,
        SigningKeysets(keysets, floors, time.time, settings.floor_lifetime),
        settings.session_rules,
        settings.sensitive_kinds,
        settings.public_base,
        time.time,
        observation.count,
    )
    routes = [
        Route("/embeds", minting.mint, methods=["POST"]),
        Route("/dashboards", minting.dashboards, methods=["GET"]),
    ]
    return application(routes, observation.problem)


@observation.handler
def handler(event: dict[str, Any], context: Any) -> Any:
    return _application()(event, context)


cold_start.finish(os.environ, _application)
