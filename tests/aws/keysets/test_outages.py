"""Keysets where SSM doesn't answer, or has none: closed where nothing is known."""

from typing import Any

import pytest

from clerestory.aws.keysets import (
    COLD_PAUSE,
    RETRY_PAUSE,
    STALE_LIFETIME,
    Keysets,
    parameter_name,
)
from clerestory.dashboards import Organization
from clerestory.problems import UNAVAILABLE
from clerestory.secret.keyset import CACHE_LIFETIME, write_keyset
from tests.aws.clock import Clock
from tests.aws.faults import Fault, Faults, error, lost
from tests.aws.keysets.airlines import AIRLINES, DOWN, FIRST, SECOND, Stored, Write, refusal

OUTAGES = [DOWN, error("InternalServerError", 500), error("AccessDeniedException"), lost]


@pytest.mark.parametrize("fault", OUTAGES, ids=["throttled", "500", "denied", "lost"])
def test_a_warm_function_goes_on_with_what_it_knows(
    keysets: Keysets, stored: Stored, faults: Faults, clock: Clock, fault: Fault
) -> None:
    keysets.current(AIRLINES)
    faults.always("GetParameter", fault)
    clock.now += CACHE_LIFETIME
    assert keysets.current(AIRLINES) == keysets.newer(AIRLINES) == FIRST
    clock.now += STALE_LIFETIME - CACHE_LIFETIME
    assert keysets.current(AIRLINES) == FIRST


def test_but_not_for_ever(keysets: Keysets, stored: Stored, faults: Faults, clock: Clock) -> None:
    keysets.current(AIRLINES)
    faults.always("GetParameter", DOWN)
    for _ in range(100):
        clock.now += STALE_LIFETIME / 100
        assert keysets.current(AIRLINES) == FIRST
    clock.now += RETRY_PAUSE
    assert refusal(keysets.current).kind is UNAVAILABLE


def test_it_asks_again_only_after_a_pause(
    keysets: Keysets, stored: Stored, faults: Faults, clock: Clock
) -> None:
    keysets.current(AIRLINES)
    faults.always("GetParameter", error("ValidationException"))  # which botocore doesn't send again
    clock.now += CACHE_LIFETIME
    for _ in range(100):
        keysets.current(AIRLINES)
    assert faults.sent["GetParameter"] == 2
    faults.end()
    stored(SECOND)
    clock.now += RETRY_PAUSE
    assert keysets.current(AIRLINES) == SECOND


@pytest.mark.parametrize("fault", OUTAGES, ids=["throttled", "500", "denied", "lost"])
def test_a_cold_function_answers_503(keysets: Keysets, stored: Stored, faults: Faults, fault: Fault) -> None:
    faults.always("GetParameter", fault)
    refused = refusal(keysets.current)
    assert refused.kind is UNAVAILABLE
    assert refused.retry_after
    assert "c0ffee" not in str(refused.document())


def test_and_asks_again_only_after_a_pause(keysets: Keysets, faults: Faults, clock: Clock) -> None:
    for _ in range(100):
        refusal(keysets.current)
    assert faults.sent["GetParameter"] == 1
    clock.now += COLD_PAUSE
    refusal(keysets.current)
    assert faults.sent["GetParameter"] == 2


def test_it_recovers(keysets: Keysets, stored: Stored, faults: Faults, clock: Clock) -> None:
    faults.always("GetParameter", DOWN)
    refusal(keysets.current)
    faults.end()
    clock.now += COLD_PAUSE
    assert keysets.current(AIRLINES) == FIRST


# What is wrong in SSM itself


def test_a_malformed_keyset_is_a_503_and_no_older_one_takes_its_place(
    keysets: Keysets, stored: Stored, write: Write, clock: Clock
) -> None:
    keysets.current(AIRLINES)
    write('{"c0ffee": 1}')
    clock.now += CACHE_LIFETIME
    refused = refusal(keysets.current)
    assert refused.kind is UNAVAILABLE
    assert "c0ffee" not in f"{refused.document()}{refused.__context__!r}"
    assert refusal(keysets.current).kind is UNAVAILABLE


def test_a_missing_keyset_is_a_503(keysets: Keysets) -> None:
    assert refusal(keysets.current).kind is UNAVAILABLE


def test_a_keyset_that_was_deleted_is_not_used_further(
    keysets: Keysets, stored: Stored, ssm: Any, prefix: str, clock: Clock
) -> None:
    keysets.current(AIRLINES)
    ssm.delete_parameter(Name=parameter_name(prefix, AIRLINES.id))
    clock.now += CACHE_LIFETIME
    assert refusal(keysets.current).kind is UNAVAILABLE


# The first keyset


def test_whoever_may_has_the_first_keyset_made_once(
    ssm: Any, prefix: str, clock: Clock, write: Write, faults: Faults
) -> None:
    asked: list[int] = []

    def create(organization: Organization) -> None:
        asked.append(organization.id)
        write(write_keyset(FIRST))

    keysets = Keysets(ssm, prefix, clock, create)
    assert keysets.current(AIRLINES) == keysets.current(AIRLINES) == FIRST
    assert asked == [16417]


def test_nothing_is_made_where_ssm_does_not_answer(
    ssm: Any, prefix: str, clock: Clock, faults: Faults
) -> None:
    asked: list[Organization] = []
    faults.always("GetParameter", DOWN)
    assert refusal(Keysets(ssm, prefix, clock, asked.append).current).kind is UNAVAILABLE
    assert asked == []


def test_what_could_not_be_made_is_a_503(ssm: Any, prefix: str, clock: Clock) -> None:
    asked: list[Organization] = []
    keysets = Keysets(ssm, prefix, clock, asked.append)
    assert refusal(keysets.current).kind is UNAVAILABLE
    refusal(keysets.current)
    assert len(asked) == 1
