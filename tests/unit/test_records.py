"""A token's record: when its results may be shown, and when a run should start."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from clerestory.records import MAX_RETRY_PAUSE, RUN_LEASE, Record, retry_pause

NOW = 1_700_000_000
RUNNING = Record(
    token="t",
    organization="1",
    dashboard="2",
    epoch=1,
    expires_at=NOW + 1_000,
    version="v1",
    state="running",
    fence=1,
    lease_until=NOW + RUN_LEASE,
)
READY = replace(RUNNING, state="ready", results="key")
FAILED = replace(RUNNING, state="failed", lease_until=NOW + 4)


def test_results_are_ready_for_the_definition_that_they_were_computed_for() -> None:
    assert READY.ready("v1")
    assert not READY.ready("v2")
    assert not RUNNING.ready("v1")
    assert not FAILED.ready("v1")


def test_a_run_keeps_its_lease() -> None:
    assert not RUNNING.due("v1", NOW + RUN_LEASE - 0.1)
    assert not RUNNING.due("v2", NOW)


def test_a_run_that_died_is_taken_over() -> None:
    assert RUNNING.due("v1", NOW + RUN_LEASE)


def test_a_failed_run_waits_before_the_next() -> None:
    assert not FAILED.due("v1", NOW + 3.9)
    assert FAILED.due("v1", NOW + 4)


def test_ready_results_stay_until_the_definition_changes() -> None:
    assert not READY.due("v1", NOW + 10 * RUN_LEASE)
    assert READY.due("v2", NOW)


@pytest.mark.parametrize(("fence", "pause"), [(1, 2), (2, 4), (8, 256), (9, 300), (10**6, 300)])
def test_each_failure_doubles_the_pause(fence: int, pause: int) -> None:
    assert retry_pause(fence) == pause


@given(fence=st.integers(1, 10**9))
def test_a_pause_has_an_end(fence: int) -> None:
    assert 0 < retry_pause(fence) <= MAX_RETRY_PAUSE
