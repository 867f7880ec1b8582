"""What is wrong, and where: every mistake of a run is collected, none is raised."""

from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path

from msgspec import Struct


class Mistake(Struct, frozen=True, order=True):
    """One thing to put right. Lines count from 1."""

    file: Path
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


class Mistakes:
    """The mistakes of one file, as they are found."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.noted: list[Mistake] = []

    def add(self, line: int, message: str) -> None:
        """Notes a mistake. What the file holds may stand in the message: it is made fit for a terminal."""
        shown = "".join(each if each.isprintable() else " " for each in message)
        self.noted.append(Mistake(self.file, line, " ".join(shown.split())))


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The end of a message: the known word that is nearest, or all of them if they are few."""
    by_lower = {each.lower(): each for each in known}
    nearest = get_close_matches(word.lower(), by_lower, n=1)
    if nearest:
        return f': did you mean "{by_lower[nearest[0]]}"?'
    if 0 < len(by_lower) <= 8:
        return f": there is {', '.join(by_lower.values())}"
    return ""
