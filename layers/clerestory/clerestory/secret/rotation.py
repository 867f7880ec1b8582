"""What rotate is asked to do, and for which organizations."""

from collections.abc import Callable, Iterable, Iterator
from typing import Literal, Protocol

from msgspec import Struct

from clerestory.audit import Actor
from clerestory.catalog import Catalog
from clerestory.dashboards import DAY, Organization
from clerestory.secret.changes import SecretChanges
from clerestory.secret.keyset import Keyset

SCHEDULE_PERIOD = DAY
"""Seconds between the schedule's calls: a secret that falls due before the next one is due now."""
PAUSE = 0.05
"""Seconds between organizations: Parameter Store takes 40 calls a second of an account that asked for no
more, and mint's and embed's are among them."""

ROTATE = Actor("rotate")


class UnknownOrganization(Exception):
    """The pack has no such organization."""


class RotationFailed(Exception):
    """Some organizations' secrets could not be rotated; the log says which. The retry does the rest."""


class RotateEvent(Struct, frozen=True, rename={"kind": "operation"}):
    """`create` makes the first keyset where there is none; `rotate` rotates what is due by each
    organization's own rule. For one organization, by id or slug, or for all. `scheduled_time` is the
    same on every retry of the schedule's call, and so names the operation."""

    kind: Literal["create", "rotate"]
    organization: str | None = None
    scheduled_time: str | None = None


class Observer(Protocol):
    def count(self, metric: str) -> None: ...
    def failure(self, message: str, error: Exception, **about: int) -> None: ...
    def note(self, message: str, **about: list[int]) -> None: ...


class Rotation:
    def __init__(
        self,
        catalog: Catalog,
        changes: SecretChanges,
        clock: Callable[[], float],
        sleep: Callable[[float], None],
        observer: Observer,
    ) -> None:
        self._catalog = catalog
        self._changes = changes
        self._clock = clock
        self._sleep = sleep
        self._observer = observer

    def run(self, event: RotateEvent, request_id: str) -> dict[str, list[int]]:
        """The ids of the organizations whose secret was made or rotated. One that fails doesn't keep
        the others from theirs."""
        operation = f"{event.kind}:{event.scheduled_time or request_id}"
        changed, failed = [], []
        for organization in self._paced(self._organizations(event.organization)):
            try:
                if self._change(event, organization, operation):
                    changed.append(organization.id)
            except Exception as error:
                failed.append(organization.id)
                self._observer.failure("secret not changed", error, organization=organization.id)
        if failed:
            self._observer.count("RotationFailed")
            raise RotationFailed
        self._observer.note("secrets changed", organizations=changed)
        return {"created" if event.kind == "create" else "rotated": changed}

    def _change(self, event: RotateEvent, organization: Organization, operation: str) -> bool:
        """One read and no more where nothing is to be done: a Put that only asks whether there is a
        secret costs the account as much."""
        keyset = self._changes.keyset_if_any(organization)
        if keyset is None:
            return self._changes.create(organization, operation, ROTATE)
        if event.kind == "create" or not self._due(organization, keyset):
            return False
        return self._changes.rotate(organization, operation, ROTATE).last_operation == operation

    def _due(self, organization: Organization, keyset: Keyset) -> bool:
        age = self._clock() - newest_key_made_at(keyset)
        if age > organization.secret.rotate_every + SCHEDULE_PERIOD:
            self._observer.count("SecretOverdue")
        return age + SCHEDULE_PERIOD > organization.secret.rotate_every

    def _paced(self, organizations: Iterable[Organization]) -> Iterator[Organization]:
        for number, organization in enumerate(organizations):
            if number:
                self._sleep(PAUSE)
            yield organization

    def _organizations(self, named: str | None) -> Iterable[Organization]:
        if named is None:
            return self._catalog.organizations()
        organization = self._catalog.organization(named)
        if organization is None:
            raise UnknownOrganization
        return (organization,)


def newest_key_made_at(keyset: Keyset) -> int:
    """Epoch seconds."""
    return int(max(key.created_at for key in keyset.keys))
