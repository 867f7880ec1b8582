"""Viewers who are revoked: counted on the floor, and looked up by mint only where there is any."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest

from clerestory.audit import Actor
from clerestory.aws.audit_log import AuditLog
from clerestory.aws.change_records import TableChangeRecords
from clerestory.aws.floor_item import read_floor
from clerestory.aws.floors import Floors, SigningKeysets
from clerestory.aws.keysets import Keysets
from clerestory.aws.owner_records import TableOwnerRecords
from clerestory.dashboards import Organization
from clerestory.owner.revocations import Level, Revocation
from clerestory.problems import UNAVAILABLE, Problem
from clerestory.secret.changes import Floor
from tests.aws.clock import Clock
from tests.aws.faults import Faults, conflict, error, unacknowledged

AIRLINES = Organization(16417, "airlines", sources={})
OLGA = Actor("olga", "192.0.2.1")


class Revocations:
    """An owner's hand and mint's eye, on one table. `sent` counts what mint asks of it."""

    def __init__(self, client: Callable[[str], Any], table: str, clock: Clock) -> None:
        self.clock, self._table = clock, table
        self.owners, self._mints = client("dynamodb"), client("dynamodb")
        self.faults, self.mint_faults = Faults(self.owners), Faults(self._mints)
        audit = AuditLog(self.owners, table, clock)
        self.records = TableOwnerRecords(self.owners, table, audit, clock, sleep=lambda _: None)
        self.changes = TableChangeRecords(self.owners, table, sleep=lambda _: None)
        keysets = Keysets(client("ssm"), f"/clerestory/{uuid4()}", clock)
        self.mint = SigningKeysets(keysets, Floors(self._mints, table), clock, lifetime=1)

    @property
    def sent(self) -> Counter[str]:
        return self.mint_faults.sent

    def of(self, target: str, level: Level = "viewer") -> Revocation:
        return Revocation(level, target, int(self.clock()), OLGA.name)

    def revoke(self, target: str, level: Level = "viewer") -> None:
        self.records.revoke(AIRLINES.id, self.of(target, level), OLGA)

    def undo(self, target: str, level: Level = "viewer") -> bool:
        return self.records.undo(AIRLINES.id, self.of(target, level), OLGA)

    def counted(self) -> int:
        return read_floor(self.owners, self._table, AIRLINES.id).revoked_viewers

    def revoked(self, viewer: str) -> bool:
        return self.mint.revoked(AIRLINES, viewer)

    def put_as_before(self, viewer: str) -> None:
        """As a version of the pack left it that counted none."""
        item = {"pk": "ORGANIZATION#16417", "sk": f"REVOKED#viewer#{viewer}", "level": "viewer"}
        item |= {"target": viewer, "actor": "olga"}
        plain: Any = {name: {"S": value} for name, value in item.items()} | {"at": {"N": "1"}}
        self.owners.put_item(TableName=self._table, Item=plain)


@pytest.fixture
def revocations(client: Callable[[str], Any], table: str, clock: Clock) -> Revocations:
    return Revocations(client, table, clock)


def test_a_revoked_viewer_is_seen_and_no_other(revocations: Revocations) -> None:
    revocations.revoke("ana")
    assert [revocations.revoked(viewer) for viewer in ("ana", "bob", "Ana", "")] == [
        True,
        False,
        False,
        False,
    ]


def test_it_is_seen_within_a_second_and_so_is_its_undoing(revocations: Revocations) -> None:
    assert not revocations.revoked("ana")
    revocations.revoke("bob")
    revocations.clock.now += 1
    assert not revocations.revoked("ana")
    revocations.revoke("ana")
    revocations.clock.now += 1
    assert revocations.revoked("ana")
    revocations.undo("ana")
    revocations.clock.now += 1
    assert not revocations.revoked("ana")


def test_nobody_is_looked_up_where_no_viewer_is_revoked(revocations: Revocations) -> None:
    revocations.revoke("38727", "dashboard")
    revocations.revoke("0" * 64, "token")
    for viewer in range(100):
        assert not revocations.revoked(f"{viewer}")
    assert revocations.sent == {"GetItem": 1}


def test_nor_is_anybody_more_than_once_a_second(revocations: Revocations) -> None:
    revocations.revoke("ana")
    for _ in range(100):
        assert revocations.revoked("ana")
        assert not revocations.revoked("bob")
    assert revocations.sent == {"GetItem": 3}


def test_many_viewers_take_no_memory_without_end(revocations: Revocations) -> None:
    revocations.revoke("ana")
    for viewer in range(1_100):
        revocations.revoked(f"{viewer}")
    first_round = revocations.sent["GetItem"]
    for viewer in range(1_100):
        revocations.revoked(f"{viewer}")
    assert revocations.sent["GetItem"] - first_round >= 100  # a thousand at most were remembered
    assert revocations.revoked("ana")


def test_a_viewer_counts_once_however_often_they_are_revoked(revocations: Revocations) -> None:
    for _ in range(3):
        revocations.revoke("ana")
    revocations.revoke("bob")
    assert revocations.counted() == 2
    assert [revocations.undo("ana") for _ in range(2)] == [True, False]
    assert revocations.counted() == 1
    assert revocations.undo("bob")
    assert revocations.counted() == 0


def test_what_is_revoked_at_once_is_counted_exactly(revocations: Revocations) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: revocations.revoke(f"viewer {n % 10}"), range(40)))
    assert revocations.counted() == 10


@pytest.mark.parametrize("fault", [unacknowledged, conflict("None", "None", "TransactionConflict")])
def test_a_lost_answer_or_a_conflict_counts_nothing_twice(revocations: Revocations, fault: Any) -> None:
    revocations.faults.next("TransactWriteItems", fault)
    revocations.revoke("ana")
    assert revocations.counted() == 1


def test_a_revocation_that_nobody_counted_is_undone_or_counted_when_it_is_made_again(
    revocations: Revocations,
) -> None:
    for viewer in ("ana", "bob"):
        revocations.put_as_before(viewer)
    revocations.revoke("bob")
    assert revocations.undo("ana")
    assert revocations.counted() == 1
    assert revocations.revoked("bob")


def test_where_the_table_does_not_answer_nobody_is_let_through(revocations: Revocations) -> None:
    revocations.revoke("ana")
    revocations.revoked("bob")
    revocations.mint_faults.always("GetItem", error("ProvisionedThroughputExceededException"))
    for viewer in ("ana", "bob"):
        revocations.clock.now += 1
        with pytest.raises(Problem) as busy:
            revocations.revoked(viewer)
        assert (busy.value.kind, busy.value.retry_after) == (UNAVAILABLE, 2)


def test_a_floor_that_only_counts_has_no_epoch(revocations: Revocations) -> None:
    revocations.revoke("ana")
    assert revocations.changes.floor(AIRLINES.id) == Floor(0, "")
    assert revocations.changes.raise_floor(AIRLINES.id, Floor(2, "reset:a"))
    assert revocations.changes.floor(AIRLINES.id) == Floor(2, "reset:a")
    assert revocations.counted() == 1


def test_a_reset_that_meets_a_revocation_tries_again(revocations: Revocations) -> None:
    revocations.faults.next("UpdateItem", error("TransactionConflictException"))
    assert revocations.changes.raise_floor(AIRLINES.id, Floor(2, "reset:a"))
    assert revocations.changes.floor(AIRLINES.id).epoch == 2
