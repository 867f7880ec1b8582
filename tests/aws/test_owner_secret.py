"""What an owner asks for while a part of AWS doesn't answer. What leaves no trace in the audit isn't done."""

import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from starlette.routing import Route

from clerestory.audit import Actor
from clerestory.aws.audit_log import AuditLog
from clerestory.aws.change_records import TableChangeRecords
from clerestory.aws.keysets import Keysets
from clerestory.aws.owner_records import TableOwnerRecords
from clerestory.aws.parameters import SSMParameters
from clerestory.catalog import Catalog
from clerestory.dashboards import Organization
from clerestory.owner.routes.lists import OwnerLists
from clerestory.owner.routes.secret import OwnerSecret
from clerestory.secret.changes import SecretChanges
from clerestory.secret.publishing import Stored
from clerestory.session.session import SessionRules
from clerestory.tokens import sign
from clerestory.web import application
from tests.aws.clock import Clock
from tests.aws.faults import Faults, error
from tests.sessions import signed_in

AIRLINES = Organization(16417, "airlines", sources={})
CLAIMS = {"sub": "olga", "custom:organization": "airlines", "cognito:groups": ["owners"]}
CONTEXT = SimpleNamespace(aws_request_id="request")


class Settings:
    """The settings page's API for one organization that has its secret. `faults` are its table's."""

    def __init__(self, client: Callable[[str], Any], table: str, clock: Clock) -> None:
        dynamodb = client("dynamodb")
        self.faults = Faults(dynamodb)
        self.prefix = f"/clerestory/{uuid4()}"
        self.parameters = SSMParameters(client("ssm"), self.prefix)
        audit, records = AuditLog(dynamodb, table, clock), TableChangeRecords(dynamodb, table)
        changes = SecretChanges(self.parameters, records, audit, clock, lambda _: None)
        changes.create(AIRLINES, "first", Actor("rotate"))
        clock.now += 1  # what is written down at one moment has no order
        self.records = TableOwnerRecords(dynamodb, table, audit, clock)
        catalog, rules = Catalog.of((AIRLINES, ())), SessionRules()
        secret = OwnerSecret(catalog, rules, changes, audit, self.records, clock, lambda _: None)
        ssm = client("ssm")
        self.ssm_faults, keysets = Faults(ssm), Keysets(ssm, self.prefix, clock)
        revoke = OwnerLists(catalog, rules, self.records, keysets.current, clock).revoke
        done = {"rotate": secret.rotate, "reveal": secret.reveal, "reset": secret.reset, "revoke": revoke}
        routes = [Route(f"/{{organization}}/{name}", do, methods=["POST"]) for name, do in done.items()]
        self._handler = application(routes, lambda *_: None)

    def post(self, path: str, body: Any = None) -> tuple[int, Any]:
        event = {
            "version": "2.0",
            "rawPath": path,
            "rawQueryString": "",
            "headers": {},
            "requestContext": {
                "http": {"method": "POST", "path": path, "sourceIp": "192.0.2.1"},
                "requestId": "r",
            },
            "isBase64Encoded": False,
            "body": json.dumps(body) if body else "",
        }
        answer = self._handler(signed_in(event, CLAIMS), CONTEXT)
        return answer["statusCode"], json.loads(answer["body"])

    def stored(self) -> Stored | None:
        return self.parameters.read(AIRLINES.id)


@pytest.fixture
def settings(client: Callable[[str], Any], table: str, clock: Clock) -> Settings:
    return Settings(client, table, clock)


def test_a_change_is_written_down_with_its_operation(settings: Settings) -> None:
    assert settings.post("/airlines/rotate")[0] == 200
    (entry, _), _ = settings.records.entries(AIRLINES.id, 10, None)
    assert (entry.action, entry.actor, entry.address) == ("secret-rotated", "olga", "192.0.2.1")
    assert entry.about == "rotate:r"


def test_a_change_that_cannot_be_written_down_is_not_made(settings: Settings) -> None:
    before = settings.stored()
    settings.faults.always("PutItem", error("ProvisionedThroughputExceededException"))
    status, problem = settings.post("/airlines/rotate")
    assert (status, problem["code"]) == (503, "unavailable")
    assert settings.stored() == before


def test_nor_is_the_secret_revealed(settings: Settings) -> None:
    settings.faults.always("PutItem", error("ProvisionedThroughputExceededException"))
    status, problem = settings.post("/airlines/reveal")
    assert (status, problem["code"]) == (503, "unavailable")
    assert "secret" not in problem


def test_a_reset_does_not_wait_until_what_it_ends_can_be_counted(settings: Settings) -> None:
    before = settings.stored()
    settings.faults.always("Query", error("ProvisionedThroughputExceededException"))
    assert settings.post("/airlines/reset")[0] == 503
    assert settings.stored() == before
    status, done = settings.post("/airlines/reset", {"confirm": "airlines"})
    assert (status, done["live_tokens"], done["dashboards"]) == (200, None, [])
    assert settings.stored() != before


def test_no_token_is_called_dead_because_the_secret_cannot_be_read(settings: Settings) -> None:
    stored = settings.stored()
    assert stored is not None
    token = sign({"organization": 16417, "dashboard": 1, "iat": 0}, stored.keyset.keys[0])
    settings.ssm_faults.always("GetParameter", error("AccessDeniedException"))
    assert settings.post("/airlines/revoke", {"token": token})[0] == 503
    assert settings.post("/airlines/revoke", {"token": "nonsense"})[0] == 422
