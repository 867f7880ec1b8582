"""What parts the tests have: which of them are slow by nature, and how long each took."""

from collections import defaultdict
from collections.abc import Iterable
from pathlib import PurePosixPath

SLOW = (
    "tests/browser/test_static_generator.py",
    "tests/client/test_built.py",
    "tests/contract/test_build.py",
    "tests/deploy/test_own.py",
    "tests/deploy/test_roles.py",
    "tests/deploy/test_update.py",
    "tests/local/test_examples.py",
    "tests/query/test_other_tenants_rows_long.py",
    "tests/sam/",
)
"""They fetch from npm, build, start containers, deploy once more or try a great many queries: `make
test-long` runs them."""


def is_slow(name: str) -> bool:
    """`name` is a test's, as pytest writes it: its file first, seen from the project's root."""
    return name.startswith(SLOW)


def part_of(name: str) -> str:
    """The folder of `tests/` that a test lies in, however deep."""
    return "/".join(PurePosixPath(name.partition("::")[0]).parent.parts[:2])


def seconds_by_part(durations: Iterable[tuple[str, float]]) -> dict[str, float]:
    """Of (test's name, seconds) with its preparation and its clearing up, the longest part first."""
    seconds: defaultdict[str, float] = defaultdict(float)
    for name, took in durations:
        seconds[part_of(name)] += took
    return dict(sorted(seconds.items(), key=lambda each: -each[1]))
