"""One run: every chart of a dashboard for one token's variables, once."""

from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

from msgspec import Struct
from msgspec.json import encode

from clerestory.catalog import Catalog
from clerestory.dashboards import Chart, Dashboard, Organization
from clerestory.inline_json import script_safe
from clerestory.records import Run, retry_pause
from clerestory_query.engine import Engine, QueryFailed, Scope
from clerestory_query.results import ChartFailure, ChartProblem, ChartRows

MAX_BYTES = 4_000_000
"""Of a dashboard's results: a function's answer ends at 6 MB, base64 and page included."""
SHOW_EVERY = 1.0
"""Seconds after which a run that goes on shows the charts that it has."""
TOO_LARGE = ChartProblem("results-too-large", "The dashboard's results are too large to show")

Results = ChartRows | ChartFailure


class Document(Struct, frozen=True):
    """What `GET …/results` answers. Times are epoch seconds. While the run goes on it has the first charts
    only, in their order."""

    dashboard: int
    title: str
    computed_at: int
    expires_at: int
    charts: list[Results]


class ClaimedRuns(Protocol):
    def claim(self, token: str, fence: int, runner: str) -> bool: ...
    def show(self, token: str, fence: int, results: str) -> bool: ...
    def publish(self, token: str, fence: int, results: str) -> bool: ...
    def release(self, token: str, fence: int, retry_at: int) -> bool: ...


class Store(Protocol):
    def write(self, organization: str, token: str, fence: int, document: bytes) -> str: ...


class Runner:
    def __init__(
        self,
        catalog: Catalog,
        engines: Callable[[str], Engine],
        records: ClaimedRuns,
        store: Store,
        clock: Callable[[], float],
    ) -> None:
        self._catalog = catalog
        self._engines = engines
        self._records = records
        self._store = store
        self._clock = clock

    def run(self, run: Run, runner: str, seconds: float) -> str:
        """Computes and publishes, in at most that many seconds. The answer says what became of it:
        `published`, or why not: `claimed` (another has it), `overtaken`, `outdated`."""
        organization, dashboard = self._find(run)
        if dashboard is None or organization is None or dashboard.version != run.version:
            return "outdated"
        if not self._records.claim(run.token, run.fence, runner):
            return "claimed"
        try:
            document = self._compute(organization, dashboard, run, self._clock() + seconds)
            results = self._store.write(run.organization, run.token, run.fence, document)
        except BaseException:
            self._records.release(run.token, run.fence, int(self._clock()) + retry_pause(run.fence))
            raise
        return "published" if self._records.publish(run.token, run.fence, results) else "overtaken"

    def _find(self, run: Run) -> tuple[Organization | None, Dashboard | None]:
        organization = self._catalog.organization(run.organization)
        return organization, (self._catalog.dashboard(organization, run.dashboard) if organization else None)

    def _compute(self, organization: Organization, dashboard: Dashboard, run: Run, deadline: float) -> bytes:
        charts: list[Results] = []
        shown_at = self._clock()
        scope = Scope(dashboard.variables, run.env)
        if True:
            for chart in dashboard.charts:
                charts.append(self._chart(organization, chart, scope, deadline))
                if len(charts) < len(dashboard.charts) and self._clock() >= shown_at + SHOW_EVERY:
                    self._show(dashboard, run, charts)
                    shown_at = self._clock()
        whole = self._document(dashboard, run, charts)
        if len(whole) <= MAX_BYTES:
            return whole
        return self._document(
            dashboard, run, [ChartFailure(chart.title, chart.slug, TOO_LARGE) for chart in charts]
        )

    def _chart(self, organization: Organization, chart: Chart, scope: Scope, deadline: float) -> Results:
        source = organization.sources[chart.source]
        engine = self._engines(source.type)
        try:
            with engine.opened(source, chart.reads, scope, chart.unscoped) as session:
                return session.compute(chart, deadline - self._clock())
        except QueryFailed as why:
            return ChartFailure(chart.title, chart.slug, why.problem)

    def _show(self, dashboard: Dashboard, run: Run, charts: list[Results]) -> None:
        """Where the whole will stand, so that a run has one object however long it takes."""
        document = self._document(dashboard, run, charts)
        if len(document) > MAX_BYTES:
            return
        with suppress(Exception):  # the whole comes later, and says what is wrong
            results = self._store.write(run.organization, run.token, run.fence, document)
            self._records.show(run.token, run.fence, results)

    def _document(self, dashboard: Dashboard, run: Run, charts: list[Results]) -> bytes:
        document = Document(dashboard.id, dashboard.title, int(self._clock()), run.expires_at, charts)
        return script_safe(encode(document))  # embed inlines it in a page's script element as it is
