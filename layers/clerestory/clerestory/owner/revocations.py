"""What an owner refuses from now on: a dashboard, a viewer or one token."""

import hashlib
from typing import Literal

from msgspec import Struct

Level = Literal["dashboard", "viewer", "token"]
MAX_VIEWER = 8_192
"""Characters: no token that is read at all can name a longer one."""


class RevocationRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """The body of `POST …/revocations`: exactly one of them. `token` is the token itself."""

    dashboard: int | str | None = None
    viewer: str | None = None
    token: str | None = None

    @property
    def level(self) -> Level | None:
        given: dict[Level, object] = {
            "dashboard": self.dashboard,
            "viewer": self.viewer,
            "token": self.token,
        }
        levels = [level for level, target in given.items() if target not in (None, "")]
        return levels[0] if len(levels) == 1 else None


class Revocation(Struct, frozen=True):
    """`target` is the dashboard's id, the viewer's `sub`, or the token's hash. `until` is when there
    is nothing left to refuse (epoch seconds); None for ever."""

    level: Level
    target: str
    at: int
    actor: str
    until: int | None = None

    @property
    def id(self) -> str:
        """The same for the same target, so that revoking twice is revoking once."""
        return hashlib.sha256(f"{self.level}#{self.target}".encode()).hexdigest()[:24]
