"""The table, when DynamoDB doesn't answer."""

from collections.abc import Callable

import pytest

from clerestory.aws.ledger import Ledger
from clerestory.problems import UNAVAILABLE
from tests.aws.faults import Fault, Faults, conflict, error, lost
from tests.aws.ledger.one_token import (
    NOW,
    RECORD,
    THROTTLED,
    UPDATES,
    RunOf,
    refusal,
    standing_record,
)

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
