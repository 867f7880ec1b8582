"""An organization's embed secrets: one keyset, in which the newest key signs and all verify.

The keyset is the JSON document in SSM Parameter Store. Times are epoch seconds.
"""

import secrets
from contextlib import suppress

from msgspec import Struct
from msgspec.json import decode, encode
from msgspec.structs import replace

from clerestory.token_life import LEEWAY, MAX_LIFE

MAX_BYTES = 4_096
"""The size of a parameter in SSM's standard tier."""
CACHE_LIFETIME = 60
"""Seconds that a function holds a keyset in memory before it reads it again."""
MIN_SECRET = 32
"""Bytes: HS256 takes no key that is shorter than its hash (RFC 7518 section 3.2)."""


class MalformedKeyset(Exception):
    """The document is not a keyset that can sign or verify. Says nothing of what it holds."""


class KeysetFull(Exception):
    """One more key would not fit into the parameter. Nothing was changed."""


class Key(Struct, frozen=True, forbid_unknown_fields=True):
    """`secret` is printable text whose UTF-8 bytes are the HMAC key. It may sign from `signs_from`
    on, and verifies until `verifies_until` (None: no end is set yet). We write whole seconds, and read
    fractions too: whoever edits a keyset by hand must not end every embed."""

    kid: str
    secret: str
    created_at: int | float
    signs_from: int | float
    verifies_until: int | float | None = None

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

    def signs(self, now: float) -> bool:
        """Whether there is such a key: there always is, unless somebody has edited the keyset."""
        return any(key.signs(now) for key in self.keys)

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


def first_keyset(operation: str, now: float, epoch: int = 1) -> Keyset:
    return Keyset(generation=1, epoch=epoch, last_operation=operation, keys=(new_key(now),))


def nobodys_keyset(now: float) -> Keyset:
    """One that nobody can sign for, of an epoch before any that there is."""
    return Keyset(generation=0, epoch=0, last_operation="", keys=(new_key(now),))


def pending_key(keyset: Keyset, now: float) -> Key | None:
    """The key of a rotation that every function is still to see."""
    return next((key for key in keyset.keys if key.signs_from > now), None)


def rotated(keyset: Keyset, operation: str, grace: int, now: float) -> Keyset:
    """One more key, which signs once every function has seen it, or at once where no other can; the
    others verify until the last token that they may have signed has ended, or until the grace has
    passed. `grace` is in seconds."""
    signs_from = now + 2 * CACHE_LIFETIME if keyset.signs(now) else now
    end = int(signs_from + max(MAX_LIFE + LEEWAY + CACHE_LIFETIME, grace))
    kept = tuple(
        key if key.verifies_until is not None else replace(key, verifies_until=end)
        for key in keyset.keys
        if key.verifies(now)
    )
    keys = (*kept, new_key(now, signs_from=signs_from))
    return fitting(Keyset(keyset.generation + 1, keyset.epoch, operation, keys))


def reset(keyset: Keyset, operation: str, epoch: int, now: float) -> Keyset:
    """Only a new key, of a new epoch: what any earlier one signed is refused."""
    return Keyset(keyset.generation + 1, epoch, operation, (new_key(now),))


def fitting(keyset: Keyset) -> Keyset:
    if len(write_keyset(keyset).encode()) > MAX_BYTES:
        raise KeysetFull
    return keyset


def read_keyset(document: str) -> Keyset:
    keyset = None
    with suppress(ValueError):
        keyset = decode(document, type=Keyset)
    if keyset is None:
        # raised out here: the decoder's message may quote what it could not read, and would hang on
        raise MalformedKeyset("the parameter is not a keyset")
    if not keyset.keys or not all(_usable(key.secret) for key in keyset.keys):
        raise MalformedKeyset("a key is missing, short or no printable text")
    if len({key.kid for key in keyset.keys}) < len(keyset.keys):
        raise MalformedKeyset("two keys have one name")
    return keyset


def _usable(secret: str) -> bool:
    """Programs get it by hand, and what can't be seen or stands around it is easily lost on the way."""
    return secret.isprintable() and secret == secret.strip() and len(secret.encode()) >= MIN_SECRET


def write_keyset(keyset: Keyset) -> str:
    return encode(keyset).decode()
