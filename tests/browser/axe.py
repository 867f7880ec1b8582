"""axe-core, asked what it has against a page: https://github.com/dequelabs/axe-core."""

import fcntl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from playwright.sync_api import Frame, Page

from tests.machine import program

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / ".build" / "axe"
SCRIPT = FOLDER / "node_modules" / "axe-core" / "axe.min.js"

# Each frame is asked for itself: axe can't reach into one of another origin.
ASK = """async () => {
  const { violations } = await axe.run(document, { iframes: false, resultTypes: ["violations"] });
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ html, any }) => `${id}: ${help}: ${html.slice(0, 200)} ${any[0]?.message ?? ""}`));
}"""


def complaints(page: Page) -> list[str]:
    """What breaks a rule of axe's, best practices too, in the page and in every frame that it shows.

    A line each: the rule, the element, and why. Wait for what moves or fades before asking."""
    return [line for frame in page.frames if not frame.is_detached() for line in frame_complaints(frame)]


def frame_complaints(frame: Frame) -> list[str]:
    """The same of one frame alone."""
    # What Playwright evaluates is no part of the page, so a strict CSP lets it pass.
    frame.evaluate(_script())
    found: list[str] = frame.evaluate(ASK)
    return found


@cache
def _script() -> str:
    with _alone():
        if not SCRIPT.is_file():
            command = [program("npm"), "install", "--prefix", str(FOLDER), "--no-audit", "--no-fund"]
            subprocess.run([*command, "axe-core@4"], check=True, capture_output=True)
    return SCRIPT.read_text(encoding="utf-8")


@contextmanager
def _alone() -> Iterator[None]:
    """Two runs of the tests fetch one after the other."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
