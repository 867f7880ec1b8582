"""What a chart gives, rows or failure, is the same with and without other tenants' rows beside the tenant's.

A failure names its seed: `generated(seed).sql` is the query.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from msgspec import Struct

from cli.check.sql_functions import FUNCTIONS
from tests.query.both_data_sets import (
    Both,
    Outcome,
    alone_with_its_columns,
    checked,
    opened,
    outcome,
)
from tests.query.function_calls import VOLATILE, calls
from tests.query.select_generator import generated
from tests.query.two_data_sets import SOURCE

SEEDS = 2_500
CALLS = 2
"""Of each function, in each place that it can stand in. The long run has more."""
EVERY_CONSTRUCT = 1
COPIES = 250


class Compared(Struct):
    """`ran` counts the constructs of the queries that didn't fail, `outcomes` what came of all."""

    outcomes: Counter[str]
    ran: Counter[str]
    different: list[str]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="module")
def both(folder: Path) -> Iterator[Both]:
    with opened(folder) as sessions:
        yield sessions


@pytest.fixture(scope="module")
def selects(both: Both) -> Compared:
    return compared_selects(both, range(SEEDS))


def compared_selects(both: Both, seeds: Iterable[int], seconds: float = 30) -> Compared:
    result = Compared(Counter(), Counter(), [])
    for seed in seeds:
        query = generated(seed)
        chart = checked(query.sql)
        if chart is None:
            result.outcomes["refused"] += 1
            continue
        alone, among = both.compared(chart, query.ordered, seconds)
        result.outcomes[_kind(alone)] += 1
        if not alone.failure:
            result.ran.update(query.constructs)
        if alone != among:
            result.different.append(
                f"seed {seed}: {query.sql}\n  alone: {alone!r:.300}\n  among: {among!r:.300}"
            )
    return result


def compared_calls(both: Both, most: int) -> Compared:
    result = Compared(Counter(), Counter(), [])
    for call in calls(most):
        chart = checked(call.sql)
        if chart is None:
            result.outcomes["refused"] += 1
            continue
        alone, among = both.compared(chart, ordered=True)
        result.outcomes[_kind(alone)] += 1
        if not alone.failure:
            result.ran[call.function] += 1
        same = _kind(alone) == _kind(among) if call.function in VOLATILE else alone == among
        if not same:
            result.different.append(f"{call.sql}\n  alone: {alone!r:.300}\n  among: {among!r:.300}")
    return result


def _kind(outcome: Outcome) -> str:
    return "failed" if outcome.failure else "rows" if outcome.rows else "no rows"


def test_generated_selects_give_the_same(selects: Compared) -> None:
    assert selects.different == []


def test_a_good_share_of_the_selects_gives_rows_and_a_good_share_fails(selects: Compared) -> None:
    assert selects.outcomes["rows"] > 0.5 * SEEDS
    assert selects.outcomes["failed"] > 0.12 * SEEDS
    assert selects.outcomes["refused"] < 0.1 * SEEDS


CONSTRUCTS = """
aggregate,all,anti join,any,asof join,asof left join,common,correlated subquery,cross join,cte,cube,distinct,except
except all,exists subquery,full join,generate_series,group by 1, 2,group by all,grouping sets,having,in subquery
inequality,intersect,intersect all,join,lateral,left join,limit percent,limit without order,materialized cte
named window,natural join,not exists subquery,not materialized cte,order by,pivot,positional join,qualify
recursive cte,recursive walk,right join,rollup,row comparison,sample,scalar subquery,semi join,subquery in from
tablesample,trap,union,union all,union by name,unnest,unpivot,values,where,whole row,window
"""


def test_every_construct_is_among_those_that_run(selects: Compared) -> None:
    constructs = {
        each for line in CONSTRUCTS.strip().splitlines() for each in line.replace("1, 2", "1; 2").split(",")
    }
    wanted = {each.replace("1; 2", "1, 2") for each in constructs} | {
        f"table {name}" for name in SOURCE.tables
    }
    wanted.discard("table common")  # which has no tenant, and stands in joins
    assert {each: selects.ran[each] for each in wanted if selects.ran[each] < EVERY_CONSTRUCT} == {}


def test_every_function_gives_the_same(both: Both) -> None:
    functions = compared_calls(both, CALLS)
    assert functions.different == []
    assert FUNCTIONS - functions.ran.keys() == set()  # each could be called, over the tenant's own rows


def test_what_is_copied_of_a_tenants_rows_is_all_that_a_select_needs(folder: Path, both: Both) -> None:
    missing = []
    for seed in range(SEEDS, SEEDS + COPIES):
        query = generated(seed)
        chart = checked(query.sql)
        if chart is None or chart.columns is None:
            continue
        whole = outcome(both.alone, chart, query.ordered)
        if not whole.failure and alone_with_its_columns(folder, chart, query.ordered) != whole:
            missing.append(f"seed {seed}: {query.sql}")
    assert missing == []


def test_without_the_filter_most_differ(folder: Path) -> None:
    with opened(folder, unscoped=True) as sessions:
        result = compared_selects(sessions, range(20), seconds=0.2)
    assert len(result.different) > 9
