"""The events of `events/`, and what `expected/` says of each: a case is a function and a name.

An event is what API Gateway, Lambda or the schedule sends, whole and valid as it stands. Where that
can't be known beforehand it has a blank: `{{token}}`, `{{token-hash}}`, `{{version}}` (of the
dashboard's definition), `{{stylesheet}}` (its hashed name), `{{now-60}}` (epoch seconds).
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from msgspec import Struct
from msgspec.json import decode

ROOT = Path(__file__).parents[2]
EVENTS = ROOT / "events"
EXPECTED = Path(__file__).parent / "expected"
_BLANK = re.compile(r"\{\{([a-z-]+|now[+-]\d+)\}\}")
_MOMENT = re.compile(r"\{\{now([+-]\d+)\}\}")


class Given(Struct, frozen=True, forbid_unknown_fields=True):
    """What there is before. The keyset of each organization is as old as `secret_age` (seconds);
    None: there is none yet. `token` has the claims of a token that is signed with it, with times
    relative to now. `items` stand in the table and `objects`, gzipped, in the results bucket."""

    secret_age: int | None = 3600
    token: dict[str, Any] | None = None
    items: list[dict[str, Any]] = []
    objects: dict[str, Any] = {}


class Invoked(Struct, frozen=True, forbid_unknown_fields=True):
    """A function that was invoked, and what with."""

    function: str
    event: Any


class After(Struct, frozen=True, forbid_unknown_fields=True):
    """What there is afterwards: the keyset of airlines, items among those of the table, keys with
    which no item's begins, and objects in the results bucket."""

    keyset: Any = None
    items: list[dict[str, Any]] = []
    no_items: list[str] = []
    objects: dict[str, Any] = {}


class Expectation(Struct, frozen=True, forbid_unknown_fields=True):
    """Either `result`, of a function that isn't asked over HTTP, or `error`, its type, or `status`
    with `headers` among those that came, a `json` body, pieces of a `text` one, and the `claims` of
    the token in the body's `url`."""

    given: Given = Given()
    result: Any = None
    error: str | None = None
    status: int | None = None
    headers: dict[str, str] = {}
    json: Any = None
    text: list[str] = []
    claims: Any = None
    invokes: list[Invoked] = []
    after: After = After()


class Case(NamedTuple):
    function: str
    name: str

    def __str__(self) -> str:
        return f"{self.function}/{self.name}"

    @property
    def event(self) -> Any:
        return json.loads((EVENTS / f"{self}.json").read_text(encoding="utf-8"))

    @property
    def expectation(self) -> Expectation:
        return decode((EXPECTED / f"{self}.json").read_bytes(), type=Expectation)


def cases(folder: Path = EVENTS) -> list[Case]:
    return [Case(file.parent.name, file.stem) for file in sorted(folder.glob("*/*.json"))]


def filled(value: Any, blanks: Mapping[str, str], now: int) -> Any:
    """The value with its blanks filled in; a moment that stands alone becomes a number."""
    if isinstance(value, dict):
        return {filled(name, blanks, now): filled(each, blanks, now) for name, each in value.items()}
    if isinstance(value, list):
        return [filled(each, blanks, now) for each in value]
    if not isinstance(value, str):
        return value
    if moment := _MOMENT.fullmatch(value):
        return now + int(moment[1])
    return _BLANK.sub(lambda blank: blanks[blank[1]], value)


def named_dashboard(event: Any, given: Given) -> str | None:
    """The dashboard that the case is about, where a blank may ask for its definition's version."""
    return str(event["dashboard"]) if "dashboard" in event else str((given.token or {}).get("dashboard", ""))
