"""What was found in each dashboard's file, so that a file which stayed as it was isn't read again.

Everything that the outcome follows from is in its key: the file, its organization's sources, and the check
itself. Whatever can't be read back as it was written, or has another key, is as good as nothing.
"""

import hashlib
import sys
from functools import cache
from importlib.metadata import version
from pathlib import Path

from msgspec import MsgspecError, Struct
from msgspec.json import Decoder, encode

from clerestory.catalog import Packed
from clerestory.dashboards import Source
from cli.defaults import ROOT

FOLDER = ROOT / ".build" / "checked"
_CODE = ("cli/check", "layers/clerestory/clerestory", "layers/query/clerestory_query")
_PACKAGES = ("duckdb", "msgspec", "PyYAML")


class Outcome(Struct, frozen=True):
    """A file's dashboard, packed and right only where there are no mistakes; these are lines and messages.
    The two lines are where what must be unique stands."""

    packed: Packed
    charts: int
    mistakes: tuple[tuple[int, str], ...]
    id_line: int
    slug_line: int


_decode = Decoder(Outcome).decode


class Kept:
    def __init__(self, folder: Path = FOLDER) -> None:
        self._folder = folder

    def find(self, file: Path, key: str) -> Outcome | None:
        try:
            written = self._place(file).read_bytes()
            head, _, document = written.partition(b"\n")
            return _decode(document) if head == _head(key, document) else None
        except (OSError, MsgspecError, UnicodeDecodeError):
            return None

    def keep(self, file: Path, key: str, outcome: Outcome) -> None:
        """Where it can't be written, the file is read again next time."""
        place = self._place(file)
        try:
            document = encode(outcome)
            self._folder.mkdir(parents=True, exist_ok=True)
            place.write_bytes(_head(key, document) + b"\n" + document)
        except (OSError, MsgspecError, ValueError, TypeError):
            return

    def _place(self, file: Path) -> Path:
        """One for each file: what is new stands in the old one's place."""
        return self._folder / hashlib.sha256(str(file.absolute()).encode()).hexdigest()[:32]


def key_of(name: str, content: bytes, sources: dict[str, Source] | None) -> str:
    """`name` is the file's, below the dashboards' folder."""
    parts = (_checker(), name.encode("utf-8", "surrogateescape"), encode(sources), content)
    return hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()


def _head(key: str, document: bytes) -> bytes:
    """Other bytes behind it don't fit: a file that was half written is found out."""
    return f"{key} {hashlib.sha256(document).hexdigest()}".encode()


@cache
def _checker() -> bytes:
    """Changes whenever the check could find something else."""
    told = hashlib.sha256(sys.version.encode())
    for package in _PACKAGES:
        told.update(f"{package} {version(package)}".encode())
    for folder in _CODE:
        for file in sorted((ROOT / folder).rglob("*.py")):
            told.update(hashlib.sha256(file.read_bytes()).digest())
    return told.digest()
