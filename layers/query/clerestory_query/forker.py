"""A process of one thread that forks for those that have several: `python -m clerestory_query.forker SOCKET`.

Each connection to its Unix socket brings one run's job and takes the answers. The forker gives each a
process of its own, which ends, with the run's lanes, when the other side closes. All end when standard
input does: that is held open by who started this.
"""

import os
import select
import signal
import socket
import sys
import traceback
from collections.abc import Iterator
from contextlib import closing, suppress
from typing import NoReturn

from msgspec.json import decode, encode

from clerestory_query.answers import Answer, Head, read_answer
from clerestory_query.engine import SourceUnavailable
from clerestory_query.frames import Frames, framed
from clerestory_query.jobs import Job
from clerestory_query.lane import end_with, keep_only
from clerestory_query.lanes import TICK, Lanes, Ready

NO_CHART = -1


class ForkerGone(Exception):
    """The process that forks has ended, or one that it has forked for this run."""


def answers_from(path: str, job: Job) -> Iterator[Ready | None]:
    """What `Lanes(job).answers()` would yield, by the forker at that path."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(path)
        connection.sendall(framed(encode(job)))
        connection.settimeout(TICK)
        frames, missing = Frames(connection), len(job.charts)
        while missing:
            messages = [*frames.read()]
            for chart, answer in map(_read, messages):
                missing -= 1
                yield chart, answer
            if frames.ended and missing:
                raise ForkerGone
            if not messages:
                yield None


def _read(message: bytes) -> Ready:
    chart, answer = int.from_bytes(message[:4], "big", signed=True), read_answer(message[4:])
    if answer.head.unavailable:
        raise SourceUnavailable(answer.head.unavailable)
    return chart, answer


def _written(chart: int, answer: Answer) -> bytes:
    return framed(chart.to_bytes(4, "big", signed=True) + answer.encoded())


def serve(path: str) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for who started this, and its end is this one's
    signal.signal(signal.SIGCHLD, lambda *_: None)  # so that select wakes up
    os.umask(0o077)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen(128)
        print("ready", flush=True)
        while True:
            readable, _, _ = select.select([listener, sys.stdin], [], [], 1)
            _reap()
            if sys.stdin in readable:
                return
            if listener in readable:
                _take(listener)


def _reap() -> None:
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _take(listener: socket.socket) -> None:
    connection, _ = listener.accept()
    with connection:
        parent = os.getpid()
        if os.fork() == 0:
            _supervise(connection, parent)


def _supervise(connection: socket.socket, parent: int) -> NoReturn:
    """In a process of its own."""
    try:
        end_with(parent)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        connection = keep_only(connection)
        _answer(connection)
    except ConnectionError:
        pass  # nobody waits for the answers any more
    except Exception:
        traceback.print_exc()
    finally:
        os._exit(0)


def _answer(connection: socket.socket) -> None:
    frames = Frames(connection)
    messages: list[bytes] = []
    while not messages and not frames.ended:
        messages = [*frames.read()]
    if not messages:
        return
    with closing(Lanes(decode(messages[0], type=Job)).answers()) as answers:
        try:
            for ready in answers:
                if select.select([connection], [], [], 0)[0]:
                    return  # it has closed: it never says anything more
                if ready:
                    connection.sendall(_written(*ready))
        except SourceUnavailable as unavailable:
            connection.sendall(_written(NO_CHART, Answer(Head(unavailable=str(unavailable)))))


if __name__ == "__main__":
    serve(sys.argv[1])
