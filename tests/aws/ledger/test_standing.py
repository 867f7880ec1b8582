"""The table: what a refusal reads, in one read."""

from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from clerestory.aws.keys import revocation_key
from clerestory.aws.ledger import Ledger
from clerestory.owner.revocations import Level
from tests.aws.faults import Faults, error
from tests.aws.ledger.one_token import (
    HASH,
    NOW,
    RECORD,
    TOKEN,
    standing_record,
)


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
