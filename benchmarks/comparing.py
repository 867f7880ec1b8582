"""Two programs measured side by side, so that what else the machine does concerns both."""

from collections.abc import Callable
from statistics import median

from msgspec import Struct

Measure = Callable[[], float]
"""Runs once and answers how long that took, in seconds."""


class Comparison(Struct, frozen=True):
    """Medians in seconds. `budget` is the ratio that ours should not pass."""

    what: str
    ours: float
    floor: float
    floor_is: str
    budget: float | None = None

    @property
    def ratio(self) -> float:
        return self.ours / self.floor

    def __str__(self) -> str:
        kept = "" if self.budget is None else f"   budget {self.budget:g} {self._verdict()}"
        times = f"{_readable(self.ours):>9} against {_readable(self.floor):>9}"
        return f"{self.what:<44} {times}   {self.ratio:5.2f} x {self.floor_is}{kept}"

    def _verdict(self) -> str:
        return "kept" if self.budget is not None and self.ratio <= self.budget else "exceeded"


def alternated(ours: Measure, floor: Measure, rounds: int) -> tuple[float, float]:
    """The medians of both, taken in turns. The first turn warms caches and does not count."""
    ours(), floor()
    pairs = [(ours(), floor()) for _ in range(rounds)]
    return median(pair[0] for pair in pairs), median(pair[1] for pair in pairs)


def _readable(seconds: float) -> str:
    return f"{seconds * 1e3:.1f} ms" if seconds >= 0.001 else f"{seconds * 1e6:.0f} µs"
