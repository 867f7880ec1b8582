"""The mechanisms that must not go unnoticed: what each is, how it is taken out, and which tests see it."""

import tomllib
from pathlib import Path

from msgspec import Struct, convert

ROOT = Path(__file__).parents[2]


class NotOnceError(Exception):
    """What is to be taken out stands in the file more than once, or not at all."""


class Mutation(Struct, frozen=True, forbid_unknown_fields=True):
    """`taken_out` stands in `file` once; with `left` in its place one of `tests` must fail."""

    mechanism: str
    file: str
    taken_out: str
    left: str
    tests: list[str]

    def applied(self, text: str) -> str:
        if text.count(self.taken_out) != 1:
            raise NotOnceError(f"{self.file}: {self.mechanism}")
        return text.replace(self.taken_out, self.left)


def catalogue() -> list[Mutation]:
    files = sorted(Path(__file__).parent.glob("*.toml"))
    return [each for file in files for each in convert(_listed(file), list[Mutation])]


def _listed(file: Path) -> object:
    return tomllib.loads(file.read_text(encoding="utf-8"))["mutation"]
