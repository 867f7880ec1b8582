"""The count of new-token embeds: exactly the distinct tokens that were opened."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any

import pytest

from clerestory.aws.audit_log import AuditLog
from clerestory.aws.ledger import Ledger
from clerestory.aws.owner_records import TableOwnerRecords
from clerestory.dashboards import Organization
from clerestory.owner.usage import Usage, usage
from clerestory.records import first_run
from tests.aws.clock import Clock
from tests.aws.faults import Faults, conflict, unacknowledged

AIRLINES = Organization(16417, "airlines", sources={})


class Counting:
    def __init__(self, client: Callable[[str], Any], table: str, clock: Clock) -> None:
        self.dynamodb, self.clock = client("dynamodb"), clock
        self.ledger = Ledger(self.dynamodb, table, sleep=lambda _: None)
        self.records = TableOwnerRecords(self.dynamodb, table, AuditLog(self.dynamodb, table, clock), clock)

    def open(self, token: str, at: float | None = None) -> bool:
        now = self.clock() if at is None else at
        hashed = sha256(token.encode()).hexdigest()
        record = first_run(
            token=hashed,
            organization="16417",
            dashboard="38727",
            epoch=1,
            expires_at=int(now) + 600,
            version="v",
            now=now,
        )
        return self.ledger.open(record, now)

    def usage(self, start: date, end: date) -> Usage:
        return usage((), start, end, self.records.counts(16417, start, end))

    def today(self) -> int:
        day = datetime.fromtimestamp(self.clock(), UTC).date()
        return self.usage(day, day).total


@pytest.fixture
def counting(client: Callable[[str], Any], table: str, clock: Clock) -> Counting:
    return Counting(client, table, clock)


def test_each_token_counts_once_however_many_open_it(counting: Counting) -> None:
    tokens = [f"token {number}" for number in range(40)] * 5
    with ThreadPoolExecutor(16) as viewers:
        assert sum(viewers.map(counting.open, tokens)) == 40
    assert counting.today() == 40


def test_retries_count_nothing_more(counting: Counting) -> None:
    faults = Faults(counting.dynamodb)
    for number in range(10):
        faults.next("TransactWriteItems", conflict("None", "TransactionConflict"), unacknowledged)
        assert counting.open(f"token {number}")
    assert counting.today() == 10


def test_midnight_in_utc_parts_the_days(counting: Counting) -> None:
    midnight = datetime(2026, 3, 1, tzinfo=UTC).timestamp()
    moments = (midnight - 1, midnight - 0.001, midnight, midnight + 1, midnight + 86_399.9)
    for at in moments:
        counting.open(f"token at {at}", at)
    (days,) = [each.days for each in counting.usage(date(2026, 2, 28), date(2026, 3, 1)).dashboards]
    assert [(day.date, day.count) for day in days] == [("2026-02-28", 2), ("2026-03-01", 3)]
    assert counting.usage(date(2026, 3, 1), date(2026, 3, 1)).total == 3


def test_a_token_reopened_after_midnight_is_still_one(counting: Counting) -> None:
    midnight = datetime(2026, 3, 1, tzinfo=UTC).timestamp()
    assert [counting.open("one", midnight - 1), counting.open("one", midnight + 1)] == [True, False]
    assert counting.usage(date(2026, 2, 1), date(2026, 3, 31)).total == 1
