"""The token that these tests open, and what may be asked of its record."""

from collections.abc import Callable
from hashlib import sha256
from typing import Any

import pytest

from clerestory.aws.ledger import Ledger
from clerestory.problems import Problem
from clerestory.records import RUN_LEASE, Record, first_run
from clerestory.tokens import Token
from tests.aws.faults import error

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


def standing_record(ledger: Ledger, now: float = NOW) -> Record | None:
    return ledger.standing(TOKEN, "16417", "38727", now).record


UPDATES: dict[str, RunOf] = {
    "take over": lambda ledger: ledger.take_over(RECORD, "v1", NOW + RUN_LEASE),
    "claim": lambda ledger: ledger.claim(HASH, 1, "runner"),
    "publish": lambda ledger: ledger.publish(HASH, 1, "key"),
    "release": lambda ledger: ledger.release(HASH, 1, NOW),
}


def refusal(ledger: Ledger, call: RunOf) -> Problem:
    with pytest.raises(Problem) as refused:
        call(ledger)
    return refused.value
