"""A run of a dashboard's queries: what it shows on its way, and what it publishes in the end."""

from collections.abc import Callable
from gzip import decompress
from pathlib import Path
from typing import Any
from uuid import uuid4

import duckdb
import pytest
from clerestory_query.charts import ChartFailure
from msgspec.json import decode

from clerestory.aws.ledger import Ledger
from clerestory.aws.results import Results
from clerestory.catalog import Catalog
from clerestory.dashboards import Chart, Dashboard, Number, Organization, Source, definition_version
from clerestory.records import Record, Run, first_run
from clerestory.tokens import Token
from clerestory_query.duckdb_source import Folder, Limits
from clerestory_query.running import MAX_BYTES, SHOW_EVERY, Runner
from tests.aws.clock import Clock
from tests.aws.faults import Faults, error

TITLES = ("First", "Second", "Third")
SOURCES = {"days": Source(type="duckdb", files={"days": "days.parquet"})}
CHARTS = tuple(
    Chart(title, f"SELECT {at} AS n FROM days", number=Number()) for at, title in enumerate(TITLES)
)
DASHBOARD = Dashboard(1, "slow", "Slow", "days", CHARTS)
AIRLINES = Organization(16417, "airlines", sources=SOURCES)
TOKEN = "c0ffee" * 10


class Slow(Clock):
    """A clock by which everything takes some seconds."""

    def __init__(self, now: float, seconds: float) -> None:
        super().__init__(now)
        self._seconds = seconds

    def __call__(self) -> float:
        self.now += self._seconds
        return self.now


class Query:
    """The query function with its table, bucket and engine."""

    def __init__(self, client: Callable[[str], Any], table: str, data: Path, seconds: float) -> None:
        self.clock = Slow(1_700_000_000, seconds)
        self.s3, self.ledger = client("s3"), Ledger(client("dynamodb"), table)
        self._bucket = f"results-{uuid4()}"
        self.s3.create_bucket(Bucket=self._bucket)
        self.store = Results(self.s3, self._bucket)
        self.run = Run("16417", "1", TOKEN, {}, 1_700_009_000, definition_version(DASHBOARD), fence=1)
        limits, catalog = Limits(), Catalog.of((AIRLINES, (DASHBOARD,)))
        self.runner = Runner(catalog, lambda: Folder(data), self.ledger, self.store, limits, self.clock)
        record = first_run(
            token=TOKEN, organization="16417", dashboard="1", epoch=1, expires_at=self.run.expires_at,
            version=self.run.version, now=self.clock.now,
        )  # fmt: skip
        self.ledger.open(record, self.clock.now)

    def keys(self) -> list[str]:
        listed = self.s3.list_objects_v2(Bucket=self._bucket).get("Contents", [])
        return [each["Key"].rpartition("/")[2] for each in listed]

    def record(self) -> Record:
        token = Token("text", TOKEN, "kid", "16417", "1", {}, self.run.expires_at, None)
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
def data(tmp_path: Path) -> Path:
    duckdb.sql("SELECT 1 AS day").write_parquet(str(tmp_path / "days.parquet"))
    return tmp_path


@pytest.fixture
def slow(client: Callable[[str], Any], table: str, data: Path) -> Query:
    return Query(client, table, data, SHOW_EVERY)


def titles(document: Any) -> list[str]:
    return [chart["title"] for chart in document["charts"]]


def test_a_run_that_takes_long_shows_the_charts_that_it_has(slow: Query) -> None:
    shown = slow.watched()
    assert slow.runner.run(slow.run, "runner", 600) == "published"
    assert [titles(document) for document in shown] == [["First"], ["First", "Second"]]
    assert slow.keys() == ["1.json.gz"]
    assert titles(slow.shown()) == list(TITLES)
    assert slow.record().ready(slow.run.version)


def test_a_quick_one_writes_its_results_once(client: Callable[[str], Any], table: str, data: Path) -> None:
    quick = Query(client, table, data, 0)
    assert quick.runner.run(quick.run, "runner", 600) == "published"
    assert quick.keys() == ["1.json.gz"]


def test_what_cannot_be_shown_on_the_way_ends_no_run(slow: Query) -> None:
    Faults(slow.s3).next("PutObject", *[error("AccessDenied", 403)] * 2)
    assert slow.runner.run(slow.run, "runner", 600) == "published"
    assert titles(slow.shown()) == list(TITLES)


def test_a_run_that_was_taken_over_shows_nothing_more(slow: Query) -> None:
    slow.clock.now += 1_000
    taken = slow.ledger.take_over(slow.record(), slow.run.version, slow.clock.now)
    assert taken is not None
    assert not slow.ledger.show(TOKEN, 1, f"16417/{TOKEN}/1.json.gz")
    assert slow.record().results is None


def test_the_next_run_begins_with_nothing(slow: Query) -> None:
    slow.ledger.show(TOKEN, 1, f"16417/{TOKEN}/1.json.gz")
    assert slow.record().shows(slow.run.version)
    slow.clock.now += 1_000
    taken = slow.ledger.take_over(slow.record(), slow.run.version, slow.clock.now)
    assert taken == slow.record()
    assert not slow.record().shows(slow.run.version)


def test_charts_that_are_too_large_wait_for_the_whole(slow: Query, monkeypatch: pytest.MonkeyPatch) -> None:
    huge = ChartFailure("x" * MAX_BYTES, problem=None)  # type: ignore[arg-type]
    monkeypatch.setattr("clerestory_query.running.computed", lambda *_: huge)
    shown = slow.watched()
    slow.runner.run(slow.run, "runner", 600)
    assert shown == []
    assert {chart["problem"]["code"] for chart in slow.shown()["charts"]} == {"results-too-large"}
