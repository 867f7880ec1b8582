"""Which chart is computed when, in which process, and for how long.

Each lane is a process that computes one chart at a time. A chart that takes long is overtaken: another
lane goes on with those that wait. Where all lanes are taken up by such charts, the one that has run
longest is set aside, once, and begins again after those that wait.
"""

import selectors
import time
from collections import deque
from collections.abc import Callable, Generator
from dataclasses import dataclass

from clerestory_query.answers import CRASHED, OUT_OF_TIME, TOO_LARGE, Answer, failed, read_answer
from clerestory_query.engine import Limits, SourceUnavailable
from clerestory_query.engines import engine_of
from clerestory_query.frames import TooLongError
from clerestory_query.jobs import Job
from clerestory_query.lane import BEGUN, Lane
from clerestory_query.results import OUT_OF_MEMORY, QUERY_TIMED_OUT, ChartProblem

LANES = 3
OVERTAKEN_AFTER = 0.25
"""Seconds of a chart after which another lane goes on with the others."""
SET_ASIDE_AFTER = 0.5
"""Seconds after which it even gives up its lane. What it has done by then is lost."""
GRACE = 0.5
"""Seconds that a query has to end by itself once it was asked to."""
TICK = 0.05

Ready = tuple[int, Answer]


@dataclass
class Task:
    """One chart. `alone` is one that gets all of the memory, after the others."""

    chart: int
    set_aside: bool = False
    alone: bool = False


@dataclass
class Busy:
    """A lane, and what it does. `began` is when it did: a new process takes a moment until then. `hurried`
    says that the run's end leaves the chart less than its own time."""

    lane: Lane
    task: Task | None = None
    began: float | None = None
    ends: float = 0
    hurried: bool = False


class Lanes:
    """One run's processes. All of them are gone when `answers` ends, or is closed."""

    def __init__(self, job: Job, clock: Callable[[], float] = time.monotonic) -> None:
        self._job = job
        for source in job.sources.values():
            engine_of(source, job.data, Limits())  # loaded here, each lane has it from the start
        self._clock = clock
        self._deadline = clock() + job.seconds
        self._waiting = deque(Task(at) for at in range(len(job.charts)))
        self._later: deque[Task] = deque()
        self._alone: deque[Task] = deque()
        self._lanes: list[Busy] = []
        self._ready: list[Ready] = []
        self._selector = selectors.DefaultSelector()

    def answers(self) -> Generator[Ready | None, None, None]:
        """Each chart's as it is ready, and None now and then while there is none. Raises
        SourceUnavailable."""
        try:
            while self._goes_on():
                self._end_late()
                self._make_way()
                self._assign()
                if not self._ready:
                    self._listen()
                if not self._ready:
                    yield None
                yield from self._ready
                self._ready = []
        finally:
            for each in [*self._lanes]:
                self._end(each)
            self._selector.close()

    def _goes_on(self) -> bool:
        return bool(self._queue() or any(each.task for each in self._lanes))

    def _queue(self) -> deque[Task]:
        return self._waiting or self._later or self._alone

    def _assign(self) -> None:
        while queue := self._queue():
            if self._deadline <= self._clock():
                self._answer(queue.popleft(), OUT_OF_TIME)
            elif free := self._free(queue[0]):
                self._begin(free, queue.popleft())
            else:
                return

    def _free(self, task: Task) -> Busy | None:
        """A lane for it, if it may begin now."""
        if task.alone:
            return None if any(each.task for each in self._lanes) else self._only_one()
        for each in self._lanes:
            if each.task is None:
                return each
        if len(self._lanes) == LANES or any(self._ran(each) < OVERTAKEN_AFTER for each in self._lanes):
            return None
        for each in self._lanes:
            each.lane.give_way()
        return self._start(self._job.memory // LANES)

    def _only_one(self) -> Busy:
        for each in [*self._lanes]:
            self._end(each)
        return self._start(self._job.memory)

    def _start(self, memory: int) -> Busy:
        started = Busy(Lane(self._job, memory))
        self._lanes.append(started)
        self._selector.register(started.lane.socket, selectors.EVENT_READ, started)
        return started

    def _end(self, ended: Busy) -> None:
        self._selector.unregister(ended.lane.socket)
        self._lanes.remove(ended)
        ended.lane.end()

    def _begin(self, free: Busy, task: Task) -> None:
        now = self._clock()
        own, left = self._job.charts[task.chart].seconds, self._deadline - now
        free.task, free.began, free.hurried, free.ends = task, None, left < own, now + min(own, left)
        free.lane.begin(task.chart, min(own, left))

    def _ran(self, busy: Busy) -> float:
        return 0 if busy.task is None or busy.began is None else self._clock() - busy.began

    def _make_way(self) -> None:
        """For those that have not begun yet."""
        if not self._waiting or len(self._lanes) < LANES:
            return
        if any(self._ran(each) < OVERTAKEN_AFTER for each in self._lanes):
            return
        longest = max(self._lanes, key=self._ran)
        if longest.task and not longest.task.set_aside and self._ran(longest) >= SET_ASIDE_AFTER:
            longest.task.set_aside = True
            self._later.append(longest.task)
            self._end(longest)

    def _end_late(self) -> None:
        for each in [*self._lanes]:
            if each.task and self._clock() > each.ends + GRACE:
                self._end(each)
                self._answer(each.task, OUT_OF_TIME if each.hurried else QUERY_TIMED_OUT)

    def _listen(self) -> None:
        for key, _ in self._selector.select(TICK):
            busy: Busy = key.data
            try:
                for message in busy.lane.frames.read():
                    self._take(busy, message)
            except TooLongError:
                self._lost(busy, TOO_LARGE)
            if busy.lane.frames.ended and busy in self._lanes:
                self._lost(busy, CRASHED)

    def _take(self, busy: Busy, message: bytes) -> None:
        if message == BEGUN:
            busy.began = self._clock()
            return
        answer = read_answer(message)
        task, busy.task = busy.task, None
        if answer.head.unavailable:
            raise SourceUnavailable(answer.head.unavailable)
        if task is None:
            return
        if answer.problem == OUT_OF_MEMORY.code:
            self._end(busy)  # what it holds is not worth finding out
            self._again_alone(task, OUT_OF_MEMORY)
        elif answer.problem == QUERY_TIMED_OUT.code and busy.hurried:
            self._answer(task, OUT_OF_TIME)
        else:
            self._ready.append((task.chart, answer))

    def _lost(self, busy: Busy, problem: ChartProblem) -> None:
        """Its process has ended, or must."""
        self._end(busy)
        if busy.task:
            self._again_alone(busy.task, problem)

    def _again_alone(self, task: Task, problem: ChartProblem) -> None:
        """Where it had the process to itself already, that is its problem."""
        if task.alone:
            self._answer(task, problem)
        else:
            task.alone = True
            self._alone.append(task)

    def _answer(self, task: Task, problem: ChartProblem) -> None:
        self._ready.append((task.chart, failed(self._job.charts[task.chart], problem)))
