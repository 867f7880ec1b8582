"""POST /embeds and GET /dashboards: from a session to an embed's URL."""

import os
import time
from functools import cache
from typing import Any

from starlette.routing import Route

from clerestory.aws.clients import lambda_client, ssm_client
from clerestory.aws.functions import Functions
from clerestory.aws.keysets import Keysets
from clerestory.aws.observation import Observation
from clerestory.minting import Minting
from clerestory.settings import read_settings
from clerestory.web import application

observation = Observation()


@cache
def _routes() -> Any:
    settings = read_settings(os.environ)
    functions = Functions(lambda_client(), rotate=settings.rotate_function)
    minting = Minting(
        settings.catalog(),
        Keysets(ssm_client(), settings.secret_prefix, time.time, functions.create_secret),
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
    return _routes()(event, context)
