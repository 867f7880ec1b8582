"""Changes of the secret that meet somebody else's, or a Parameter Store that doesn't do as it is told."""

from collections.abc import Callable
from typing import Any

import pytest
from jwt.exceptions import PyJWTError

from clerestory.aws.keysets import parameter_name
from clerestory.aws.parameters import SSMParameters
from clerestory.dashboards import DAY
from clerestory.problems import Problem
from clerestory.secret.changes import ChangeInProgress, Floor, HalfDoneReset
from clerestory.secret.keyset import (
    CACHE_LIFETIME,
    Keyset,
    MalformedKeyset,
    reset,
    rotated,
)
from clerestory.secret.publishing import LEASE, LostLease, Stored, Unsettled
from tests.aws.faults import Faults, error
from tests.aws.secret import AIRLINES, OLGA, RESET, ROTATE, Secret, kids


class StaleOnce:
    """Parameter Store as it may answer: the first read gives the version before the newest."""

    def __init__(self, parameters: SSMParameters) -> None:
        self._parameters = parameters
        self._stale = True
        self.create, self.put = parameters.create, parameters.put

    def read(self, organization: int, version: int | None = None) -> Stored | None:
        stored = self._parameters.read(organization, version)
        if version is None and self._stale and stored is not None:
            self._stale = False
            return self._parameters.read(organization, stored.version - 1)
        return stored


def test_a_stale_read_loses_no_key(secret: Secret) -> None:
    first = secret.change(ROTATE, "a")
    secret.clock.now += 10 * CACHE_LIFETIME
    secret.with_parameters(StaleOnce(secret.parameters)).rotate(AIRLINES, "b", OLGA)
    assert kids(first) < kids(secret.keyset)
    assert len(secret.keyset.keys) == 3


def test_a_stale_read_undoes_no_reset(secret: Secret) -> None:
    keyset = secret.change(RESET, "a")
    secret.with_parameters(StaleOnce(secret.parameters)).rotate(AIRLINES, "b", OLGA)
    assert kids(keyset) < kids(secret.keyset)
    assert secret.takes(keyset.keys[0])


def test_a_reset_after_a_stale_read_ends_what_the_last_reset_began(secret: Secret) -> None:
    """Embeds that hold the last reset's keyset must see that it is over: one epoch is one keyset's."""
    last = secret.change(RESET, "a")
    secret.with_parameters(StaleOnce(secret.parameters)).reset(AIRLINES, "b", OLGA)
    assert secret.keyset.epoch > last.epoch
    assert secret.records.floor(AIRLINES.id).epoch == secret.keyset.epoch
    assert not secret.takes(last.keys[0])


def test_the_retry_of_a_reset_that_reads_stale_finds_it_done(secret: Secret) -> None:
    first = secret.change(RESET, "a")
    again = secret.with_parameters(StaleOnce(secret.parameters)).reset(AIRLINES, "a", OLGA)
    assert again == first == secret.keyset


def test_a_retry_that_reads_stale_puts_its_own_key_back(secret: Secret) -> None:
    """It was killed before it could write down that it was done."""
    secret.records.remember = lambda *_: None  # type: ignore[method-assign]
    first = secret.change(ROTATE, "a")
    again = secret.with_parameters(StaleOnce(secret.parameters)).rotate(AIRLINES, "a", OLGA)
    assert kids(again) == kids(first) == kids(secret.keyset)


def between(secret: Secret, do: Callable[[], None]) -> None:
    """Somebody does that after this change's read and before its Put."""
    waiting = [do]

    def first(**_: Any) -> None:
        if waiting:
            waiting.pop()()

    secret.ssm.meta.events.register("before-send.ssm.PutParameter", first)


def test_a_put_by_somebody_else_in_between_is_kept(secret: Secret) -> None:
    theirs = rotated(secret.keyset, "theirs", DAY, secret.clock() - 9 * CACHE_LIFETIME)
    between(secret, lambda: secret.put(theirs))
    secret.change(ROTATE, "ours")
    assert kids(theirs) < kids(secret.keyset)
    assert len(secret.keyset.keys) == 3


def test_a_reset_in_between_wins(secret: Secret) -> None:
    theirs = reset(secret.keyset, "theirs", secret.keyset.epoch + 1, secret.clock())

    def reset_by_somebody() -> None:
        secret.records.raise_floor(AIRLINES.id, Floor(theirs.epoch, "theirs"))
        secret.put(theirs)

    between(secret, reset_by_somebody)
    with pytest.raises(LostLease):
        secret.change(ROTATE, "ours")
    assert (kids(secret.keyset), secret.keyset.epoch) == (kids(theirs), theirs.epoch)


class Paused:
    """Parameter Store to a function that is frozen after its first read, while something happens."""

    def __init__(self, parameters: SSMParameters, meanwhile: Callable[[], None]) -> None:
        self._parameters = parameters
        self._meanwhile = [meanwhile]
        self.create, self.put = parameters.create, parameters.put

    def read(self, organization: int, version: int | None = None) -> Stored | None:
        stored = self._parameters.read(organization, version)
        if self._meanwhile:
            self._meanwhile.pop()()
        return stored


@pytest.mark.parametrize("kind", [ROTATE, RESET])
def test_a_holder_that_was_paused_publishes_nothing(secret: Secret, kind: str) -> None:
    def overtaken() -> None:
        secret.clock.now += LEASE + 1
        secret.change(kind, "next")

    paused = secret.with_parameters(Paused(secret.parameters, overtaken))
    with pytest.raises(LostLease):
        {ROTATE: paused.rotate, RESET: paused.reset}[kind](AIRLINES, "paused", OLGA)
    assert (secret.version, secret.keyset.last_operation) == (2, "next")


def test_a_key_that_cannot_sign_is_never_published(secret: Secret, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clerestory.secret.keyset.secrets.token_urlsafe", lambda _: "")
    with pytest.raises(PyJWTError):
        secret.change(ROTATE, "a")
    assert secret.version == 1


class Forgetful:
    """Parameter Store that says a Put is done, and has kept nothing of it."""

    def __init__(self, parameters: SSMParameters, version: int) -> None:
        self.create, self.read = parameters.create, parameters.read
        self._version = version

    def put(self, organization: int, keyset: Keyset) -> int:
        return self._version + 1


@pytest.mark.parametrize("kind", [ROTATE, RESET])
def test_a_change_that_cannot_be_read_back_is_not_called_done(secret: Secret, kind: str) -> None:
    changes = secret.with_parameters(Forgetful(secret.parameters, secret.version))
    with pytest.raises(Unsettled):
        {ROTATE: changes.rotate, RESET: changes.reset}[kind](AIRLINES, "a", OLGA)
    assert not secret.records.done(AIRLINES.id, "a")


def test_a_change_waits_for_another_and_then_says_so(secret: Secret) -> None:
    secret.records.acquire(AIRLINES.id, "other", secret.clock(), secret.clock() + LEASE)
    with pytest.raises(ChangeInProgress):
        secret.change(ROTATE, "a")


@pytest.mark.parametrize("code", ["AccessDeniedException", "ThrottlingException", "InternalServerError"])
def test_what_ssm_refuses_changes_nothing(secret: Secret, code: str) -> None:
    before = secret.keyset
    Faults(secret.ssm).always("PutParameter", error(code))
    with pytest.raises(Problem):
        secret.change(ROTATE, "a")
    assert secret.keyset == before


def damage(secret: Secret) -> None:
    name = parameter_name(secret.prefix, AIRLINES.id)
    secret.ssm.put_parameter(Name=name, Value="{}", Type="SecureString", Overwrite=True)


def test_a_malformed_keyset_is_not_built_upon(secret: Secret) -> None:
    damage(secret)
    with pytest.raises(MalformedKeyset):
        secret.change(ROTATE, "a")


@pytest.mark.parametrize("resets", [0, 1])
def test_a_reset_replaces_a_malformed_keyset(secret: Secret, resets: int) -> None:
    for number in range(resets):
        secret.change(RESET, f"{number}")
    before = secret.keyset
    damage(secret)
    after = secret.change(RESET, "a")
    assert (after, after.epoch) == (secret.keyset, before.epoch + 1)
    assert [secret.takes(key) for key in (*before.keys, *after.keys)] == [False, True]
    damage(secret)
    assert len(secret.change(RESET, "a").keys) == 1


def test_a_reset_ends_every_token_though_the_parameter_is_gone(secret: Secret) -> None:
    """Functions that hold the old keyset in memory go by the floor."""
    before = secret.keyset
    secret.delete()
    secret.clock.now += 1
    after = secret.change(RESET, "a")
    assert secret.records.floor(AIRLINES.id).epoch == after.epoch > before.epoch
    assert [secret.takes(key) for key in (*before.keys, *after.keys)] == [False, True]
    assert secret.audited()[-1].action == "secret-reset"


def test_a_reset_replaces_a_keyset_that_somebody_has_put_back(secret: Secret) -> None:
    """As where an older version of the parameter is restored: nothing is taken until it is replaced."""
    old = secret.keyset
    secret.change(RESET, "a")
    secret.put(old)
    with pytest.raises(HalfDoneReset):
        secret.change(ROTATE, "b")
    after = secret.change(RESET, "c")
    assert [secret.takes(key) for key in (*old.keys, *after.keys)] == [False, True]


def test_so_does_the_same_reset_again(secret: Secret) -> None:
    old = secret.keyset
    secret.change(RESET, "a")
    secret.put(old)
    after = secret.change(RESET, "a")
    assert [secret.takes(key) for key in (*old.keys, *after.keys)] == [False, True]
