"""Where a page of a list ended, told so that only the same list takes it again.

A mark is the place in the table with a checksum over the organization and the list that gave it. It keeps
nobody from anything, since a list reads its own and no other whatever a mark says: it tells a foreign mark
from a place.
"""

import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from contextlib import suppress
from typing import Literal

from clerestory.problems import INVALID_REQUEST, Problem

List = Literal["audit", "revocations"]
_CHECKSUM = 9
"""Bytes: with them, a multiple of three, the place begins a character of its own in base64."""


def mark_of(organization: int, listed: List, place: str) -> str:
    checked = hashlib.sha256(f"{organization}#{listed}#{place}".encode()).digest()[:_CHECKSUM]
    return urlsafe_b64encode(checked + place.encode()).decode()


def place_of(organization: int, listed: List, mark: str) -> str:
    """Raises 422 for a mark that this list did not give."""
    with suppress(ValueError):  # what base64, ASCII and UTF-8 raise, too
        place = urlsafe_b64decode(mark)[_CHECKSUM:].decode()
        if mark == mark_of(organization, listed, place):
            return place
    raise Problem(INVALID_REQUEST, "next is not a mark that this list gave.")
