"""The run of a token that opens its dashboard: recorded, counted and begun, once."""

from collections.abc import Callable
from typing import Protocol

from clerestory.embed.admission import Verified
from clerestory.problems import RUN_FAILED, Problem
from clerestory.records import Record, Run, first_run


class BegunRuns(Protocol):
    """The records, for whoever begins runs."""

    def open(self, record: Record, now: float) -> bool: ...
    def take_over(self, record: Record, version: str, now: float) -> Record | None: ...
    def release(self, token: str, fence: int, retry_at: int) -> bool: ...


class Runs:
    def __init__(
        self,
        begun: BegunRuns,
        start_run: Callable[[Run], None],
        clock: Callable[[], float],
        count: Callable[[str], None],
    ) -> None:
        self._begun = begun
        self._start_run = start_run
        self._clock = clock
        self._count = count

    def record(self, verified: Verified) -> Record | None:
        """The token's record as it stands. Raises 503 while a run that failed may not be tried again."""
        return _standing(verified, self._clock())

    def advance(self, verified: Verified) -> Record | None:
        """The token's record, with a run begun where one is due; None while somebody else begins it."""
        now = self._clock()
        record = _standing(verified, now)
        if record is None:
            return self._started(verified, self._open(verified, now), now)
        if record.due(verified.version, now):
            return self._started(verified, self._begun.take_over(record, verified.version, now), now)
        return record

    def redo(self, verified: Verified, record: Record) -> None:
        """Begins another run for results that are gone."""
        now = self._clock()
        self._started(verified, self._begun.take_over(record, verified.version, now), now)

    def _open(self, verified: Verified, now: float) -> Record | None:
        record = first_run(
            token=verified.token.hash,
            organization=str(verified.organization.id),
            dashboard=str(verified.dashboard.id),
            epoch=verified.epoch,
            expires_at=verified.token.ends_at,
            version=verified.version,
            now=now,
        )
        if not self._begun.open(record, now):
            return None
        self._count("NewTokenEmbed")
        return record

    def _started(self, verified: Verified, record: Record | None, now: float) -> Record | None:
        """The record, with its run started; None where somebody else has it."""
        if record is None:
            return None
        run = Run(
            organization=record.organization,
            dashboard=record.dashboard,
            token=record.token,
            env=dict(verified.env),
            expires_at=record.expires_at,
            version=record.version,
            fence=record.fence,
        )
        try:
            self._start_run(run)
        except Problem:
            self._begun.release(record.token, record.fence, int(now) + 1)
            raise
        return record


def _standing(verified: Verified, now: float) -> Record | None:
    record = verified.standing.record
    if record is not None and record.state == "failed" and not record.due(verified.version, now):
        raise Problem(RUN_FAILED, retry_after=max(1, record.lease_until - int(now)))
    return record
