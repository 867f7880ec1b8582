"""The secret's protocol on the real parameter and table: killed anywhere, repeated, and by many."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from msgspec.structs import replace

from clerestory.dashboards import DAY, SecretRules
from clerestory.secret.changes import Floor, HalfDoneReset
from clerestory.secret.keyset import (
    CACHE_LIFETIME,
    MAX_BYTES,
    KeysetFull,
    new_key,
    write_keyset,
)
from clerestory.secret.publishing import LEASE
from clerestory.token_life import LEEWAY, MAX_LIFE
from tests.aws.faults import Faults, unacknowledged
from tests.aws.secret import AIRLINES, OLGA, RESET, ROTATE, Killed, Secret, kids


def calls_of(secret: Secret, kind: str) -> int:
    """How often a change of that kind calls AWS."""
    before = secret.killer.calls
    secret.change(kind, "rehearsal")
    secret.clock.now += 10 * CACHE_LIFETIME
    return secret.killer.calls - before


def killed(secret: Secret, kind: str, operation: str, at: int, *, after: bool) -> None:
    secret.killer.arm(at, after=after)
    with pytest.raises(Killed):
        secret.change(kind, operation)
    secret.killer.disarm()
    secret.clock.now += LEASE + 1


def test_the_first_secret_raises_the_floor_to_its_epoch(secret: Secret) -> None:
    """Whoever looked before found none, and holds that for a while."""
    assert secret.records.floor(AIRLINES.id) == Floor(1, "first")
    assert secret.keyset.epoch == 1


def test_a_rotation_adds_one_key_that_signs_when_all_have_seen_it(secret: Secret) -> None:
    old = secret.keyset.keys[0]
    keyset = secret.changes.rotate(AIRLINES, "a", OLGA)
    assert keyset == secret.keyset
    assert len(keyset.keys) == 2
    assert keyset.signing_key(secret.clock()) == replace(old, verifies_until=keyset.keys[0].verifies_until)
    secret.clock.now += 2 * CACHE_LIFETIME
    assert keyset.signing_key(secret.clock()) == keyset.keys[1]


def test_the_old_key_verifies_until_its_last_token_has_ended(secret: Secret) -> None:
    old, new = secret.changes.rotate(AIRLINES, "a", OLGA).keys
    assert old.verifies_until is not None
    assert old.verifies_until >= new.signs_from + MAX_LIFE + LEEWAY + CACHE_LIFETIME


def test_a_longer_grace_holds(secret: Secret) -> None:
    patient = replace(AIRLINES, secret=SecretRules(grace=9 * DAY))
    old, new = secret.changes.rotate(patient, "a", OLGA).keys
    assert old.verifies_until == new.signs_from + 9 * DAY


@pytest.mark.parametrize("after", [False, True])
def test_a_rotation_killed_anywhere_and_run_again_makes_one_key(secret: Secret, after: bool) -> None:
    for at in range(1, calls_of(secret, ROTATE) + 1):
        before = secret.keyset
        killed(secret, ROTATE, f"{at}", at, after=after)
        assert all(secret.takes(key) for key in before.keys if key.verifies(secret.clock()))
        secret.change(ROTATE, f"{at}")
        made = [key for key in secret.keyset.keys if key not in before.keys and key.kid not in kids(before)]
        assert len(made) == 1, f"call {at}"
        assert all(secret.takes(key) for key in before.keys if key.verifies(secret.clock()))
        secret.clock.now += 2 * DAY


@pytest.mark.parametrize("after", [False, True])
def test_a_reset_killed_anywhere_refuses_all_or_nothing_until_its_retry(secret: Secret, after: bool) -> None:
    for at in range(1, calls_of(secret, RESET) + 1):
        before, floor = secret.keyset, secret.records.floor(AIRLINES.id)
        killed(secret, RESET, f"{at}", at, after=after)
        begun = secret.records.floor(AIRLINES.id) != floor
        assert [secret.takes(key) for key in before.keys] == [not begun] * len(before.keys), f"call {at}"
        again = secret.change(RESET, f"{at}")
        assert (len(again.keys), again.epoch) == (1, before.epoch + 1)
        assert secret.takes(again.keys[0])
        assert not any(secret.takes(key) for key in before.keys)
        secret.clock.now += 1


@pytest.mark.parametrize("kind", [ROTATE, RESET])
@pytest.mark.parametrize("other", [ROTATE, RESET])
def test_a_change_killed_after_its_put_is_done_though_another_built_upon_it(
    secret: Secret, kind: str, other: str
) -> None:
    published = []
    for at in range(1, calls_of(secret, kind) + 1):
        version = secret.version
        killed(secret, kind, f"{at}", at, after=True)
        secret.clock.now += 10 * CACHE_LIFETIME
        if secret.version == version:
            continue
        published.append(at)
        newest = secret.change(other, f"other {at}")
        secret.clock.now += 10 * CACHE_LIFETIME
        assert secret.change(kind, f"{at}") == newest, f"call {at}"
    assert published


def test_a_half_done_reset_lets_no_rotation_by(secret: Secret) -> None:
    secret.records.raise_floor(AIRLINES.id, Floor(secret.keyset.epoch + 1, "reset"))
    with pytest.raises(HalfDoneReset):
        secret.changes.rotate(AIRLINES, "a", OLGA)


def test_another_reset_finishes_a_half_done_one(secret: Secret) -> None:
    secret.records.raise_floor(AIRLINES.id, Floor(secret.keyset.epoch + 1, "reset"))
    keyset = secret.changes.reset(AIRLINES, "b", OLGA)
    assert keyset.epoch == secret.records.floor(AIRLINES.id).epoch
    assert secret.takes(keyset.keys[0])


def test_a_secret_that_is_made_after_a_reset_is_taken(secret: Secret) -> None:
    """As where somebody has deleted the parameter: the floor knows of the reset still."""
    old = secret.change(RESET, "a").keys[0]
    secret.delete()
    assert secret.changes.create(AIRLINES, "b", OLGA)
    assert secret.takes(secret.keyset.keys[0])
    assert not secret.takes(old)


@pytest.mark.parametrize("kind", [ROTATE, RESET])
def test_a_lost_acknowledgement_makes_one_key(secret: Secret, kind: str) -> None:
    before = kids(secret.keyset)
    Faults(secret.ssm).next("PutParameter", unacknowledged)
    keyset = secret.change(kind, "a")
    assert len(kids(keyset) - before) == 1
    assert keyset == secret.keyset


@pytest.mark.parametrize("kind", [ROTATE, RESET])
def test_an_operation_delivered_five_times_is_done_once(secret: Secret, kind: str) -> None:
    keysets = [secret.change(kind, "same") for _ in range(5)]
    assert [keyset == keysets[0] for keyset in keysets] == [True] * 5
    assert secret.version == 2


@pytest.mark.parametrize("kind", [ROTATE, RESET])
def test_an_operation_delivered_again_long_after_another_is_still_done(secret: Secret, kind: str) -> None:
    secret.change(kind, "a")
    secret.clock.now += 10 * CACHE_LIFETIME
    newest = secret.change(kind, "b")
    secret.clock.now += 10 * CACHE_LIFETIME
    assert secret.change(kind, "a") == newest


@pytest.mark.parametrize("kind", [ROTATE, RESET])
def test_the_audit_tells_a_change_from_one_that_found_its_work_done(secret: Secret, kind: str) -> None:
    for _ in range(2):
        secret.clock.now += 1
        secret.change(kind, "a")
    done = {ROTATE: ["secret-rotated", "rotation-found-done"], RESET: ["secret-reset", "reset-found-done"]}
    assert [entry.action for entry in secret.audited()] == ["secret-created", *done[kind]]
    assert {(entry.actor, entry.address) for entry in secret.audited()} == {("olga", "192.0.2.1")}


def test_twenty_rotations_at_once_make_one_key(secret: Secret) -> None:
    with ThreadPoolExecutor(20) as many:
        outcomes = list(many.map(lambda number: secret.rotate_while_others_do(f"{number}"), range(20)))
    assert [outcome == secret.keyset for outcome in outcomes] == [True] * 20
    assert (len(secret.keyset.keys), secret.version) == (2, 2)
    actions = [entry.action for entry in secret.audited()]
    assert (actions.count("secret-rotated"), actions.count("rotation-found-done")) == (1, 19)


def test_150_rotations_in_a_row(secret: Secret) -> None:
    for number in range(150):
        before = secret.keyset
        secret.change(ROTATE, f"{number}")
        assert len(kids(secret.keyset) - kids(before)) == 1
        assert len(write_keyset(secret.keyset)) < MAX_BYTES
        secret.clock.now += DAY


def test_a_keyset_that_would_not_fit_is_left_as_it_is(secret: Secret) -> None:
    fill(secret)
    version, keyset = secret.version, secret.keyset
    with pytest.raises(KeysetFull):
        secret.change(ROTATE, "one more")
    assert (secret.version, secret.keyset) == (version, keyset)
    assert all(secret.takes(key) for key in keyset.keys)
    assert "one more" not in [entry.about for entry in secret.audited()]


def fill(secret: Secret) -> None:
    """Rotates until one more key would not fit."""
    with suppress(KeysetFull):
        for number in range(100):
            secret.change(ROTATE, f"{number}")
            secret.clock.now += 3 * CACHE_LIFETIME


def test_new_keys_are_not_guessable(secret: Secret) -> None:
    made = [new_key(0) for _ in range(50)]
    assert len({key.secret for key in made}) == len({key.kid for key in made}) == 50
