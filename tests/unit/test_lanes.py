"""One chart never takes another with it, whatever its query does. With the real engine, in real processes."""

import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import duckdb
import pytest
from msgspec import structs
from msgspec.json import decode, encode

from clerestory.dashboards import Chart, Number, Source, SourceTable, Table, Variable
from clerestory_query.answers import Answer
from clerestory_query.fitting import MAX_BYTES
from clerestory_query.forker import ForkerGone, answers_from
from clerestory_query.jobs import Data, Job
from tests.forking import Forking, alive, children, forking, started, until

DAYS = {"days": SourceTable(("days.parquet",), "parquet")}
SOURCES = {"days": Source("duckdb", DAYS)}
ENDLESS = "SELECT count(*) FROM range(10000000000) a, range(100000) b WHERE a.range + b.range < 0"
MEMORY = 1_513 << 20
COUNT = "SELECT count(*) FROM days"
SOME_SECONDS = "SELECT count(*) FROM range(100000) a, range(10000) b WHERE a.range + b.range < 0"
HALF_A_SECOND = SOME_SECONDS.replace("10000)", "2000)")
HUNGRY = "SELECT list(range) FROM range(200000000)"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Data:
    folder = tmp_path_factory.mktemp("data")
    duckdb.sql("SELECT range AS day FROM range(365)").write_parquet(str(folder / "days.parquet"))
    return Data(str(folder))


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Forking]:
    with forking(tmp_path_factory.mktemp("own")) as own:
        yield own


@pytest.fixture
def fork(own: Forking) -> Forking:
    """With no run in it."""
    until(lambda: not own.supervisors())
    return own


def figure(sql: str, title: str = "Figure", seconds: int = 20) -> Chart:
    return Chart(title, sql, source="days", reads=("days",), number=Number(), seconds=seconds)


def table(sql: str, title: str = "Table") -> Chart:
    return Chart(title, sql, source="days", reads=("days",), table=Table())


def drawn(sql: str, title: str = "Drawn") -> Chart:
    return Chart(title, sql, source="days", reads=("days",), vega_lite={"mark": "bar"})


def job(data: Data, *charts: Chart, seconds: float = 30, memory: int = MEMORY, **env: Any) -> Job:
    variables = {name: Variable(type="date") for name in env}
    return Job(SOURCES, data, charts, variables, env, seconds, memory)


def answered(path: str, asked_for: Job) -> dict[int, tuple[Any, float]]:
    """Each chart as it is shown, and after how many seconds."""
    began = time.monotonic()
    return {
        ready[0]: (shown(ready[1]), time.monotonic() - began)
        for ready in answers_from(path, asked_for)
        if ready
    }


def shown(answer: Answer) -> Any:
    return decode(encode(answer.shown()))


def code(chart: tuple[Any, float]) -> str | None:
    problem: str | None = chart[0].get("problem", {}).get("code")
    return problem


# Time


def test_an_endless_query_keeps_no_quick_one_waiting(forker: str, data: Data) -> None:
    charts = answered(forker, job(data, figure(ENDLESS, seconds=2), *[figure(COUNT)] * 3))
    assert code(charts[0]) == "query-timed-out"
    for quick in (1, 2, 3):
        assert charts[quick][0]["rows"] == [[365]]
        assert charts[quick][1] < 1.5


def test_nor_do_several_of_them(forker: str, data: Data) -> None:
    endless = [figure(ENDLESS, seconds=1)] * 4
    charts = answered(forker, job(data, *endless, figure(COUNT)))
    assert [code(charts[at]) for at in range(4)] == ["query-timed-out"] * 4
    assert charts[4][0]["rows"] == [[365]]
    assert charts[4][1] < 3


def test_a_chart_has_its_own_time_and_no_more(forker: str, data: Data) -> None:
    (chart,) = answered(forker, job(data, figure(ENDLESS, seconds=1))).values()
    assert code(chart) == "query-timed-out"
    assert 1 <= chart[1] < 2.5


def test_a_chart_that_the_runs_time_was_too_short_for_does_not_say_that_it_took_too_long(
    forker: str, data: Data
) -> None:
    charts = answered(forker, job(data, *[figure(ENDLESS)] * 4, seconds=1.2))
    assert [code(charts[at]) for at in range(4)] == ["run-timed-out"] * 4
    assert max(seconds for _, seconds in charts.values()) < 3


def test_a_run_without_time_says_so(forker: str, data: Data) -> None:
    assert code(answered(forker, job(data, figure(COUNT), seconds=0))[0]) == "run-timed-out"


def test_dates_from_the_first_year_to_the_last_are_an_interval_like_others(forker: str, data: Data) -> None:
    sql = (
        "SELECT count(DISTINCT minute) FROM (SELECT unnest(generate_series("
        "$FROM::TIMESTAMP, $TO::TIMESTAMP, INTERVAL 1 MINUTE)) AS minute)"
    )
    hostile = Chart("Days", sql, source="days", parameters=("FROM", "TO"), number=Number(), seconds=3)
    asked_for = job(data, hostile, figure(COUNT), FROM="0001-01-01", TO="9999-12-31")
    charts = answered(forker, asked_for)
    assert code(charts[0]) in {"out-of-memory", "query-timed-out"}
    assert charts[1][0]["rows"] == [[365]]
    assert max(seconds for _, seconds in charts.values()) < 9


def test_a_table_that_is_slow_to_open_keeps_only_those_waiting_that_read_it(forker: str, data: Data) -> None:
    lines = "".join(f"{number},{'x' * 200}\n" for number in range(200_000))
    (Path(data.location) / "slow.csv").write_text(f"n,text\n{lines * 4}")
    slow = Chart(
        "Slow", "SELECT max(text) FROM slow", source="slow", reads=("slow",), number=Number(), seconds=1
    )
    sources = SOURCES | {"slow": Source("duckdb", {"slow": SourceTable(("slow.csv",), "csv")} | DAYS)}
    quick = [structs.replace(figure(COUNT, seconds=3), source="slow") for _ in range(3)]
    asked_for = Job(sources, data, (slow, *quick), {}, {}, 30, MEMORY)
    charts = answered(forker, asked_for)
    assert [charts[at][0].get("rows") for at in (1, 2, 3)] == [[[365]]] * 3


# Memory


def test_a_query_that_needs_more_memory_than_there_is_says_so(forker: str, data: Data) -> None:
    charts = answered(forker, job(data, figure(HUNGRY), figure(COUNT)))
    assert code(charts[0]) == "out-of-memory"
    assert charts[1][0]["rows"] == [[365]]


def test_one_that_needs_more_than_its_share_gets_all_of_it_in_the_end(forker: str, data: Data) -> None:
    sql = "SELECT len(list(range)) FROM range(20000000)"  # 320 MB
    charts = answered(forker, job(data, figure(sql), figure(COUNT), memory=1_000 << 20))
    assert charts[0][0]["rows"] == [[20_000_000]]
    assert charts[1][1] < charts[0][1]


def test_rows_that_do_not_fit_into_memory_are_a_matter_of_memory(forker: str, data: Data) -> None:
    flood = table("SELECT repeat('x', 1000000) AS text FROM range(9000)")
    charts = answered(forker, job(data, flood, figure(COUNT)))
    assert code(charts[0]) == "out-of-memory"
    assert charts[1][0]["rows"] == [[365]]


# Size


def test_a_table_is_cut_and_says_how_many_rows_there_were(forker: str, data: Data) -> None:
    chart = answered(forker, job(data, table("SELECT range AS n FROM range(25000)")))[0][0]
    assert chart["cut"] == 25_000
    assert chart["rows"] == [[at] for at in range(10_000)]


def test_a_table_of_large_rows_is_cut_too(forker: str, data: Data) -> None:
    sql = "SELECT range AS n, repeat('x', 500) AS text FROM range(9000)"
    charts = answered(forker, job(data, table(sql), figure(COUNT)))
    assert charts[0][0]["cut"] == 9_000
    assert 0 < len(charts[0][0]["rows"]) < MAX_BYTES / 500
    assert charts[1][0]["rows"] == [[365]]


def test_a_table_that_fits_is_whole(forker: str, data: Data) -> None:
    chart = answered(forker, job(data, table("SELECT range AS n FROM range(10000)")))[0][0]
    assert len(chart["rows"]) == 10_000
    assert "cut" not in chart


@pytest.mark.parametrize(
    ("sql", "problem"),
    [
        ("SELECT range AS n FROM range(10001)", "too-many-rows"),
        ("SELECT range AS n, repeat('<', 500) AS text FROM range(9000)", "results-too-large"),
    ],
)
def test_a_drawn_chart_that_is_too_large_says_so(forker: str, data: Data, sql: str, problem: str) -> None:
    charts = answered(forker, job(data, drawn(sql), figure(COUNT)))
    assert code(charts[0]) == problem
    assert charts[1][0]["rows"] == [[365]]


# Death


def test_a_chart_whose_process_is_killed_is_computed_in_another(fork: Forking, data: Data) -> None:
    killed, rows = 0, {}
    for ready in answers_from(fork.path, job(data, figure(HALF_A_SECOND), figure(COUNT))):
        killed = killed or fork.kill_lanes()
        if ready:
            rows[ready[0]] = shown(ready[1])["rows"]
    assert killed
    assert rows == {0: [[0]], 1: [[365]]}


def test_one_that_dies_again_says_so_and_takes_no_other_with_it(fork: Forking, data: Data) -> None:
    """Lanes are killed for as long as the first chart has no answer, and only while they compute it."""
    charts: dict[int, Any] = {}
    for ready in answers_from(fork.path, job(data, figure(COUNT), figure(ENDLESS), figure(COUNT))):
        if ready:
            charts[ready[0]] = shown(ready[1])
        if len(charts) == 2:
            fork.kill_lanes()
    assert charts[0]["rows"] == charts[2]["rows"] == [[365]]
    assert charts[1]["problem"]["code"] == "query-failed"


def test_a_run_that_nobody_waits_for_ends(fork: Forking, data: Data) -> None:
    answers = answers_from(fork.path, job(data, figure(ENDLESS)))
    until(lambda: next(answers) is None and bool(fork.lanes()))
    lanes = fork.lanes()
    answers.close()  # type: ignore[attr-defined]
    until(lambda: not any(map(alive, lanes)) and not fork.supervisors())


def test_a_run_whose_supervisor_is_killed_fails_and_leaves_no_lane(fork: Forking, data: Data) -> None:
    answers = answers_from(fork.path, job(data, figure(ENDLESS)))
    until(lambda: next(answers) is None and bool(fork.lanes()))
    lanes = fork.lanes()
    (supervisor,) = fork.supervisors()
    os.kill(supervisor, signal.SIGKILL)
    with pytest.raises(ForkerGone):
        list(answers)
    until(lambda: not any(map(alive, lanes)))


# Nothing is left behind


def test_twenty_runs_at_once_leave_nothing_behind(fork: Forking, data: Data) -> None:
    asked_for = job(data, figure(COUNT), figure(ENDLESS, seconds=1), table(COUNT), memory=200 << 20)
    answered(fork.path, asked_for)
    until(lambda: not fork.supervisors())
    files, memory = fork.files(), fork.memory()
    with ThreadPoolExecutor(20) as threads:
        runs = list(threads.map(lambda _: answered(fork.path, asked_for), range(20)))
    assert [[code(run[at]) for at in range(3)] for run in runs] == [[None, "query-timed-out", None]] * 20
    until(lambda: not fork.supervisors())
    assert fork.files() == files
    assert fork.memory() < memory + 256  # a megabyte


WARM = """
import os, sys
from msgspec.json import decode
from clerestory_query.jobs import Job
from clerestory_query.lanes import Lanes

quick, slow = (decode(job, type=Job) for job in sys.argv[1:])
def left():
    pages = int(open("/proc/self/statm").read().split()[1])
    return len(os.listdir("/proc/self/fd")), open(f"/proc/self/task/{os.getpid()}/children").read(), pages
for run in range(20):
    job = slow if run % 5 == 4 else quick
    assert len([ready for ready in Lanes(job).answers() if ready]) == len(job.charts)
    if run == 4:
        before = left()
files, children, pages = left()
print(files - before[0], repr(children), pages - before[2] < 256)
"""


def test_twenty_runs_one_after_another_leave_nothing_in_the_functions_process(data: Data) -> None:
    charts = (figure(COUNT), table(COUNT), figure("SELECT error('x')"))
    jobs = job(data, *charts), job(data, figure(HALF_A_SECOND), *charts)
    with started(WARM, *(encode(each).decode() for each in jobs)) as process:
        output, _ = process.communicate()
    assert output == "0 '' True\n"


HOLDING = """
import sys
from pathlib import Path
from local.forker import forker

with forker(Path(sys.argv[1])) as path:
    print(path, flush=True)
    sys.stdin.read()
    import threading
    threading.Event().wait()
"""


def test_the_forker_ends_with_who_started_it_however_that_ends(tmp_path: Path, data: Data) -> None:
    with started(HOLDING, str(tmp_path)) as holding:
        assert holding.stdout
        path = holding.stdout.readline().strip()
        (forked,) = children(holding.pid)
        answers = answers_from(path, job(data, figure(ENDLESS)))
        own = Forking(path, forked)
        until(lambda: next(answers) is None and bool(own.lanes()))
        everyone = [forked, *own.supervisors(), *own.lanes()]
        holding.kill()
    until(lambda: not any(map(alive, everyone)))
