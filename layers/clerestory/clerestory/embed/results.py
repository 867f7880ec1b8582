"""What a token's run has stored: the results, or the charts that are there so far."""

import gzip
from collections.abc import Callable
from typing import Protocol

from msgspec import UNSET, Raw, Struct, UnsetType
from msgspec.json import decode

from clerestory.embed.admission import Verified
from clerestory.embed.runs import Runs
from clerestory.records import Record


class ResultsStore(Protocol):
    def read(self, key: str) -> bytes: ...


class Running(Struct, frozen=True):
    """What `GET …/results` answers while the run goes on: the first charts, where some are there."""

    state: str = "running"
    charts: Raw | UnsetType = UNSET


class _Stored(Struct, frozen=True):
    charts: Raw


class StoredResults:
    """`gone` is the error by which the store says that results are missing."""

    def __init__(
        self, store: ResultsStore, gone: type[Exception], runs: Runs, count: Callable[[str], None]
    ) -> None:
        self._store = store
        self._gone = gone
        self._runs = runs
        self._count = count

    def whole(self, verified: Verified, record: Record | None) -> bytes | None:
        """The results as JSON, or None while there are none. Where they are gone, another run is begun."""
        if record is None or record.results is None or not record.ready(verified.version):
            return None
        try:
            stored = self._store.read(record.results)
        except self._gone:
            self._runs.redo(verified, record)
            return None
        self._count("CachedEmbed")
        return gzip.decompress(stored)

    def so_far(self, verified: Verified, record: Record | None) -> Running:
        if record is None or record.results is None or not record.shows(verified.version):
            return Running()
        try:
            stored = decode(gzip.decompress(self._store.read(record.results)), type=_Stored)
        except self._gone:
            return Running()
        return Running(charts=stored.charts)
