"""The table: what is counted once, who runs a token's queries, and what a refusal reads."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from typing import Any

import pytest
from msgspec.structs import replace

from clerestory.aws.keys import revocation_key
from clerestory.aws.ledger import Ledger
from clerestory.owner.revocations import Level
from clerestory.problems import UNAVAILABLE, Problem
from clerestory.records import RUN_LEASE, Record, first_run
from clerestory.tokens import Token
from tests.aws.faults import Fault, Faults, conflict, error, lost, unacknowledged

NOW = 1_700_000_000
HASH = sha256(b"a token").hexdigest()
TOKEN = Token("text", HASH, "k1", "16417", "38727", env={}, ends_at=NOW + 3_600, viewer="ana")
RECORD = first_run(
    token=HASH,
    organization="16417",
    dashboard="38727",
    epoch=1,
    expires_at=NOW + 3_600,
    version="v1",
    now=NOW,
)
THROTTLED = error("ProvisionedThroughputExceededException")
RunOf = Callable[[Ledger], Any]


@pytest.fixture
def faults(dynamodb: Any) -> Faults:
    return Faults(dynamodb)


@pytest.fixture
def ledger(dynamodb: Any, table: str, faults: Faults) -> Ledger:
    return Ledger(dynamodb, table, sleep=lambda _: None)


@pytest.fixture
def put(dynamodb: Any, table: str) -> Callable[..., None]:
    def put(pk: str, sk: str, **numbers: int) -> None:
        item = {"pk": {"S": pk}, "sk": {"S": sk}} | {name: {"N": str(n)} for name, n in numbers.items()}
        dynamodb.put_item(TableName=table, Item=item)

    return put


@pytest.fixture
def counted(dynamodb: Any, table: str) -> Callable[[], int]:
    """How many embeds the table has counted, on whichever day and shard."""

    def counted() -> int:
        items = dynamodb.scan(TableName=table)["Items"]
        return sum(int(item["embeds"]["N"]) for item in items if item["pk"]["S"].startswith("USAGE#"))

    return counted


def standing_record(ledger: Ledger, now: float = NOW) -> Record | None:
    return ledger.standing(TOKEN, "16417", "38727", now).record


# Opening


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


UPDATES: dict[str, RunOf] = {
    "take over": lambda ledger: ledger.take_over(RECORD, "v1", NOW + RUN_LEASE),
    "claim": lambda ledger: ledger.claim(HASH, 1, "runner"),
    "publish": lambda ledger: ledger.publish(HASH, 1, "key"),
    "release": lambda ledger: ledger.release(HASH, 1, NOW),
}


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


# Standing


def test_a_token_that_was_never_seen_stands_well(ledger: Ledger) -> None:
    standing = ledger.standing(TOKEN, "16417", "38727", NOW)
    assert (standing.record, standing.floor, standing.revoked) == (None, 0, None)


def test_a_record_past_its_end_is_gone_though_it_lies_there(ledger: Ledger) -> None:
    ledger.open(RECORD, NOW)
    assert standing_record(ledger, RECORD.expires_at - 0.1)
    assert standing_record(ledger, RECORD.expires_at) is None


@pytest.mark.parametrize(
    ("level", "target"),
    [("dashboard", "38727"), ("viewer", "ana"), ("token", HASH)],
    ids=lambda each: each[:9],
)
def test_reads_what_was_revoked(ledger: Ledger, put: Callable[..., None], level: Level, target: str) -> None:
    put(*revocation_key(16417, level, target))
    assert ledger.standing(TOKEN, "16417", "38727", NOW).revoked == level
    assert ledger.standing(TOKEN, "19852", "38727", NOW).revoked is None
    others = replace(TOKEN, hash="0" * 64, viewer="bob")
    assert ledger.standing(others, "16417", "231", NOW).revoked is None


def test_reads_the_floor_of_the_organization(ledger: Ledger, put: Callable[..., None]) -> None:
    put("ORGANIZATION#16417", "FLOOR", epoch=3)
    assert ledger.standing(TOKEN, "16417", "38727", NOW).floor == 3
    assert ledger.standing(TOKEN, "19852", "38727", NOW).floor == 0


def test_all_of_it_is_one_consistent_read(
    ledger: Ledger, faults: Faults, dynamodb: Any, put: Callable[..., None]
) -> None:
    put("ORGANIZATION#16417", "FLOOR", epoch=3)
    bodies: list[bytes] = []
    dynamodb.meta.events.register(
        "before-send.dynamodb.BatchGetItem", lambda request, **_: bodies.append(request.body)
    )
    faults.sent.clear()
    ledger.standing(TOKEN, "16417", "38727", NOW)
    assert faults.sent == {"BatchGetItem": 1}
    assert b'"ConsistentRead": true' in bodies[0]


def test_keys_that_were_not_processed_are_asked_for_again(
    ledger: Ledger, faults: Faults, put: Callable[..., None], table: str
) -> None:
    put("ORGANIZATION#16417", "FLOOR", epoch=3)
    keys = [{"pk": {"S": "ORGANIZATION#16417"}, "sk": {"S": "FLOOR"}}]
    unprocessed = error(
        "", 200, Responses={}, UnprocessedKeys={table: {"Keys": keys, "ConsistentRead": True}}
    )
    faults.next("BatchGetItem", unprocessed)
    assert ledger.standing(TOKEN, "16417", "38727", NOW).floor == 3


@pytest.mark.parametrize("viewer", ["", "a b", "ana#token#x", "\x00", "ж" * 200, "x" * 8_000])
def test_any_viewer_can_be_asked_for(ledger: Ledger, faults: Faults, viewer: str) -> None:
    assert ledger.standing(replace(TOKEN, viewer=viewer), "16417", "38727", NOW).revoked is None


@pytest.mark.parametrize("viewer", ["x" * 1_100, "😀" * 300])
def test_a_viewer_whose_name_is_too_long_for_a_key_can_be_revoked(
    ledger: Ledger, put: Callable[..., None], viewer: str
) -> None:
    put(*revocation_key(16417, "viewer", viewer))
    assert ledger.standing(replace(TOKEN, viewer=viewer), "16417", "38727", NOW).revoked == "viewer"
    assert ledger.standing(replace(TOKEN, viewer=f"{viewer}x"), "16417", "38727", NOW).revoked is None


# When DynamoDB doesn't answer


def refusal(ledger: Ledger, call: RunOf) -> Problem:
    with pytest.raises(Problem) as refused:
        call(ledger)
    return refused.value


CALLS: dict[str, tuple[str, RunOf]] = {
    "standing": ("BatchGetItem", standing_record),
    "open": ("TransactWriteItems", lambda ledger: ledger.open(RECORD, NOW)),
    **{name: ("UpdateItem", call) for name, call in UPDATES.items()},
}


@pytest.mark.parametrize(
    "fault", [THROTTLED, error("InternalServerError", 500), lost], ids=["throttled", "500", "lost"]
)
@pytest.mark.parametrize(("operation", "call"), CALLS.values(), ids=CALLS.keys())
def test_it_is_a_503_that_may_be_tried_again(
    ledger: Ledger, faults: Faults, operation: str, call: RunOf, fault: Fault
) -> None:
    faults.always(operation, fault)
    refused = refusal(ledger, call)
    assert refused.kind is UNAVAILABLE
    assert refused.retry_after
    assert "c0ffee" not in str(refused.document())


def test_a_transaction_that_was_throttled_counts_once_when_tried_again(
    ledger: Ledger, faults: Faults, counted: Callable[[], int]
) -> None:
    faults.always("TransactWriteItems", conflict("ThrottlingError", "None"))
    refusal(ledger, lambda ledger: ledger.open(RECORD, NOW))
    faults.end()
    assert ledger.open(RECORD, NOW)
    assert counted() == 1
