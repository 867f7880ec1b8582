"""An organization's embed secrets: one keyset, in which the newest key signs and all verify.

The keyset is the JSON document in SSM Parameter Store. Times are epoch seconds.
"""

import secrets

from msgspec import DecodeError, Struct, ValidationError
from msgspec.json import decode, encode

MAX_BYTES = 4_096
"""The size of a parameter in SSM's standard tier."""


class MalformedKeyset(Exception):
    """The document is not a keyset that can sign or verify. Says nothing of what it holds."""


class Key(Struct, frozen=True, forbid_unknown_fields=True):
    """`secret` is printable text whose UTF-8 bytes are the HMAC key. It may sign from `signs_from`
    on, and verifies until `verifies_until` (None: no end is set yet)."""

    kid: str
    secret: str
    created_at: int
    signs_from: int
    verifies_until: int | None = None

    def verifies(self, now: float) -> bool:
        return self.verifies_until is None or now < self.verifies_until

    def signs(self, now: float) -> bool:
        return self.signs_from <= now and self.verifies(now)

    def __repr__(self) -> str:
        return f"Key(kid={self.kid!r})"  # the secret must not reach a log by way of a repr


class Keyset(Struct, frozen=True, forbid_unknown_fields=True):
    """`generation` counts changes, `epoch` counts resets; `last_operation` names the change that
    wrote this, so that its retry finds it done."""

    generation: int
    epoch: int
    last_operation: str
    keys: tuple[Key, ...]

    def signing_key(self, now: float) -> Key:
        """The newest key that may sign by now."""
        usable = [key for key in self.keys if key.signs(now)]
        if not usable:
            raise MalformedKeyset("no key may sign")
        return max(usable, key=lambda key: (key.signs_from, key.created_at))

    def verifying_keys(self, now: float) -> list[Key]:
        """Every key whose tokens are still taken, newest first."""
        usable = [key for key in self.keys if key.verifies(now)]
        return sorted(usable, key=lambda key: (key.signs_from, key.created_at), reverse=True)


def new_key(now: float, *, signs_from: float | None = None) -> Key:
    """A key of 256 random bits."""
    return Key(
        kid=secrets.token_hex(4),
        secret=secrets.token_urlsafe(32),
        created_at=int(now),
        signs_from=int(now if signs_from is None else signs_from),
    )


def first_keyset(operation: str, now: float) -> Keyset:
    return Keyset(generation=1, epoch=1, last_operation=operation, keys=(new_key(now),))


def read_keyset(document: str) -> Keyset:
    try:
        keyset = decode(document, type=Keyset)
    except (DecodeError, ValidationError):
        # `from None`: the decoder's message may quote what it could not read
        raise MalformedKeyset("the parameter is not a keyset") from None
    if not keyset.keys or any(not key.secret for key in keyset.keys):
        raise MalformedKeyset("the keyset has no usable key")
    return keyset


def write_keyset(keyset: Keyset) -> str:
    return encode(keyset).decode()
