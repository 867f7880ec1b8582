"""Whether a token that is vouched for opens the dashboard that its URL names: what it says of its own life,
the dashboard, the viewer, what is revoked, the variables, in this order."""

from msgspec import Struct

from clerestory.dashboards import Dashboard, Organization, Value, definition_version
from clerestory.embed.vouching import Address, Vouched
from clerestory.problems import INVALID_TOKEN, OTHER_DASHBOARD, REVOKED, UNKNOWN_DASHBOARD, Problem
from clerestory.records import Standing
from clerestory.tokens import Token, accept
from clerestory.variables import token_env


class Verified(Struct, frozen=True):
    """A token that opens a dashboard, with every variable's value, the epoch of the keyset that
    vouches for it, and the version of the dashboard's definition."""

    organization: Organization
    dashboard: Dashboard
    token: Token
    env: dict[str, Value | None]
    epoch: int
    version: str
    standing: Standing


class Admission:
    """Remembers each definition's version, by its dashboard's id: for the dashboards of one catalog only."""

    def __init__(self) -> None:
        self._versions: dict[int, str] = {}

    def admit(self, address: Address, vouched: Vouched, now: float) -> Verified:
        """Raises the problem of the first rule that the token breaks."""
        token = accept(vouched.signed, vouched.key, now)
        dashboard = _dashboard(vouched, address)
        if dashboard.embed.viewer_bound and not token.viewer:
            raise Problem(INVALID_TOKEN)
        if vouched.standing.revoked:
            raise Problem(REVOKED)
        env = token_env(dashboard, token.env)
        version = self._version(dashboard)
        return Verified(vouched.organization, dashboard, token, env, vouched.epoch, version, vouched.standing)

    def _version(self, dashboard: Dashboard) -> str:
        version = self._versions.get(dashboard.id) or definition_version(dashboard)
        self._versions[dashboard.id] = version
        return version


def _dashboard(vouched: Vouched, address: Address) -> Dashboard:
    """The dashboard that both the URL and the token name."""
    if vouched.dashboard is None:
        same = address.dashboard == vouched.signed.dashboard
        raise Problem(UNKNOWN_DASHBOARD if same else OTHER_DASHBOARD)
    if not vouched.dashboard.named(address.dashboard):
        raise Problem(OTHER_DASHBOARD)
    return vouched.dashboard
