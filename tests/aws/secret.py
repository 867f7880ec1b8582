"""One organization's secret on the real parameter and table, and what may happen to who changes it."""

import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from botocore.httpsession import URLLib3Session

from clerestory.audit import Actor, Entry
from clerestory.aws.audit_log import AuditLog
from clerestory.aws.change_records import TableChangeRecords
from clerestory.aws.keysets import parameter_name
from clerestory.aws.owner_records import TableOwnerRecords
from clerestory.aws.parameters import SSMParameters
from clerestory.dashboards import Organization
from clerestory.secret.changes import ChangeInProgress, SecretChanges
from clerestory.secret.keyset import (
    Key,
    Keyset,
    write_keyset,
)
from clerestory.secret.publishing import Stored
from clerestory.tokens import UnknownKey, read, sign, verify
from tests.aws.clock import Clock

AIRLINES = Organization(16417, "airlines", sources={})
OLGA = Actor("olga", "192.0.2.1")
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
        self._audit = AuditLog(self.dynamodb, table, clock)
        self._owner_records = TableOwnerRecords(self.dynamodb, table, self._audit, clock)
        self.changes = self.with_parameters(self.parameters)
        self.changes.create(AIRLINES, "first", OLGA)

    def with_parameters(self, parameters: Any) -> SecretChanges:
        return SecretChanges(parameters, self.records, self._audit, self.clock, self._sleep)

    def rotate_while_others_do(self, operation: str) -> Keyset:
        """Waits for the others by the wall clock; no time passes on the secret's own."""
        changes = SecretChanges(self.parameters, self.records, self._audit, self.clock, time.sleep)
        while True:
            try:
                return changes.rotate(AIRLINES, operation, OLGA)
            except ChangeInProgress:
                continue

    def _sleep(self, seconds: float) -> None:
        self.clock.now += seconds

    def change(self, kind: str, operation: str) -> Keyset:
        return {ROTATE: self.changes.rotate, RESET: self.changes.reset}[kind](AIRLINES, operation, OLGA)

    def audited(self) -> list[Entry]:
        """Every entry, oldest first."""
        entries, _ = self._owner_records.entries(AIRLINES.id, 500, None)
        return entries[::-1]

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

    def delete(self) -> None:
        self._client("ssm").delete_parameter(Name=parameter_name(self.prefix, AIRLINES.id))

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


def kids(keyset: Keyset) -> set[str]:
    return {key.kid for key in keyset.keys}
