"""A run of a dashboard's queries: what it shows on its way, and what it publishes in the end."""

from collections.abc import Callable, Iterator
from gzip import decompress
from pathlib import Path
from typing import Any
from uuid import uuid4

import duckdb
import pytest
from msgspec import to_builtins
from msgspec.json import decode

from clerestory.aws.ledger import Ledger
from clerestory.aws.results import Results
from clerestory.catalog import Catalog
from clerestory.dashboards import Chart, Dashboard, Number, Organization, Source, SourceTable, versioned
from clerestory.records import Record, Run, first_run
from clerestory.tokens import Token
from clerestory_query.answers import Answer, answer_of, failed
from clerestory_query.engine import EngineError, SourceUnavailable
from clerestory_query.failures import Failure
from clerestory_query.forker import answers_from
from clerestory_query.jobs import Data, Job
from clerestory_query.results import QUERY_FAILED, ChartRows
from clerestory_query.running import SHOW_AFTER, Runner
from tests.aws.clock import Clock
from tests.aws.faults import Faults, error

TITLES = ("First", "Second", "Third")
SOURCES = {"days": Source("duckdb", {"days": SourceTable(("days.parquet",), "parquet")})}
CHARTS = tuple(
    Chart(title, f"SELECT {at} AS n FROM days", title.lower(), "days", reads=("days",), number=Number())
    for at, title in enumerate(TITLES)
)
DASHBOARD = versioned(Dashboard(1, "slow", "Slow", "days", CHARTS, file="airlines/slow.yaml"), SOURCES)
AIRLINES = Organization(16417, "airlines", sources=SOURCES)
TOKEN = "c0ffee" * 10
MEMORY = 1 << 30
Events = Iterator[tuple[int, Answer] | None]


def rows(chart: int) -> ChartRows:
    title = TITLES[chart]
    return ChartRows(title, title.lower(), ["n"], ["integer"], [[chart]])


class Query:
    """The query function with its table and bucket. `events` are the charts that are ready, each after so
    many seconds."""

    def __init__(self, client: Callable[[str], Any], table: str, data: Path) -> None:
        self.clock = Clock(1_700_000_000)
        self.s3, self.ledger = client("s3"), Ledger(client("dynamodb"), table)
        self._bucket = f"results-{uuid4()}"
        self.s3.create_bucket(Bucket=self._bucket)
        self.store = Results(self.s3, self._bucket)
        self.data = Data(str(data))
        self.token = Run("16417", "1", TOKEN, {}, 1_700_009_000, DASHBOARD.version, fence=1)
        record = first_run(
            token=TOKEN, organization="16417", dashboard="1", epoch=1, expires_at=self.token.expires_at,
            version=self.token.version, now=self.clock.now,
        )  # fmt: skip
        self.ledger.open(record, self.clock.now)
        self.failures: list[Failure] = []
        self.detail: str | None = None

    def _note(self, _: Organization, failure: Failure) -> str | None:
        self.failures.append(failure)
        return self.detail

    def run(self, computing: Callable[[Job], Events]) -> str:
        catalog = Catalog.of((AIRLINES, (DASHBOARD,)))
        runner = Runner(
            catalog, lambda: self.data, self.ledger, self.store, computing, self.clock, self._note
        )
        return runner.run(self.token, "runner", 600, MEMORY)

    def ready(self, *charts: tuple[int | None, float]) -> Callable[[Job], Events]:
        """Each chart's answer, so many seconds after the one before. None stands for none."""

        def answers(_: Job) -> Events:
            for chart, seconds in charts:
                self.clock.now += seconds
                yield (None if chart is None else (chart, answer_of(rows(chart))))

        return answers

    def keys(self) -> list[str]:
        listed = self.s3.list_objects_v2(Bucket=self._bucket).get("Contents", [])
        return [each["Key"].rpartition("/")[2] for each in listed]

    def record(self) -> Record:
        token = Token("text", TOKEN, "kid", "16417", "1", {}, self.token.expires_at, None)
        standing = self.ledger.standing(token, "16417", "1", self.clock.now)
        assert standing.record is not None
        return standing.record

    def watched(self) -> list[Any]:
        """What a viewer is shown each time that the run has more to show."""
        shown: list[Any] = []
        show = self.ledger.show

        def watching(token: str, fence: int, results: str) -> bool:
            done = show(token, fence, results)
            shown.append(self.shown())
            return done

        self.ledger.show = watching  # type: ignore[method-assign]
        return shown

    def shown(self) -> Any:
        results = self.record().results
        return results and decode(decompress(self.store.read(results)))


@pytest.fixture
def query(client: Callable[[str], Any], table: str, tmp_path: Path) -> Query:
    duckdb.sql("SELECT 1 AS day").write_parquet(str(tmp_path / "days.parquet"))
    return Query(client, table, tmp_path)


def titles(document: Any) -> list[str]:
    return [chart["title"] for chart in document["charts"]]


SLOWLY = ((2, SHOW_AFTER), (None, SHOW_AFTER), (0, SHOW_AFTER), (None, SHOW_AFTER), (1, SHOW_AFTER))


def test_it_publishes_what_the_engine_has_computed(query: Query, forker: str) -> None:
    assert query.run(lambda job: answers_from(forker, job)) == "published"
    charts = query.shown()["charts"]
    assert charts == [to_builtins(rows(at)) for at in range(3)]


def test_a_chart_that_fails_is_reported_with_what_its_author_is_told(query: Query) -> None:
    why = EngineError("BinderException", "no column", position=3)
    query.detail = "slow.yaml:7: no column"

    def failing(_: Job) -> Events:
        yield from ((at, answer_of(rows(at))) for at in (0, 2))
        yield 1, failed(CHARTS[1], QUERY_FAILED, why)

    assert query.run(failing) == "published"
    (failure,) = query.failures
    assert (failure.chart.slug, failure.code, failure.error) == ("second", "query-failed", why)
    assert "no column" not in str(failure.facts)
    problem = query.shown()["charts"][1]["problem"]
    assert problem == {"code": "query-failed", "title": QUERY_FAILED.title, "detail": query.detail}


def test_charts_are_shown_as_they_are_ready_in_the_dashboards_order(query: Query) -> None:
    shown = query.watched()
    assert query.run(query.ready(*SLOWLY)) == "published"
    assert [titles(document) for document in shown] == [["Third"], ["First", "Third"]]
    assert query.keys() == ["1.json.gz"]
    assert titles(query.shown()) == list(TITLES)
    assert query.record().ready(query.token.version)


def test_charts_that_are_ready_together_are_shown_together(query: Query) -> None:
    shown = query.watched()
    query.run(query.ready((1, 0), (0, SHOW_AFTER / 2), (None, SHOW_AFTER / 2), (2, 0)))
    assert [titles(document) for document in shown] == [["First", "Second"]]


def test_a_quick_one_writes_its_results_once(query: Query) -> None:
    shown = query.watched()
    assert query.run(query.ready((0, 0), (1, 0), (None, 0), (2, 0))) == "published"
    assert shown == []


def test_what_cannot_be_shown_on_the_way_ends_no_run(query: Query) -> None:
    Faults(query.s3).next("PutObject", *[error("AccessDenied", 403)] * 2)
    assert query.run(query.ready(*SLOWLY)) == "published"
    assert titles(query.shown()) == list(TITLES)


def test_a_run_whose_source_cannot_be_read_is_tried_again_later(query: Query, forker: str) -> None:
    (Path(query.data.location) / "days.parquet").unlink()
    with pytest.raises(SourceUnavailable):
        query.run(lambda job: answers_from(forker, job))
    assert query.record().lease_until < query.clock.now + 60


def test_a_run_that_was_taken_over_shows_nothing_more(query: Query) -> None:
    query.clock.now += 1_000
    taken = query.ledger.take_over(query.record(), query.token.version, query.clock.now)
    assert taken is not None
    assert not query.ledger.show(TOKEN, 1, f"16417/{TOKEN}/1.json.gz")
    assert query.record().results is None


def test_the_next_run_begins_with_nothing(query: Query) -> None:
    query.ledger.show(TOKEN, 1, f"16417/{TOKEN}/1.json.gz")
    assert query.record().shows(query.token.version)
    query.clock.now += 1_000
    taken = query.ledger.take_over(query.record(), query.token.version, query.clock.now)
    assert taken == query.record()
    assert not query.record().shows(query.token.version)
