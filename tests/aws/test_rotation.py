"""What the schedule's call does for each organization, by its own rule."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from msgspec.structs import replace

from clerestory.aws.audit_log import AuditLog
from clerestory.aws.change_records import TableChangeRecords
from clerestory.aws.owner_records import TableOwnerRecords
from clerestory.aws.parameters import SSMParameters
from clerestory.catalog import Catalog
from clerestory.dashboards import DAY, Organization, SecretRules
from clerestory.secret.changes import SecretChanges
from clerestory.secret.keyset import Keyset, first_keyset
from clerestory.secret.rotation import RotateEvent, Rotation, RotationFailed, UnknownOrganization
from tests.aws.clock import Clock
from tests.aws.faults import Faults, error

MONTHLY = Organization(1, "monthly", sources={}, secret=SecretRules(rotate_every=30 * DAY))
WEEKLY = Organization(2, "weekly", sources={}, secret=SecretRules(rotate_every=7 * DAY))


class Observed:
    """What the function would log and count."""

    def __init__(self) -> None:
        self.counted: list[str] = []
        self.failures: list[dict[str, Any]] = []

    def count(self, metric: str) -> None:
        self.counted.append(metric)

    def failure(self, message: str, error: Exception, **about: int) -> None:
        self.failures.append(about)

    def note(self, message: str, **about: list[int]) -> None: ...


class Schedule:
    def __init__(
        self,
        client: Callable[[str], Any],
        table: str,
        clock: Clock,
        organizations: tuple[Organization, ...] = (MONTHLY, WEEKLY),
    ) -> None:
        self.clock, self.observed, self.ssm = clock, Observed(), client("ssm")
        self.dynamodb = dynamodb = client("dynamodb")
        self.parameters = SSMParameters(self.ssm, f"/clerestory/{uuid4()}")
        audit = AuditLog(dynamodb, table, clock)
        self.records = TableOwnerRecords(dynamodb, table, audit, clock)
        records = TableChangeRecords(dynamodb, table)
        changes = SecretChanges(self.parameters, records, audit, clock, self._sleep)
        catalog = Catalog.of(*((each, ()) for each in organizations))
        self.rotation = Rotation(catalog, changes, clock, self._sleep, self.observed)

    def _sleep(self, seconds: float) -> None:
        self.clock.now += seconds

    def call(self, operation: str = "rotate", organization: str | None = None) -> list[int]:
        event = RotateEvent(operation, organization, scheduled_time=f"{self.clock()}")  # type: ignore[arg-type]
        (changed,) = self.rotation.run(event, "request").values()
        return changed

    def keyset(self, organization: Organization) -> Keyset:
        stored = self.parameters.read(organization.id)
        assert stored is not None
        return stored.keyset

    def actions(self, organization: Organization) -> list[str]:
        entries, _ = self.records.entries(organization.id, 100, None)
        return [f"{entry.actor} {entry.action}" for entry in reversed(entries)]


@pytest.fixture
def schedule(client: Callable[[str], Any], table: str, clock: Clock) -> Schedule:
    return Schedule(client, table, clock)


def test_the_first_call_makes_every_organizations_secret(schedule: Schedule) -> None:
    assert schedule.call() == [1, 2]
    assert schedule.keyset(MONTHLY).keys[0].secret != schedule.keyset(WEEKLY).keys[0].secret
    assert schedule.actions(MONTHLY) == ["rotate secret-created"]


def test_create_makes_what_is_missing_and_leaves_the_rest(schedule: Schedule) -> None:
    assert schedule.call("create", "weekly") == [2]
    before = schedule.keyset(WEEKLY)
    assert schedule.call("create") == [1]
    assert schedule.keyset(WEEKLY) == before


def test_a_year_of_daily_calls_keeps_each_organizations_rule(schedule: Schedule) -> None:
    schedule.call()
    for _ in range(364):
        schedule.clock.now += DAY
        schedule.call()
    made = [schedule.actions(each).count("rotate secret-rotated") for each in (MONTHLY, WEEKLY)]
    assert 12 <= made[0] <= 13
    assert 52 <= made[1] <= 61
    assert "SecretOverdue" not in schedule.observed.counted


def test_the_same_call_again_rotates_nothing_more(schedule: Schedule) -> None:
    schedule.call()
    schedule.clock.now += 8 * DAY
    event = RotateEvent("rotate", scheduled_time="2026-01-01T03:17:00Z")
    for _ in range(3):
        schedule.rotation.run(event, "another request")
    assert len(schedule.keyset(WEEKLY).keys) == 2


def test_a_secret_that_is_older_than_its_rule_is_counted(schedule: Schedule) -> None:
    schedule.call()
    schedule.clock.now += 10 * DAY
    schedule.call()
    assert schedule.observed.counted == ["SecretOverdue"]


def test_one_that_fails_keeps_no_other_from_its_rotation(schedule: Schedule) -> None:
    schedule.call()
    schedule.clock.now += 31 * DAY
    before = schedule.keyset(MONTHLY)
    Faults(schedule.ssm).next("PutParameter", error("AccessDeniedException"))
    with pytest.raises(RotationFailed):
        schedule.call()
    assert schedule.observed.failures == [{"organization": 1}]
    assert "RotationFailed" in schedule.observed.counted
    assert schedule.keyset(MONTHLY) == before
    assert len(schedule.keyset(WEEKLY).keys) == 2


def test_an_unknown_organization_is_named_as_such(schedule: Schedule) -> None:
    with pytest.raises(UnknownOrganization):
        schedule.call("create", "nowhere")


def test_a_night_on_which_nothing_is_due_is_one_paced_read_for_each_of_1_000(
    client: Callable[[str], Any], table: str, clock: Clock
) -> None:
    """Parameter Store's throughput, 40 a second at first, is the account's: mint and embed read there too."""
    many = tuple(replace(MONTHLY, id=number, slug=f"o{number}") for number in range(1, 1_001))
    schedule = Schedule(client, table, clock, many)
    for organization in many:
        assert schedule.parameters.create(organization.id, first_keyset("first", clock()))
    ssm, dynamodb, began = Faults(schedule.ssm), Faults(schedule.dynamodb), clock()
    assert schedule.call() == []
    assert (dict(ssm.sent), dict(dynamodb.sent)) == ({"GetParameter": 1_000}, {})
    assert 1_000 / (clock() - began) <= 20.1


def test_what_is_due_or_missing_is_changed_that_night(schedule: Schedule) -> None:
    schedule.call("create", "monthly")
    schedule.clock.now += 30 * DAY
    assert schedule.call() == [1, 2]
    assert schedule.actions(MONTHLY) == ["rotate secret-created", "rotate secret-rotated"]
    assert schedule.actions(WEEKLY) == ["rotate secret-created"]


def test_one_organization_waits_for_no_other(schedule: Schedule) -> None:
    began = schedule.clock()
    schedule.call("create", "weekly")
    assert schedule.clock() == began
