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


QUICK = ("tests/unit/", "tests/aws/")
"""Tests that start no pack, no stack and no browser."""


def catalogue() -> list[Mutation]:
    return [each for listed in _files().values() for each in listed]


def sample() -> list[Mutation]:
    """The first of each file that quick tests see, the secret's and the sessions' before the others."""
    files = _files()
    ordered = sorted(files, key=lambda name: name not in ("sessions", "secret"))
    return [each for name in ordered for each in list(filter(_is_quick, files[name]))[:1]]


def _is_quick(mutation: Mutation) -> bool:
    return all(test.startswith(QUICK) for test in mutation.tests)


def _files() -> dict[str, list[Mutation]]:
    files = sorted(Path(__file__).parent.glob("*.toml"))
    return {file.stem: convert(_listed(file), list[Mutation]) for file in files}


def _listed(file: Path) -> object:
    return tomllib.loads(file.read_text(encoding="utf-8"))["mutation"]
