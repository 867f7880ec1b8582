"""Keysets from SSM: held for a while, never asked for too often."""

from typing import Any

import pytest
from msgspec.structs import replace

from clerestory.aws.keysets import (
    RETRY_PAUSE,
    Keysets,
)
from clerestory.problems import UNAVAILABLE, Problem
from clerestory.secret.keyset import CACHE_LIFETIME
from tests.aws.clock import Clock
from tests.aws.faults import Faults, error
from tests.aws.keysets.airlines import AIRLINES, FIRST, SECOND, Stored, refusal


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
