"""The table: what is counted once, and who runs a token's queries."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from typing import Any

import pytest
from msgspec.structs import replace

from clerestory.aws.ledger import Ledger
from clerestory.problems import UNAVAILABLE
from clerestory.records import RUN_LEASE
from tests.aws.faults import Faults, conflict, lost, unacknowledged
from tests.aws.ledger.one_token import (
    HASH,
    NOW,
    RECORD,
    UPDATES,
    RunOf,
    refusal,
    standing_record,
)


def test_opening_records_the_token_and_counts_it(ledger: Ledger, counted: Callable[[], int]) -> None:
    assert ledger.open(RECORD, NOW)
    assert standing_record(ledger) == RECORD
    assert counted() == 1


def test_of_50_that_open_at_once_one_wins(ledger: Ledger, counted: Callable[[], int]) -> None:
    with ThreadPoolExecutor(50) as pool:
        won = list(pool.map(lambda _: ledger.open(RECORD, NOW), range(50)))
    assert (sum(won), counted()) == (1, 1)


def test_different_tokens_all_count(ledger: Ledger, counted: Callable[[], int]) -> None:
    records = [replace(RECORD, token=sha256(bytes([n])).hexdigest()) for n in range(30)]
    with ThreadPoolExecutor(30) as pool:
        assert all(pool.map(lambda record: ledger.open(record, NOW), records))
    assert counted() == 30


def test_the_table_holds_no_token_but_its_hash(ledger: Ledger, dynamodb: Any, table: str) -> None:
    ledger.open(RECORD, NOW)
    items = dynamodb.scan(TableName=table)["Items"]
    assert {item["pk"]["S"] for item in items} == {f"TOKEN#{HASH}", "USAGE#16417"}


def test_a_record_is_kept_for_a_day_longer_than_its_token(ledger: Ledger, dynamodb: Any, table: str) -> None:
    ledger.open(RECORD, NOW)
    key = {"pk": {"S": f"TOKEN#{HASH}"}, "sk": {"S": "TOKEN"}}
    item = dynamodb.get_item(TableName=table, Key=key)["Item"]
    assert int(item["ttl"]["N"]) == RECORD.expires_at + 86_400


@pytest.mark.parametrize("times", [1, 2])
def test_an_opening_without_acknowledgement_counts_once_and_still_wins(
    ledger: Ledger, faults: Faults, counted: Callable[[], int], times: int
) -> None:
    faults.next("TransactWriteItems", *[unacknowledged] * times)
    assert ledger.open(RECORD, NOW)
    assert counted() == 1


def test_it_still_wins_where_the_retry_finds_its_own_record(
    ledger: Ledger, faults: Faults, counted: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    # As when more than ten minutes have passed: the retry's client request token is forgotten.
    monkeypatch.setattr("local.aws.dynamodb.TOKEN_LIFE", -1)
    faults.next("TransactWriteItems", unacknowledged)
    assert ledger.open(RECORD, NOW)
    assert counted() == 1


def test_somebody_elses_record_is_not_ones_own(
    ledger: Ledger, faults: Faults, counted: Callable[[], int]
) -> None:
    ledger.open(RECORD, NOW)
    faults.next("TransactWriteItems", lost)
    assert not ledger.open(RECORD, NOW)
    assert counted() == 1


def test_a_conflict_is_tried_again_with_the_same_request(
    ledger: Ledger, dynamodb: Any, faults: Faults, counted: Callable[[], int]
) -> None:
    bodies: list[bytes] = []
    dynamodb.meta.events.register(
        "before-send.dynamodb.TransactWriteItems", lambda request, **_: bodies.append(request.body)
    )
    faults.next("TransactWriteItems", *[conflict("TransactionConflict", "None")] * 3)
    assert ledger.open(RECORD, NOW)
    assert (len(bodies), len(set(bodies))) == (4, 1)
    assert counted() == 1


def test_conflicts_without_end_become_a_503(ledger: Ledger, faults: Faults) -> None:
    faults.always("TransactWriteItems", conflict("None", "TransactionConflict"))
    assert refusal(ledger, lambda ledger: ledger.open(RECORD, NOW)).kind is UNAVAILABLE


# Runs


def test_a_run_is_claimed_once(ledger: Ledger) -> None:
    ledger.open(RECORD, NOW)
    with ThreadPoolExecutor(10) as pool:
        assert sum(pool.map(lambda _: ledger.claim(HASH, 1, "the same request"), range(10))) == 1


def test_a_run_of_another_number_is_not_claimed(ledger: Ledger) -> None:
    ledger.open(RECORD, NOW)
    assert not ledger.claim(HASH, 2, "runner")
    assert not ledger.claim("0" * 64, 1, "runner")


def test_what_is_published_is_ready(ledger: Ledger) -> None:
    ledger.open(RECORD, NOW)
    assert ledger.publish(HASH, 1, "key")
    assert standing_record(ledger) == replace(RECORD, state="ready", results="key")


def test_one_takes_a_dead_run_over(ledger: Ledger, counted: Callable[[], int]) -> None:
    ledger.open(RECORD, NOW)
    with ThreadPoolExecutor(20) as pool:
        taken = list(pool.map(lambda _: ledger.take_over(RECORD, "v2", NOW + RUN_LEASE), range(20)))
    (record,) = filter(None, taken)
    assert (record.fence, record.version, record.lease_until) == (2, "v2", NOW + 2 * RUN_LEASE)
    assert standing_record(ledger) == record
    assert counted() == 1


def test_a_run_that_was_taken_over_publishes_nothing(ledger: Ledger) -> None:
    ledger.open(RECORD, NOW)
    ledger.claim(HASH, 1, "paused")
    ledger.take_over(RECORD, "v1", NOW + RUN_LEASE)
    assert not ledger.publish(HASH, 1, "stale")
    assert not ledger.release(HASH, 1, NOW)
    assert ledger.claim(HASH, 2, "fresh")
    assert ledger.publish(HASH, 2, "key")


def test_a_released_run_may_be_taken_over_from_its_time_on(ledger: Ledger) -> None:
    ledger.open(RECORD, NOW)
    ledger.release(HASH, 1, NOW + 2)
    failed = standing_record(ledger)
    assert failed == replace(RECORD, state="failed", lease_until=NOW + 2)
    assert failed.due("v1", NOW + 2)
    assert ledger.take_over(failed, "v1", NOW + 2)


@pytest.mark.parametrize("update", UPDATES.values(), ids=UPDATES.keys())
def test_a_change_without_acknowledgement_is_known_to_be_ones_own(
    ledger: Ledger, faults: Faults, update: RunOf
) -> None:
    ledger.open(RECORD, NOW)
    faults.next("UpdateItem", unacknowledged)
    assert update(ledger)


@pytest.mark.parametrize("update", [UPDATES["take over"], UPDATES["claim"]], ids=["take over", "claim"])
def test_a_change_that_somebody_else_made_meanwhile_is_not(
    ledger: Ledger, faults: Faults, update: RunOf
) -> None:
    ledger.open(RECORD, NOW)
    update(ledger)
    faults.next("UpdateItem", lost)
    assert not update(ledger)
