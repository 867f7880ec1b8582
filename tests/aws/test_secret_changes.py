"""The secret's protocol on the real parameter and table: killed anywhere, repeated, and by many."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any
from uuid import uuid4

import pytest
from botocore.httpsession import URLLib3Session
from jwt.exceptions import PyJWTError
from msgspec.structs import replace

from clerestory.aws.change_records import TableChangeRecords
from clerestory.aws.keysets import Keysets, parameter_name
from clerestory.aws.parameters import SSMParameters
from clerestory.dashboards import DAY, Organization, SecretRules
from clerestory.keyring import (
    CACHE_LIFETIME,
    CLOCK_SKEW,
    MAX_BYTES,
    TOKEN_LIFE,
    Key,
    Keyset,
    KeysetFull,
    MalformedKeyset,
    new_key,
    reset,
    rotated,
    write_keyset,
)
from clerestory.problems import Problem
from clerestory.secret_changes import (
    LEASE,
    ChangeInProgress,
    Floor,
    HalfDoneReset,
    LostLease,
    SecretChanges,
    Stored,
    Unsettled,
)
from clerestory.tokens import UnknownKey, read, sign, verify
from tests.aws.conftest import Clock
from tests.aws.faults import Faults, error, unacknowledged

AIRLINES = Organization(16417, "airlines", sources={}, dashboards=())
ROTATE, RESET = "rotate", "reset"


class Killed(BaseException):
    """The function's process is gone: not even its `finally` reaches AWS."""


class Killer:
    """Kills the function at its n-th call to AWS: before it is sent, or after it is done."""

    def __init__(self) -> None:
        self.calls = 0
        self._at: int | None = None
        self._after = False

    def watch(self, client: Any) -> None:
        client.meta.events.register("before-send", self._send)

    def arm(self, at: int, *, after: bool) -> None:
        self.calls, self._at, self._after = 0, at, after

    def disarm(self) -> None:
        self._at = None

    def _send(self, request: Any, **_: Any) -> None:
        self.calls += 1
        if self._at is None or self.calls < self._at:
            return
        if self._after and self.calls == self._at:
            URLLib3Session().send(request)
        raise Killed


class Secret:
    """One organization's secret, and the functions that change it."""

    def __init__(self, client: Callable[[str], Any], table: str, clock: Clock) -> None:
        self.clock, self.killer, self._client = clock, Killer(), client
        self.prefix = f"/clerestory/{uuid4()}"
        self.ssm, self.dynamodb = client("ssm"), client("dynamodb")
        for each in (self.ssm, self.dynamodb):
            self.killer.watch(each)
        self.parameters = SSMParameters(self.ssm, self.prefix)
        self.records = TableChangeRecords(self.dynamodb, table)
        self.changes = self.with_parameters(self.parameters)
        self.changes.create(AIRLINES, "first")

    def with_parameters(self, parameters: Any) -> SecretChanges:
        return SecretChanges(parameters, self.records, self.clock, self._sleep)

    def rotate_while_others_do(self, operation: str) -> Keyset:
        """Waits for the others by the wall clock; no time passes on the secret's own."""
        changes = SecretChanges(self.parameters, self.records, self.clock, time.sleep)
        while True:
            try:
                return changes.rotate(AIRLINES, operation)
            except ChangeInProgress:
                continue

    def _sleep(self, seconds: float) -> None:
        self.clock.now += seconds

    def change(self, kind: str, operation: str) -> Keyset:
        return {ROTATE: self.changes.rotate, RESET: self.changes.reset}[kind](AIRLINES, operation)

    @property
    def keyset(self) -> Keyset:
        return self.stored.keyset

    @property
    def stored(self) -> Stored:
        stored = SSMParameters(self._client("ssm"), self.prefix).read(AIRLINES.id)
        assert stored is not None
        return stored

    @property
    def version(self) -> int:
        return self.stored.version

    def put(self, keyset: Keyset) -> None:
        """As somebody else would."""
        name = parameter_name(self.prefix, AIRLINES.id)
        self._client("ssm").put_parameter(
            Name=name, Value=write_keyset(keyset), Type="SecureString", Overwrite=True
        )

    def takes(self, key: Key) -> bool:
        """Whether a token of that key, signed now, is let in by the keyset and the floor."""
        now = int(self.clock())
        token = sign({"organization": 16417, "dashboard": 1, "iat": now}, key)
        keyset = self.keyset
        if self.records.floor(AIRLINES.id).epoch > keyset.epoch:
            return False
        try:
            verify(read(token), keyset, now)
        except UnknownKey:
            return False
        return True


@pytest.fixture
def secret(client: Callable[[str], Any], table: str, clock: Clock) -> Secret:
    return Secret(client, table, clock)


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


def test_a_rotation_adds_one_key_that_signs_when_all_have_seen_it(secret: Secret) -> None:
    old = secret.keyset.keys[0]
    keyset = secret.changes.rotate(AIRLINES, "a")
    assert keyset == secret.keyset
    assert len(keyset.keys) == 2
    assert keyset.signing_key(secret.clock()) == replace(old, verifies_until=keyset.keys[0].verifies_until)
    secret.clock.now += 2 * CACHE_LIFETIME
    assert keyset.signing_key(secret.clock()) == keyset.keys[1]


def test_the_old_key_verifies_until_its_last_token_has_ended(secret: Secret) -> None:
    old, new = secret.changes.rotate(AIRLINES, "a").keys
    assert old.verifies_until is not None
    assert old.verifies_until >= new.signs_from + TOKEN_LIFE + CLOCK_SKEW + CACHE_LIFETIME


def test_a_longer_grace_holds(secret: Secret) -> None:
    patient = replace(AIRLINES, secret=SecretRules(grace=9 * DAY))
    old, new = secret.changes.rotate(patient, "a").keys
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


def kids(keyset: Keyset) -> set[str]:
    return {key.kid for key in keyset.keys}


def test_a_half_done_reset_lets_no_rotation_by(secret: Secret) -> None:
    secret.records.raise_floor(AIRLINES.id, Floor(secret.keyset.epoch + 1, "reset"))
    with pytest.raises(HalfDoneReset):
        secret.changes.rotate(AIRLINES, "a")


def test_another_reset_finishes_a_half_done_one(secret: Secret) -> None:
    secret.records.raise_floor(AIRLINES.id, Floor(secret.keyset.epoch + 1, "reset"))
    keyset = secret.changes.reset(AIRLINES, "b")
    assert keyset.epoch == secret.records.floor(AIRLINES.id).epoch
    assert secret.takes(keyset.keys[0])


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


def test_twenty_rotations_at_once_make_one_key(secret: Secret) -> None:
    with ThreadPoolExecutor(20) as many:
        outcomes = list(many.map(lambda number: secret.rotate_while_others_do(f"{number}"), range(20)))
    assert [outcome == secret.keyset for outcome in outcomes] == [True] * 20
    assert (len(secret.keyset.keys), secret.version) == (2, 2)


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


def fill(secret: Secret) -> None:
    """Rotates until one more key would not fit."""
    with suppress(KeysetFull):
        for number in range(100):
            secret.change(ROTATE, f"{number}")
            secret.clock.now += 3 * CACHE_LIFETIME


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
    secret.with_parameters(StaleOnce(secret.parameters)).rotate(AIRLINES, "b")
    assert kids(first) < kids(secret.keyset)
    assert len(secret.keyset.keys) == 3


def test_a_stale_read_undoes_no_reset(secret: Secret) -> None:
    keyset = secret.change(RESET, "a")
    with pytest.raises((LostLease, HalfDoneReset)):
        secret.with_parameters(StaleOnce(secret.parameters)).rotate(AIRLINES, "b")
    assert kids(secret.keyset) == kids(keyset)
    assert secret.takes(keyset.keys[0])


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
        {ROTATE: paused.rotate, RESET: paused.reset}[kind](AIRLINES, "paused")
    assert (secret.version, secret.keyset.last_operation) == (2, "next")


def test_a_key_that_cannot_sign_is_never_published(secret: Secret, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clerestory.keyring.secrets.token_urlsafe", lambda _: "")
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
        {ROTATE: changes.rotate, RESET: changes.reset}[kind](AIRLINES, "a")
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


def test_a_malformed_keyset_is_not_built_upon(secret: Secret) -> None:
    secret.ssm.put_parameter(
        Name=parameter_name(secret.prefix, AIRLINES.id), Value="{}", Type="SecureString", Overwrite=True
    )
    with pytest.raises(MalformedKeyset):
        secret.change(ROTATE, "a")


def test_viewers_see_no_refusal_through_ten_rotations(secret: Secret) -> None:
    """Mint and embed hold their keysets for a while each, and tokens live for a day."""
    mint, embed = (Keysets(secret.ssm, secret.prefix, secret.clock) for _ in range(2))
    tokens: list[str] = []
    for number in range(10):
        secret.change(ROTATE, f"{number}")
        for _ in range(12):
            secret.clock.now += 2 * 3600 + 17
            now = secret.clock()
            key = mint.current(AIRLINES).signing_key(now)
            assert key.signs(now)
            tokens.append(sign({"organization": 16417, "dashboard": 1, "iat": int(now)}, key))
            for token in tokens[-11:]:
                verify(read(token), embed.current(AIRLINES), now)


def test_viewers_see_no_refusal_in_the_minutes_after_a_rotation(secret: Secret) -> None:
    mint, embed = (Keysets(secret.ssm, secret.prefix, secret.clock) for _ in range(2))
    embed.current(AIRLINES)
    secret.clock.now += CACHE_LIFETIME / 2
    mint.current(AIRLINES)
    secret.change(ROTATE, "a")
    for _ in range(100):
        secret.clock.now += 5
        key = mint.current(AIRLINES).signing_key(secret.clock())
        token = sign({"organization": 16417, "dashboard": 1, "iat": int(secret.clock())}, key)
        verify(read(token), embed.current(AIRLINES), secret.clock())


def test_an_old_program_works_until_the_grace_ends_and_not_after(secret: Secret) -> None:
    """It holds the previous secret and sends no `kid`."""
    import jwt

    held = secret.keyset.keys[0].secret
    secret.change(ROTATE, "a")
    end = secret.keyset.keys[0].verifies_until
    assert end is not None
    embed = Keysets(secret.ssm, secret.prefix, secret.clock)
    for moment, taken in ((end - 1, True), (end, False)):
        secret.clock.now = moment
        token = jwt.encode({"organization": 16417, "dashboard": 1, "iat": moment}, held, "HS256")
        try:
            verify(read(token), embed.current(AIRLINES), moment)
            assert taken
        except UnknownKey:
            assert not taken


def test_new_keys_are_not_guessable(secret: Secret) -> None:
    made = [new_key(0) for _ in range(50)]
    assert len({key.secret for key in made}) == len({key.kid for key in made}) == 50
