"""The owner's routes for the embed secret."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, Protocol

from starlette.requests import Request
from starlette.responses import Response

from clerestory.answers import json_answer
from clerestory.audit import Actor, Audit
from clerestory.catalog import Catalog
from clerestory.dashboards import Organization
from clerestory.json_body import json_body
from clerestory.owner.routes.request import operation_of, owned_organization
from clerestory.problems import CONFIRMATION_NEEDED, KEYSET_FULL, UNAVAILABLE, Problem, unavailable
from clerestory.secret.changes import ChangeInProgress, HalfDoneReset, NoSecret, SecretChanges
from clerestory.secret.keyset import Key, Keyset, KeysetFull, MalformedKeyset
from clerestory.secret.publishing import LostLease, Unsettled
from clerestory.secret.rotation import newest_key_made_at
from clerestory.session.session import SessionRules
from clerestory.web import ApiCall, read_request


class LiveTokens(Protocol):
    def live_tokens(self, organization: int, epoch: int) -> Iterator[str]: ...


NOTHING_DIED: dict[str, Any] = {"live_tokens": 0, "dashboards": []}
UNKNOWN: dict[str, Any] = {"live_tokens": None, "dashboards": []}


class OwnerSecret:
    def __init__(
        self,
        catalog: Catalog,
        rules: SessionRules,
        changes: SecretChanges,
        audit: Audit,
        tokens: LiveTokens,
        clock: Callable[[], float],
        count: Callable[[str], None],
    ) -> None:
        self._catalog = catalog
        self._rules = rules
        self._changes = changes
        self._audit = audit
        self._tokens = tokens
        self._clock = clock
        self._count = count

    async def show(self, request: Request) -> Response:
        """`GET …/secret`: everything but the values."""
        organization, _ = self._owned(await read_request(request))
        return json_answer(self._described(organization, self._keyset(organization)))

    async def reveal(self, request: Request) -> Response:
        """`POST …/secret/reveal`: the newest key's value, which is the one to give to programs."""
        organization, actor = self._owned(await read_request(request))
        keyset = self._keyset(organization)
        key = keyset.keys[-1]
        self._audit.write(organization.id, actor, "secret-revealed", f"key {key.kid}")
        return json_answer(_shown(key, keyset, self._clock()) | {"secret": key.secret})

    async def rotate(self, request: Request) -> Response:
        """`POST …/secret/rotate`: a graceful rotation now."""
        call = await read_request(request)
        organization, actor = self._owned(call)
        operation = operation_of(call, "rotate")
        keyset = self._change(self._changes.rotate, organization, operation, actor)
        return json_answer(self._described(organization, keyset))

    async def reset(self, request: Request) -> Response:
        """`POST …/secret/reset`: refuses every token there is, once it is confirmed."""
        call = await read_request(request)
        organization, actor = self._owned(call)
        floor = self._changes.floor(organization).epoch
        if not call.content or json_body(call.content, object) != {"confirm": organization.slug}:
            detail = f'Send {{"confirm": "{organization.slug}"}} to refuse every embed that is live now.'
            raise Problem(CONFIRMATION_NEEDED, detail, **self._living(organization, floor))
        # Counted before the reset: afterwards nothing lives.
        died = self._living_if_known(organization, floor)
        operation = operation_of(call, "reset")
        keyset = self._change(self._changes.reset, organization, operation, actor)
        self._count("SecretReset")
        found_done = keyset.epoch == floor
        return json_answer(self._described(organization, keyset) | (NOTHING_DIED if found_done else died))

    def _owned(self, call: ApiCall) -> tuple[Organization, Actor]:
        return owned_organization(call, self._catalog, self._rules)

    def _keyset(self, organization: Organization) -> Keyset:
        try:
            keyset = self._changes.keyset_if_any(organization)
        except MalformedKeyset:
            raise _unreadable() from None
        if keyset is None:
            detail = (
                "There is no embed secret yet. The first URL that is minted makes it, and so does a rotation."
            )
            # An owner may come before anybody else: no alarm.
            raise Problem(UNAVAILABLE, detail, retry_after=10, expected=True)
        if not keyset.verifying_keys(self._clock()):
            raise _unreadable()
        return keyset

    def _change(
        self,
        change: Callable[[Organization, str, Actor], Keyset],
        organization: Organization,
        operation: str,
        actor: Actor,
    ) -> Keyset:
        try:
            return change(organization, operation, actor)
        except KeysetFull:
            detail = "Wait until the grace of an earlier one has passed. Nothing was changed."
            raise Problem(KEYSET_FULL, detail) from None
        except HalfDoneReset:
            raise unavailable("A reset was begun and must be finished first: reset again.") from None
        except (ChangeInProgress, LostLease, NoSecret, Unsettled) as error:
            raise unavailable("Another change of the secret goes on.", retry_after=5) from error
        except MalformedKeyset:
            raise _unreadable() from None

    def _living_if_known(self, organization: Organization, floor: int) -> dict[str, Any]:
        """A reset is for emergencies, and doesn't wait until they can be counted."""
        try:
            return self._living(organization, floor)
        except Problem:
            return UNKNOWN

    def _living(self, organization: Organization, floor: int) -> dict[str, Any]:
        counts = Counter(self._tokens.live_tokens(organization.id, floor))
        titles = {each.id: each.title for each in self._catalog.dashboards(organization)}
        most_first = sorted(counts.items(), key=lambda counted: (-counted[1], counted[0]))
        return {
            "live_tokens": counts.total(),
            "dashboards": [
                # None for a dashboard that is gone
                {"dashboard": int(name), "title": titles.get(int(name)), "live_tokens": count}
                for name, count in most_first
            ],
        }

    def _described(self, organization: Organization, keyset: Keyset) -> dict[str, Any]:
        now = self._clock()
        return {
            "organization": organization.id,
            "slug": organization.slug,
            "generation": keyset.generation,
            "keys": [_shown(key, keyset, now) for key in reversed(keyset.keys)],
            "rotate_every": organization.secret.rotate_every,
            "grace": organization.secret.grace,
            "next_rotation_at": newest_key_made_at(keyset) + organization.secret.rotate_every,
        }


def _unreadable() -> Problem:
    return unavailable("The embed secret cannot be read. A reset replaces it.", retry_after=60)


def _shown(key: Key, keyset: Keyset, now: float) -> dict[str, Any]:
    """A key without its value. `age` is in seconds."""
    return {
        "kid": key.kid,
        "created_at": key.created_at,
        "age": int(now - key.created_at),
        "signs_from": key.signs_from,
        "verifies_until": key.verifies_until,
        "signs": keyset.signs(now) and key == keyset.signing_key(now),
        "verifies": key.verifies(now),
    }
