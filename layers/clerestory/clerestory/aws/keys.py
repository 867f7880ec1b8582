"""The table's keys: each item's place, written and read here and nowhere else.

| what                     | pk                    | sk                                 |
|--------------------------|-----------------------|------------------------------------|
| a token's record         | `TOKEN#{hash}`        | `TOKEN`                            |
| the floor                | `ORGANIZATION#{id}`   | `FLOOR`                            |
| the lease of a change    | `ORGANIZATION#{id}`   | `LEASE`                            |
| a change that was done   | `ORGANIZATION#{id}`   | `OPERATION#{operation}`            |
| a revocation             | `ORGANIZATION#{id}`   | `REVOKED#{level}#{target}`         |
| a count of embeds        | `USAGE#{id}`          | `{day}#{dashboard}#{shard}`        |
| an entry of the audit    | `AUDIT#{id}`          | `{milliseconds}#{what parts them}` |
"""

import hashlib
from datetime import date
from typing import Any, NamedTuple

from clerestory.aws.items import Item, attributes
from clerestory.owner.revocations import Level

REVOCATIONS = "REVOKED#"
"""What every revocation's sort key begins with."""
_TOKENS = "TOKEN#"
_LONGEST_SORT_KEY = 1_024
"""DynamoDB's limit, in bytes."""


class Key(NamedTuple):
    pk: str
    sk: str

    def plain(self) -> Item:
        return self._asdict()

    def attributes(self) -> Any:
        """In DynamoDB's own form."""
        return attributes(self._asdict())


def token_key(token: str) -> Key:
    """`token` is the token's hash."""
    return Key(f"{_TOKENS}{token}", "TOKEN")


def token_at(pk: str) -> str:
    """The hash of the token whose record stands there."""
    return pk.removeprefix(_TOKENS)


def organization_partition(organization: int | str) -> str:
    return f"ORGANIZATION#{organization}"


def floor_key(organization: int | str) -> Key:
    return Key(organization_partition(organization), "FLOOR")


def lease_key(organization: int) -> Key:
    return Key(organization_partition(organization), "LEASE")


def operation_key(organization: int, operation: str) -> Key:
    return Key(organization_partition(organization), f"OPERATION#{operation}")


def revocation_key(organization: int | str, level: Level, target: str) -> Key:
    """A target that is too long for a key stands by its hash."""
    sk = f"{REVOCATIONS}{level}#{target}"
    if len(sk.encode()) > _LONGEST_SORT_KEY:
        sk = f"{REVOCATIONS}{level}-sha256#{hashlib.sha256(target.encode()).hexdigest()}"
    return Key(organization_partition(organization), sk)


def usage_partition(organization: int | str) -> str:
    return f"USAGE#{organization}"


def usage_key(organization: str, day: date, dashboard: str, shard: int) -> Key:
    """`day` is a day of UTC."""
    return Key(usage_partition(organization), f"{day.isoformat()}#{dashboard}#{shard:02}")


def usage_between(start: date, end: date) -> tuple[str, str]:
    """The sort keys between which the counts of those days stand, both days included."""
    return f"{start.isoformat()}#", f"{end.isoformat()}#\uffff"


def usage_at(sk: str) -> tuple[str, str]:
    """The day, as ISO text, and the dashboard of the count that stands there."""
    day, dashboard, _ = sk.split("#")
    return day, dashboard


def audit_partition(organization: int) -> str:
    return f"AUDIT#{organization}"


def audit_key(organization: int, now: float, rest: str) -> Key:
    """In the order of time: `now` is in epoch seconds, and `rest` parts the entries of one moment."""
    return Key(audit_partition(organization), f"{int(now * 1000):015}#{rest}")
