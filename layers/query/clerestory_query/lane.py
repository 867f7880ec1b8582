"""A process that computes charts, one after another, and can be killed at any moment.

It is forked, so the process that starts it has one thread and no connection of DuckDB's.
"""

import ctypes
import gc
import os
import resource
import signal
import socket
import sys
import threading
from contextlib import suppress
from queue import SimpleQueue
from typing import NoReturn

from msgspec.json import decode, encode

from clerestory_query.frames import Frames, framed
from clerestory_query.jobs import Job
from clerestory_query.work import Work

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None)
STACKS = 64 << 20
"""Address space that is for no rows: threads and their stacks."""
NICE, NICER = 2, 6
"""Of a lane, and of one that was overtaken: what publishes, and what may be quick, goes first."""
BEGUN = b""
"""What a lane says when it begins with a chart."""


class Lane:
    """The process, as the one that started it sees it. `memory` is in bytes."""

    def __init__(self, job: Job, memory: int) -> None:
        self.memory = memory
        self.socket, theirs = socket.socketpair()
        parent = os.getpid()
        self.pid = os.fork()
        if self.pid == 0:
            _live(theirs, parent, job, memory)
        theirs.close()
        self.socket.setblocking(False)
        self.frames = Frames(self.socket)
        self._alive = True

    def begin(self, chart: int, seconds: float) -> None:
        with suppress(OSError):  # one that has died is noticed where its answers are read
            self.socket.send(framed(encode((chart, seconds))))

    def give_way(self) -> None:
        """To lanes that may be quicker."""
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, self.pid, NICER)

    def end(self) -> None:
        """It is gone when this returns."""
        if not self._alive:
            return
        self._alive = False
        self.socket.close()
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        with suppress(ChildProcessError):
            os.waitpid(self.pid, 0)


def end_with(parent: int) -> None:
    """When that process ends, however it does. On other systems than Linux, a socket's end must tell."""
    if sys.platform == "linux":
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)


def keep_only(connection: socket.socket) -> socket.socket:
    """Of all files that are open. What the parent has open is the parent's."""
    os.dup2(connection.detach(), 3)
    os.closerange(4, resource.getrlimit(resource.RLIMIT_NOFILE)[0])
    return socket.socket(fileno=3)


def _live(connection: socket.socket, parent: int, job: Job, memory: int) -> NoReturn:
    try:
        end_with(parent)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        gc.freeze()
        os.nice(NICE)
        _be_silent()
        _be_bounded(memory)
        _serve(keep_only(connection), job, memory)
    finally:
        os._exit(1)


def _be_silent() -> None:
    """DuckDB draws a bar of its progress, and what ends a process may quote a row: neither is for a log."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for file in (0, 1, 2):
        os.dup2(nowhere, file)


def _be_bounded(memory: int) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with suppress(OSError, ValueError):  # only Linux has it: elsewhere DuckDB's own limit is all there is
        with open("/proc/self/statm") as statm:
            pages = int(statm.read().split()[0])
        limit = pages * resource.getpagesize() + memory + STACKS
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    with suppress(OSError), open("/proc/self/oom_score_adj", "w") as score:
        score.write("1000")  # rather this than the process that started it


def _serve(connection: socket.socket, job: Job, memory: int) -> None:
    work = Work(job, memory, lambda: connection.sendall(framed(BEGUN)))
    requests: SimpleQueue[bytes] = SimpleQueue()
    threading.Thread(target=_listen, args=(connection, requests), daemon=True).start()
    while True:
        chart, seconds = decode(requests.get(), type=tuple[int, float])
        connection.sendall(framed(work.answer(job.charts[chart], seconds).encoded()))


def _listen(connection: socket.socket, requests: "SimpleQueue[bytes]") -> None:
    """Even while a query runs: when the other side closes, nobody wants its rows."""
    frames = Frames(connection)
    while not frames.ended:
        for message in frames.read():
            requests.put(message)
    os._exit(0)
