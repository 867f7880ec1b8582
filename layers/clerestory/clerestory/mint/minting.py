"""Minting: from a session and a request to the iframe's URL.

Equal requests get equal URLs: the token's `iat` lies on a window that the clock is in, and the claims
are serialized canonically, so that the second visitor finds the first one's results.
"""

import hashlib
import math
from collections.abc import Sequence
from typing import Annotated, Any

from msgspec import Meta, Struct

from clerestory.dashboards import Dashboard, DashboardSummary, Embed, Organization, Value
from clerestory.mint.sensitive import sensitive_kind
from clerestory.problems import (
    CLAIM_MISSING,
    SENSITIVE_VALUE,
    URL_TOO_LONG,
    Problem,
    VariableError,
)
from clerestory.secret.keyset import Keyset
from clerestory.session.session import Session
from clerestory.token_life import MAX_LIFE
from clerestory.tokens import sign
from clerestory.variables import Env, session_env, visitor_env

MAX_URL = 2_038
"""Characters: the seed's limit ("URL Length")."""


class EmbedRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """The body of `POST /embeds`. `lifetime` is in seconds and can only lower the dashboard's."""

    dashboard: int | str
    env: dict[str, Any] | None = None
    lifetime: Annotated[int, Meta(ge=1)] | None = None


class Window(Struct, frozen=True):
    """When a token starts and ends, in epoch seconds."""

    start: int
    end: int


class MintedEmbed(Struct, frozen=True):
    """The answer of `POST /embeds`; the two `_in` are seconds from now."""

    url: str
    expires_at: int
    expires_in: int
    refresh_in: int
    dashboard: int
    title: str


class Minter(Struct, frozen=True):
    """What minting needs beside the request: where embeds are served, and which kinds of sensitive
    values are refused."""

    public_url: str
    sensitive_kinds: Sequence[str]

    def mint(
        self,
        organization: Organization,
        dashboard: Dashboard,
        session: Session,
        request: EmbedRequest,
        keyset: Keyset,
        now: float,
    ) -> MintedEmbed:
        env = visitor_env(dashboard, request.env or {}) | session_env(dashboard, session)
        window = token_window(dashboard, request.lifetime, now)
        claims = _claims(organization, dashboard, env, window, session)
        url = f"{self.public_url}/d/{dashboard.id}/{sign(claims, keyset.signing_key(now))}"
        if len(url) > MAX_URL:
            detail = f"The URL has {len(url)} characters, and browsers take {MAX_URL}. Send fewer values."
            raise Problem(URL_TOO_LONG, detail, length=len(url), limit=MAX_URL)
        self._refuse_sensitive(env)  # which reads all of it: no more than a URL holds
        expires_in = window.end - math.floor(now)
        return MintedEmbed(url, window.end, expires_in, refresh_in(expires_in), dashboard.id, dashboard.title)

    def _refuse_sensitive(self, env: Env) -> None:
        kinds = ((name, sensitive_kind(_values(value), self.sensitive_kinds)) for name, value in env.items())
        errors = tuple(VariableError(name, f"looks like {kind}") for name, kind in kinds if kind)
        if errors:
            raise Problem(SENSITIVE_VALUE, "Anyone who sees a URL can read its values.", errors=errors)


def mintable(dashboard: Dashboard | DashboardSummary, session: Session) -> bool:
    """Whether the session has all that the dashboard's locked variables and viewer need."""
    try:
        session_env(dashboard, session)
    except Problem as refused:
        if refused.kind is not CLAIM_MISSING:
            raise
        return False
    return session.subject is not None or not dashboard.embed.viewer_bound


def token_window(dashboard: Dashboard, lifetime: int | None, now: float) -> Window:
    """Never longer than a quarter of the token's life, and staggered by the dashboard, so that not
    every dashboard's tokens turn over at once."""
    life = min(lifetime or dashboard.embed.lifetime, dashboard.embed.lifetime, MAX_LIFE)
    length = max(1, min(dashboard.embed.share_window, life // 4))
    offset = int.from_bytes(hashlib.sha256(str(dashboard.id).encode()).digest()[:4]) % length
    start = (math.floor(now) - offset) // length * length + offset
    return Window(start=start, end=start + life)


def refresh_in(expires_in: int) -> int:
    """Seconds until a page should mint anew: soon enough that the next token is there in time."""
    return max(1, expires_in - min(300, max(1, expires_in // 5)))


def settable(dashboard: Dashboard | DashboardSummary) -> dict[str, dict[str, Any]]:
    """The variables that a visitor may set, as `GET /dashboards` tells them."""
    return {
        name: {
            "type": variable.type,
            "list": variable.list,
            "title": variable.title or name.replace("_", " ").capitalize(),
            "choices": variable.choices,
            "default": variable.default,
            "min": variable.min,
            "max": variable.max,
        }
        for name, variable in dashboard.variables.items()
        if not variable.locked
    }


def _claims(
    organization: Organization, dashboard: Dashboard, env: Env, window: Window, session: Session
) -> dict[str, Any]:
    claims = {
        "organization": organization.id,
        "dashboard": dashboard.id,
        "env": env,
        "iat": window.start,
        "exp": window.end,
    }
    return claims | _viewer_claim(dashboard.embed, session)


def _viewer_claim(embed: Embed, session: Session) -> dict[str, str]:
    if not embed.viewer_bound:
        return {}
    if session.subject is None:
        raise Problem(CLAIM_MISSING, "This dashboard is bound to its viewer: the session needs a sub.")
    return {"sub": session.subject}


def _values(value: Value) -> Sequence[Any]:
    return value if isinstance(value, tuple) else (value,)
