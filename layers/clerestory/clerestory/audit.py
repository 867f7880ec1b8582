"""Who did what to an organization's secret and revocations, when, and from where."""

from typing import Literal, Protocol

from msgspec import Struct

Action = Literal[
    "secret-created",
    "secret-revealed",
    "secret-rotated",
    "secret-reset",
    "rotation-found-done",
    "reset-found-done",
    "revoked",
    "revocation-undone",
]


class Actor(Struct, frozen=True):
    """`name` is the session's subject, or the pack's own function; `address` is where it came from."""

    name: str
    address: str = ""


class Entry(Struct, frozen=True):
    """`at` is in epoch seconds. `about` names what was touched, and never holds a secret or token."""

    at: int
    actor: str
    address: str
    action: Action
    about: str


class Audit(Protocol):
    """Append-only. What can't be written here must not be done."""

    def write(self, organization: int, actor: Actor, action: Action, about: str) -> None: ...
