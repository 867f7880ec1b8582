"""The keysets in SSM Parameter Store, as the functions that sign and verify see them.

A keyset is held in memory for `CACHE_LIFETIME` seconds. When SSM throttles or is down, a warm
function goes on with what it knows for `STALE_LIFETIME` seconds after the last good read; a cold one
answers 503. A keyset that can't be read as one is never replaced by an older one in memory.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from aws_lambda_powertools.utilities.parameters import SSMProvider
from aws_lambda_powertools.utilities.parameters.exceptions import GetParameterError
from msgspec import Struct

from clerestory.aws.clients import AWSError, error_code
from clerestory.dashboards import Organization
from clerestory.problems import Problem, unavailable
from clerestory.secret.keyset import CACHE_LIFETIME, Keyset, MalformedKeyset, read_keyset

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient

STALE_LIFETIME = 3_600
RETRY_PAUSE = 5
"""Seconds between reads while SSM doesn't answer."""
COLD_PAUSE = 1
"""The same where there is no keyset in memory to go on with."""

Create = Callable[[Organization], None]


def parameter_name(prefix: str, organization: int | str) -> str:
    return f"{prefix}/organizations/{organization}/embed-secret"


class _Held(Struct, frozen=True):
    keyset: Keyset
    read_at: float
    read_again_at: float


class Keysets:
    """Where an organization has no keyset, `create` makes its first one; or else `stand_in` is held in
    its place, which nobody can sign for; or else that is an error."""

    def __init__(
        self,
        client: "SSMClient",
        prefix: str,
        clock: Callable[[], float],
        create: Create | None = None,
        stand_in: Keyset | None = None,
    ) -> None:
        self._provider = SSMProvider(boto3_client=client)
        self._prefix = prefix
        self._clock = clock
        self._create = create
        self._stand_in = stand_in
        self._held: dict[int, _Held] = {}
        self._refreshed_at: dict[int, float] = {}
        self._failed_at: dict[int, float] = {}
        self._behind: dict[int, tuple[int, float]] = {}

    def current(self, organization: Organization) -> Keyset:
        """The keyset, from memory where that is fresh enough."""
        held = self._held.get(organization.id)
        if held is not None and self._clock() < held.read_again_at:
            return held.keyset
        return self._read(organization)

    def newer(self, organization: Organization) -> Keyset | None:
        """The keyset read anew, for a token whose key isn't known; None within a minute of the last
        such read, however many unknown keys come."""
        now = self._clock()
        if now < self._refreshed_at.get(organization.id, 0) + CACHE_LIFETIME:
            return None
        self._refreshed_at[organization.id] = now
        return self._read(organization)

    def of_epoch(self, organization: Organization, floor: int) -> Keyset | None:
        """The keyset of that epoch or a later one; None while SSM still holds an earlier one, as in
        the middle of a reset."""
        held = self._held.get(organization.id)
        if held is not None and held.keyset.epoch >= floor:
            return held.keyset
        # The first token of a new epoch always has SSM asked; while that is behind, not each one.
        epoch, read_at = self._behind.get(organization.id, (0, 0.0))
        if epoch == floor and self._clock() < read_at + RETRY_PAUSE:
            return None
        keyset = self._read(organization)
        if keyset.epoch >= floor:
            return keyset
        self._behind[organization.id] = (floor, self._clock())
        return None

    def _read(self, organization: Organization) -> Keyset:
        """However many requests come, SSM is asked again only after a pause."""
        if self._clock() < self._failed_at.get(organization.id, 0) + COLD_PAUSE:
            raise unavailable("The embed secret cannot be read just now.", retry_after=5)
        try:
            return self._read_now(organization)
        except Problem:
            # From now: the client's own retries may have taken longer than the pause.
            self._failed_at[organization.id] = self._clock()
            raise

    def _read_now(self, organization: Organization) -> Keyset:
        read_at = self._clock()
        try:
            keyset = read_keyset(self._fetch(organization))
        except MalformedKeyset:
            self._held.pop(organization.id, None)
            raise unavailable("The embed secret cannot be read.", retry_after=60) from None
        except GetParameterError as error:
            if self._stand_in is None or not _missing(error):
                return self._stale(organization, error)
            keyset = self._stand_in
        self._held[organization.id] = _Held(keyset, read_at, read_at + CACHE_LIFETIME)
        return keyset

    def _fetch(self, organization: Organization) -> str:
        name = parameter_name(self._prefix, organization.id)
        try:
            return self._get(name)
        except GetParameterError as error:
            if self._create is None or not _missing(error):
                raise
        self._create(organization)
        return self._get(name)

    def _get(self, name: str) -> str:
        # Powertools' own cache would raise where SSM throttles; what is stale is kept here.
        return str(self._provider.get(name, decrypt=True, force_fetch=True))

    def _stale(self, organization: Organization, error: GetParameterError) -> Keyset:
        now = self._clock()
        held = self._held.get(organization.id)
        if held is None or _missing(error) or now > held.read_at + STALE_LIFETIME:
            raise _unreadable(error) from None
        self._held[organization.id] = _Held(held.keyset, held.read_at, now + RETRY_PAUSE)
        return held.keyset


def _missing(error: GetParameterError) -> bool:
    cause = error.__context__
    return isinstance(cause, AWSError) and error_code(cause) == "ParameterNotFound"


def _unreadable(error: GetParameterError) -> Problem:
    if _missing(error):
        return unavailable("The organization has no embed secret yet.", retry_after=10)
    return unavailable("The embed secret cannot be read just now.", retry_after=5)
