"""The API behind the settings page: the secret, usage, example code, revocations, audit."""

import os
import time
from functools import cache
from typing import Any

from starlette.routing import Route

from clerestory import cold_start
from clerestory.aws.audit_log import AuditLog
from clerestory.aws.change_records import TableChangeRecords
from clerestory.aws.clients import dynamodb_client, ssm_client
from clerestory.aws.floors import Floors, SigningKeysets
from clerestory.aws.keysets import Keysets
from clerestory.aws.observation import Observation
from clerestory.aws.owner_records import TableOwnerRecords
from clerestory.aws.parameters import SSMParameters
from clerestory.owner.routes.examples import OwnerExamples
from clerestory.owner.routes.lists import OwnerLists
from clerestory.owner.routes.secret import OwnerSecret
from clerestory.secret.changes import SecretChanges
from clerestory.settings import read_settings
from clerestory.web import application

observation = Observation()
ORGANIZATION = "/organizations/{organization}"


@cache
def _application() -> Any:
    settings = read_settings(os.environ)
    catalog, rules = settings.catalog(), settings.session_rules
    audit = AuditLog(dynamodb_client(), settings.table, time.time)
    records = TableOwnerRecords(dynamodb_client(), settings.table, audit, time.time)
    changes = SecretChanges(
        SSMParameters(ssm_client(), settings.secret_prefix),
        TableChangeRecords(dynamodb_client(), settings.table),
        audit,
        time.time,
        time.sleep,
    )
    secret = OwnerSecret(catalog, rules, changes, audit, records, time.time, observation.count)
    floors = Floors(dynamodb_client(), settings.table)
    keysets = SigningKeysets(Keysets(ssm_client(), settings.secret_prefix, time.time), floors, time.time)
    lists = OwnerLists(catalog, rules, records, keysets.current, time.time)
    examples = OwnerExamples(catalog, rules, settings.public_base)
    routes = [
        Route(f"{ORGANIZATION}/secret", secret.show, methods=["GET"]),
        Route(f"{ORGANIZATION}/secret/reveal", secret.reveal, methods=["POST"]),
        Route(f"{ORGANIZATION}/secret/rotate", secret.rotate, methods=["POST"]),
        Route(f"{ORGANIZATION}/secret/reset", secret.reset, methods=["POST"]),
        Route(f"{ORGANIZATION}/usage", lists.usage, methods=["GET"]),
        Route(f"{ORGANIZATION}/dashboards/{{dashboard}}/example-code", examples.show, methods=["GET"]),
        Route(f"{ORGANIZATION}/revocations", lists.revoke, methods=["POST"]),
        Route(f"{ORGANIZATION}/revocations", lists.revocations, methods=["GET"]),
        Route(f"{ORGANIZATION}/revocations/{{revocation}}", lists.undo, methods=["DELETE"]),
        Route(f"{ORGANIZATION}/audit", lists.audit, methods=["GET"]),
    ]
    return application(routes, observation.problem)


@observation.handler
def handler(event: dict[str, Any], context: Any) -> Any:
    return _application()(event, context)


cold_start.finish(os.environ, _application)
