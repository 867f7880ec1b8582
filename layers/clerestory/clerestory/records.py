"""What the pack remembers of a token, and what that means at a given moment.

A record names its token by hash. `fence` numbers the runs of its queries: a run may publish only
while the record still carries its own number, so one that was taken over can't overwrite.
"""

from typing import Literal

from msgspec import Struct

from clerestory.dashboards import Value

RUN_LEASE = 90
"""Seconds that a run has before another may take over: query's time-out and some."""
MAX_RETRY_PAUSE = 300


class Record(Struct, frozen=True):
    """`lease_until` is when the present run may be taken over; after a failed run, when the next may
    start. `epoch` is that of the keyset which verified the token, `version` that of the dashboard's
    definition that the results were computed for. `results` says where they lie: while the run goes on,
    those that are there so far."""

    token: str
    organization: str
    dashboard: str
    epoch: int
    expires_at: int
    version: str
    state: Literal["running", "ready", "failed"]
    fence: int
    lease_until: int
    results: str | None = None

    def ready(self, version: str) -> bool:
        return self.state == "ready" and self.version == version

    def shows(self, version: str) -> bool:
        """Whether some charts are there already, while the run goes on."""
        return self.state == "running" and self.version == version and self.results is not None

    def due(self, version: str, now: float) -> bool:
        """Whether a new run should start: the last one died or failed, or the definition changed."""
        if self.state == "ready":
            return self.version != version
        return self.lease_until <= now


def first_run(
    *, token: str, organization: str, dashboard: str, epoch: int, expires_at: int, version: str, now: float
) -> Record:
    """The record of a token that was never seen."""
    return Record(
        token=token,
        organization=organization,
        dashboard=dashboard,
        epoch=epoch,
        expires_at=expires_at,
        version=version,
        state="running",
        fence=1,
        lease_until=int(now) + RUN_LEASE,
    )


class Standing(Struct, frozen=True):
    """All that the table says about a token, from one consistent read. `floor` is the lowest epoch
    of a keyset whose tokens are still taken; `revoked` says what was revoked, if anything was."""

    record: Record | None
    floor: int
    revoked: Literal["dashboard", "viewer", "token"] | None


class Run(Struct, frozen=True):
    """The event that asks query to compute one token's results."""

    organization: str
    dashboard: str
    token: str
    env: dict[str, Value | None]
    expires_at: int
    version: str
    fence: int


def retry_pause(fence: int) -> int:
    """Seconds to wait after the run of that number failed."""
    return int(min(MAX_RETRY_PAUSE, 2 ** min(fence, 10)))
