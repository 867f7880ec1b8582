"""Keysets from SSM: held for a while, never asked for too often, and closed where nothing is known."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from msgspec.structs import replace

from clerestory.aws.keysets import (
    COLD_PAUSE,
    RETRY_PAUSE,
    STALE_LIFETIME,
    Keysets,
    parameter_name,
)
from clerestory.dashboards import Organization
from clerestory.problems import UNAVAILABLE, Problem
from clerestory.secret.keyset import CACHE_LIFETIME, Keyset, first_keyset, write_keyset
from tests.aws.clock import Clock
from tests.aws.faults import Fault, Faults, error, lost

AIRLINES = Organization(id=16417, slug="airlines", sources={})
FIRST = first_keyset("first", 0)
SECOND = replace(first_keyset("second", 0), generation=2, epoch=2)
DOWN = error("ThrottlingException")
Write = Callable[[str], None]


@pytest.fixture
def prefix() -> str:
    return f"/clerestory/{uuid4()}"


@pytest.fixture
def faults(ssm: Any) -> Faults:
    return Faults(ssm)


@pytest.fixture
def keysets(ssm: Any, faults: Faults, prefix: str, clock: Clock) -> Keysets:
    return Keysets(ssm, prefix, clock)


@pytest.fixture
def write(client: Callable[[str], Any], prefix: str) -> Write:
    other = client("ssm")

    def write(document: str) -> None:
        name = parameter_name(prefix, AIRLINES.id)
        other.put_parameter(Name=name, Value=document, Type="SecureString", Overwrite=True)

    return write


@pytest.fixture
def stored(write: Write) -> Callable[[Keyset], None]:
    def stored(keyset: Keyset) -> None:
        write(write_keyset(keyset))

    stored(FIRST)
    return stored


def refusal(call: Callable[[Organization], Any]) -> Problem:
    with pytest.raises(Problem) as refused:
        call(AIRLINES)
    return refused.value


# Fresh

Stored = Callable[[Keyset], None]


def test_reads_the_keyset_once_and_holds_it(
    keysets: Keysets, stored: Stored, faults: Faults, clock: Clock
) -> None:
    for _ in range(100):
        assert keysets.current(AIRLINES) == FIRST
    clock.now += CACHE_LIFETIME - 0.1
    keysets.current(AIRLINES)
    assert faults.sent == {"GetParameter": 1}


def test_reads_it_again_when_it_is_no_longer_fresh(keysets: Keysets, stored: Stored, clock: Clock) -> None:
    keysets.current(AIRLINES)
    stored(SECOND)
    assert keysets.current(AIRLINES) == FIRST
    clock.now += CACHE_LIFETIME
    assert keysets.current(AIRLINES) == SECOND


def test_holds_each_organizations_apart(keysets: Keysets, stored: Stored) -> None:
    keysets.current(AIRLINES)
    with pytest.raises(Problem):
        keysets.current(replace(AIRLINES, id=19852))


# Unknown keys


def test_an_unknown_key_reads_it_anew_once_a_minute(
    keysets: Keysets, stored: Stored, faults: Faults, clock: Clock
) -> None:
    keysets.current(AIRLINES)
    stored(SECOND)
    assert keysets.newer(AIRLINES) == SECOND
    assert [keysets.newer(AIRLINES) for _ in range(10_000)] == [None] * 10_000
    assert faults.sent["GetParameter"] == 2
    clock.now += CACHE_LIFETIME
    assert keysets.newer(AIRLINES) == SECOND


def test_what_an_unknown_key_read_is_held_for_all(
    keysets: Keysets, stored: Stored, faults: Faults, clock: Clock
) -> None:
    keysets.current(AIRLINES)
    stored(SECOND)
    clock.now += CACHE_LIFETIME / 2
    keysets.newer(AIRLINES)
    clock.now += CACHE_LIFETIME / 2
    assert keysets.current(AIRLINES) == SECOND
    assert faults.sent["GetParameter"] == 2


# Epochs


def test_a_keyset_of_the_epoch_asked_for_comes_from_memory(
    keysets: Keysets, stored: Stored, faults: Faults
) -> None:
    keysets.current(AIRLINES)
    assert keysets.of_epoch(AIRLINES, FIRST.epoch) == FIRST
    assert faults.sent["GetParameter"] == 1


def test_a_keyset_of_a_later_epoch_is_read_anew(keysets: Keysets, stored: Stored, clock: Clock) -> None:
    keysets.current(AIRLINES)
    stored(SECOND)
    clock.now += RETRY_PAUSE
    assert keysets.of_epoch(AIRLINES, SECOND.epoch) == SECOND


def test_in_the_middle_of_a_reset_there_is_none(
    keysets: Keysets, stored: Stored, faults: Faults, clock: Clock
) -> None:
    keysets.current(AIRLINES)
    clock.now += RETRY_PAUSE
    assert [keysets.of_epoch(AIRLINES, 2) for _ in range(100)] == [None] * 100
    assert faults.sent["GetParameter"] == 2


def test_nor_does_it_ask_more_often_while_ssm_is_down(
    keysets: Keysets, stored: Stored, faults: Faults, clock: Clock
) -> None:
    keysets.current(AIRLINES)
    clock.now += RETRY_PAUSE
    faults.always("GetParameter", error("ValidationException"))
    assert [keysets.of_epoch(AIRLINES, 2) for _ in range(100)] == [None] * 100
    assert faults.sent["GetParameter"] == 2


def slow(ssm: Any, clock: Clock) -> None:
    """Each try takes so long, as where the client tries again by itself."""

    def wait(**_: Any) -> None:
        clock.now += RETRY_PAUSE

    ssm.meta.events.register_first("before-send.ssm.GetParameter", wait)


def test_a_pause_begins_when_the_refusal_has_come(
    ssm: Any, keysets: Keysets, faults: Faults, clock: Clock
) -> None:
    faults.always("GetParameter", error("ValidationException"))
    slow(ssm, clock)
    assert [refusal(keysets.current).kind for _ in range(100)] == [UNAVAILABLE] * 100
    assert faults.sent["GetParameter"] == 1


def test_so_it_does_with_a_keyset_in_memory(
    ssm: Any, keysets: Keysets, stored: Stored, faults: Faults, clock: Clock
) -> None:
    keysets.current(AIRLINES)
    faults.always("GetParameter", error("ValidationException"))
    slow(ssm, clock)
    clock.now += CACHE_LIFETIME
    assert [keysets.current(AIRLINES) for _ in range(100)] == [FIRST] * 100
    assert faults.sent["GetParameter"] == 2


# When SSM doesn't answer

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
