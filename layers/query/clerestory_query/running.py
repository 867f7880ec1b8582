"""One run: every chart of a dashboard for one token's variables, once."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any, Protocol

from msgspec import Struct
from msgspec.json import encode

from clerestory.catalog import Catalog
from clerestory.dashboards import Dashboard, Organization
from clerestory.inline_json import script_safe
from clerestory.records import Run, retry_pause
from clerestory_query.answers import Answer
from clerestory_query.engine import SourceUnavailable
from clerestory_query.failures import Failure, failure_of, with_detail
from clerestory_query.fitting import fitted
from clerestory_query.jobs import Data, Job
from clerestory_query.results import DATA_UNREADABLE

SHOW_AFTER = 0.4
"""Seconds that a chart which is ready waits for others, so that they are shown together."""

Computing = Callable[[Job], Iterator[tuple[int, Answer] | None]]
"""Yields each chart's answer as it is ready, and None now and then while there is none."""


class Document(Struct, frozen=True):
    """What `GET …/results` answers. Times are epoch seconds. While the run goes on it has those charts that
    are ready, in their order."""

    dashboard: int
    title: str
    computed_at: int
    expires_at: int
    charts: list[dict[str, Any]]


class ClaimedRuns(Protocol):
    def claim(self, token: str, fence: int, runner: str) -> bool: ...
    def show(self, token: str, fence: int, results: str) -> bool: ...
    def publish(self, token: str, fence: int, results: str) -> bool: ...
    def release(self, token: str, fence: int, retry_at: int) -> bool: ...


class Store(Protocol):
    def write(self, organization: str, token: str, fence: int, document: bytes) -> str: ...


class Runner:
    """`failed` is told of each chart that failed, and answers what its author is told in the chart's card."""

    def __init__(
        self,
        catalog: Catalog,
        data: Callable[[], Data],
        records: ClaimedRuns,
        store: Store,
        computing: Computing,
        clock: Callable[[], float],
        failed: Callable[[Organization, Failure], str | None],
    ) -> None:
        self._catalog = catalog
        self._data = data
        self._records = records
        self._store = store
        self._computing = computing
        self._clock = clock
        self._failed = failed

    def run(self, run: Run, runner: str, seconds: float, memory: int) -> str:
        """Computes and publishes, in at most that many seconds. The answer says what became of it:
        `published`, or why not: `claimed` (another has it), `overtaken`, `outdated`."""
        organization, dashboard = self._find(run)
        if dashboard is None or organization is None or dashboard.version != run.version:
            return "outdated"
        if not self._records.claim(run.token, run.fence, runner):
            return "claimed"
        try:
            job = self._job(organization, dashboard, run, seconds, memory)
            document = self._compute(organization, dashboard, run, job)
            results = self._store.write(run.organization, run.token, run.fence, document)
        except BaseException:
            self._records.release(run.token, run.fence, int(self._clock()) + retry_pause(run.fence))
            raise
        return "published" if self._records.publish(run.token, run.fence, results) else "overtaken"

    def _find(self, run: Run) -> tuple[Organization | None, Dashboard | None]:
        organization = self._catalog.organization(run.organization)
        return organization, (self._catalog.dashboard(organization, run.dashboard) if organization else None)

    def _job(self, of: Organization, dashboard: Dashboard, run: Run, seconds: float, memory: int) -> Job:
        sources = {chart.source: of.sources[chart.source] for chart in dashboard.charts}
        return Job(sources, self._data(), dashboard.charts, dashboard.variables, run.env, seconds, memory)

    def _compute(self, organization: Organization, dashboard: Dashboard, run: Run, job: Job) -> bytes:
        answers: dict[int, Answer] = {}
        show_at: float | None = None
        for ready in self._computing(job):
            now = self._clock()
            if ready:
                at, answer = ready
                answers[at] = self._reported(organization, dashboard, at, answer)
                answers = fitted(dashboard.charts, answers)
                show_at = show_at or now + SHOW_AFTER
            if show_at and now >= show_at and len(answers) < len(dashboard.charts):
                self._show(dashboard, run, answers)
                show_at = None
        if {answer.problem for answer in answers.values()} == {DATA_UNREADABLE.code}:
            raise SourceUnavailable("no chart's data could be read")
        return self._document(dashboard, run, answers)

    def _reported(self, organization: Organization, dashboard: Dashboard, at: int, answer: Answer) -> Answer:
        failure = failure_of(dashboard, dashboard.charts[at], answer)
        detail = self._failed(organization, failure) if failure else None
        return with_detail(answer, detail) if detail else answer

    def _show(self, dashboard: Dashboard, run: Run, answers: dict[int, Answer]) -> None:
        """Where the whole will stand, so that a run has one object however long it takes."""
        document = self._document(dashboard, run, answers)
        with suppress(Exception):  # the whole comes later, and says what is wrong
            results = self._store.write(run.organization, run.token, run.fence, document)
            self._records.show(run.token, run.fence, results)

    def _document(self, dashboard: Dashboard, run: Run, answers: dict[int, Answer]) -> bytes:
        charts = [answers[at].shown() for at in sorted(answers)]
        document = Document(dashboard.id, dashboard.title, int(self._clock()), run.expires_at, charts)
        return script_safe(encode(document))  # embed inlines it in a page's script element as it is
