"""The count of new-token embeds under load: exact, or the figures of what embeds cost mean nothing."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import boto3
from botocore.config import Config
from msgspec import Struct

from benchmarks.stage import ROOT
from clerestory.aws.audit_log import AuditLog
from clerestory.aws.ledger import Ledger
from clerestory.aws.owner_records import TableOwnerRecords
from clerestory.dashboards import Organization
from clerestory.owner.usage import usage
from clerestory.records import first_run
from local.aws.environment import REGION
from local.aws.invocations import Outcome, in_process
from local.aws.server import LocalAWS, listen
from local.resources import create_resources
from local.template import Template

AIRLINES = Organization(16417, "airlines", sources={})
VIEWERS = 32
MANY = 1_000


class Counted(Struct, frozen=True):
    what: str
    runs: int
    count: int
    expected: int
    seconds: float

    def __str__(self) -> str:
        verdict = "exact" if self.runs == self.count == self.expected else "WRONG"
        return (
            f"{self.what:<44} {self.runs:>6} runs, counted {self.count:>6}   {verdict}, {self.seconds:.0f} s"
        )


def counting() -> Iterator[Counted]:
    def no_function(name: str, event: bytes) -> "Future[Outcome]":
        raise NotImplementedError(name)

    with listen("127.0.0.1", 0) as listener, LocalAWS(listener, in_process(no_function)) as aws:
        session = boto3.Session("local", "local", region_name=REGION)
        template = Template.read(ROOT / "template.yaml")
        create_resources(template, session, aws.endpoint)
        table = template.physical_name("Table")
        config = Config(max_pool_connections=VIEWERS, retries={"mode": "standard", "max_attempts": 3})
        client = session.client("dynamodb", endpoint_url=aws.endpoint, config=config)
        yield _opened(
            client, table, f"{MANY:,} first requests with one token, {VIEWERS} at a time", ["one"] * MANY, 1
        )
        # The local AWS copies its whole table for each transaction, so more of them take hours.
        tokens = [f"token {number}" for number in range(MANY)]
        yield _opened(client, table, f"{MANY:,} new tokens, {VIEWERS} at a time", tokens, MANY)


def _opened(client: Any, table: str, what: str, tokens: list[str], expected: int) -> Counted:
    """Opens each, all of them at the same time as far as there are viewers."""
    ledger, before, began = Ledger(client, table), _counted(client, table), time.perf_counter()
    together = threading.Barrier(VIEWERS)

    def opened(token: str) -> bool:
        now = time.time()
        record = first_run(
            token=sha256(token.encode()).hexdigest(),
            organization="16417",
            dashboard="38727",
            epoch=1,
            expires_at=int(now) + 3600,
            version="v",
            now=now,
        )
        return ledger.open(record, now)

    with ThreadPoolExecutor(VIEWERS, initializer=together.wait) as viewers:
        runs = sum(viewers.map(opened, tokens))
    return Counted(what, runs, _counted(client, table) - before, expected, time.perf_counter() - began)


def _counted(client: Any, table: str) -> int:
    records = TableOwnerRecords(client, table, AuditLog(client, table, time.time), time.time)
    today = datetime.now(UTC).date()
    start, end = today - timedelta(days=1), today + timedelta(days=1)
    return usage((), start, end, records.counts(16417, start, end)).total
