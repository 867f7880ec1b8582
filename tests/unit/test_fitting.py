"""How a dashboard's charts share what its results may weigh."""

from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET

from clerestory.dashboards import Chart, Number, Table
from clerestory_query.answers import Answer, answer_of
from clerestory_query.fitting import fitted
from clerestory_query.results import ChartRows

ROOM = 400_000
FIGURE = Chart("Figure", "SELECT 1", number=Number())
TABLE = Chart("Table", "SELECT 1", table=Table())
DRAWN = Chart("Drawn", "SELECT 1", vega_lite={"mark": "bar"})


def rows(count: int, size: int) -> Answer:
    """Each of so many bytes, with the line's end."""
    return answer_of(ChartRows("Chart", "chart", ["text"], ["text"], [["x" * (size - 5)]] * count))


def after(*charts: tuple[Chart, Answer]) -> list[Answer]:
    fitting = fitted(tuple(chart for chart, _ in charts), dict(enumerate(each for _, each in charts)), ROOM)
    return [fitting[at] for at in range(len(charts))]


def test_what_fits_stays_as_it_is() -> None:
    answers = [rows(1, 10), rows(100, 1_000), rows(100, 2_000)]
    assert after(*zip((FIGURE, TABLE, DRAWN), answers, strict=True)) == answers


def test_the_largest_table_is_cut_before_any_other() -> None:
    small, large, drawn = rows(50, 1_000), rows(900, 1_000), rows(100, 1_000)
    cut = after((TABLE, small), (TABLE, large), (DRAWN, drawn))
    assert (cut[0], cut[2]) == (small, drawn)
    assert cut[1].head.cut == 900
    assert 249_000 < cut[1].size + cut[0].size - 50_000 + cut[2].size - 100_000 <= 250_000


def test_large_tables_are_cut_to_one_size() -> None:
    one, other = after((TABLE, rows(900, 1_000)), (TABLE, rows(300, 1_000)))
    assert one.size == other.size
    assert ROOM / 2 - 1_000 < one.size <= ROOM / 2


def test_a_table_that_was_cut_before_remembers_how_many_rows_there_were() -> None:
    (cut,) = after((TABLE, rows(900, 1_000)))
    (again,) = fitted((TABLE,), {0: cut}, ROOM // 2).values()
    assert again.head.cut == 900
    assert ROOM / 2 - 1_000 < again.size <= ROOM / 2


def test_the_largest_drawn_chart_says_that_it_is_too_large_where_tables_are_small() -> None:
    small, middle = rows(30, 1_000), rows(200, 1_000)
    answers = after((TABLE, small), (DRAWN, middle), (DRAWN, rows(300, 1_000)))
    assert answers[:2] == [small, middle]
    assert answers[2].problem == "results-too-large"


@given(
    st.lists(
        st.tuples(st.sampled_from([FIGURE, TABLE, DRAWN]), st.integers(1, 300), st.integers(10, 5_000)),
        max_size=12,
    )
)
def test_whatever_there_is_fits_and_no_figure_pays_for_it(sizes: list[tuple[Chart, int, int]]) -> None:
    charts = [(chart, rows(1, 10) if chart is FIGURE else rows(count, size)) for chart, count, size in sizes]
    answers = after(*charts)
    assert sum(each.size for each in answers) <= ROOM
    for (chart, before), each in zip(charts, answers, strict=True):
        if each == before:
            continue
        assert chart is not FIGURE
        if chart is TABLE:
            assert each.head.cut not in (UNSET, None)
            assert (before.rows or b"").startswith(each.rows or b"")
            assert (each.rows or b"\n").endswith(b"\n")
        else:
            assert each.problem == "results-too-large"
