"""A forker of a test's own, whose processes can be counted and killed."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from local.forker import forker

SECONDS_TO_WAIT = 15


class Forking:
    def __init__(self, path: str, pid: int) -> None:
        self.path = path
        self.pid = pid

    def supervisors(self) -> list[int]:
        return children(self.pid)

    def lanes(self) -> list[int]:
        return [lane for supervisor in self.supervisors() for lane in children(supervisor)]

    def kill_lanes(self) -> int:
        """How many it killed."""
        lanes = self.lanes()
        for lane in lanes:
            with suppress(ProcessLookupError):
                os.kill(lane, signal.SIGKILL)
        return len(lanes)

    def files(self) -> int:
        return len(list(Path(f"/proc/{self.pid}/fd").iterdir()))

    def memory(self) -> int:
        """What it has in memory, in pages."""
        return int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])


@contextmanager
def forking(folder: Path) -> Iterator[Forking]:
    before = set(children(os.getpid()))
    with forker(folder) as path:
        (pid,) = set(children(os.getpid())) - before
        yield Forking(path, pid)


def children(pid: int) -> list[int]:
    """Zombies too."""
    with suppress(OSError):
        return [
            int(child)
            for thread in Path(f"/proc/{pid}/task").iterdir()
            for child in (thread / "children").read_text().split()
        ]
    return []


def alive(pid: int) -> bool:
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + SECONDS_TO_WAIT
    while not condition():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.01)


def started(code: str, *arguments: str) -> "subprocess.Popen[str]":
    """Python in a process of one thread, as Lambda's is."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments], env=environment, stdout=subprocess.PIPE, text=True
    )
