"""Bytes by name, in one buffer: found in the same few steps however many there are.

A header, slots, and what the slots point to. A name's hash chooses its slot, or the next one that is free
where another name has it; with four times as many slots as names, it is nearly always the first. So a name is
only ever hashed: there is no list to search, and it never becomes a part of a path.
"""

import hashlib
import struct
from collections.abc import Iterable
from mmap import mmap
from typing import NamedTuple

_FORM = b"CLRSTRY1"
_HEADER = struct.Struct("<8sQ")  # the form, and how many slots
_SLOT = struct.Struct("<16sQQ")  # the name's hash, and where its bytes are
_SLOTS_A_NAME = 4


class Unreadable(ValueError):
    """The buffer is none that was packed here, or not whole."""


class Place(NamedTuple):
    """Where something is. Names of one thing have one place."""

    start: int
    length: int


class NamedBytes:
    def __init__(self, buffer: bytes | memoryview | mmap) -> None:
        self._bytes = memoryview(buffer)
        if len(self._bytes) < _HEADER.size:
            raise Unreadable
        form, self._slots = _HEADER.unpack_from(self._bytes)
        if form != _FORM or not 0 < self._slots <= len(self._bytes) // _SLOT.size:
            raise Unreadable

    def find(self, name: str) -> Place | None:
        wanted = _hashed(name)
        slot = _first_slot(wanted, self._slots)
        for _ in range(self._slots):
            taken_by, start, length = _SLOT.unpack_from(self._bytes, _HEADER.size + slot * _SLOT.size)
            if not start:
                return None
            if taken_by == wanted:
                return Place(start, length)
            slot = (slot + 1) % self._slots
        raise Unreadable  # there always is a free slot

    def at(self, place: Place) -> memoryview:
        return self._bytes[place.start : place.start + place.length]

    @property
    def whole(self) -> memoryview:
        return self._bytes


def packed(contents: Iterable[tuple[Iterable[str], bytes]]) -> bytes:
    """The buffer of contents, each with its names. Raises ValueError for a name that two of them have."""
    named = [(tuple(names), content) for names, content in contents]
    slots = _SLOTS_A_NAME * sum(len(names) for names, _ in named) + 1
    start = _HEADER.size + slots * _SLOT.size
    table = bytearray(slots * _SLOT.size)
    for names, content in named:
        for name in names:
            _enter(table, slots, name, Place(start, len(content)))
        start += len(content)
    return b"".join([_HEADER.pack(_FORM, slots), table, *(content for _, content in named)])


def _enter(table: bytearray, slots: int, name: str, place: Place) -> None:
    hashed = _hashed(name)
    slot = _first_slot(hashed, slots)
    while (taken := _SLOT.unpack_from(table, slot * _SLOT.size))[1]:
        if taken[0] == hashed:
            raise ValueError(f"{name!r} is there twice")
        slot = (slot + 1) % slots
    _SLOT.pack_into(table, slot * _SLOT.size, hashed, *place)


def _hashed(name: str) -> bytes:
    return hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _first_slot(hashed: bytes, slots: int) -> int:
    return int.from_bytes(hashed[:8], "little") % slots
