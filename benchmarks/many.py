"""The same start and the same request with few dashboards and with many: neither should take longer.

What counts is for how long the processor works: what else the machine does differs by more than these could.
"""

from collections.abc import Iterator
from pathlib import Path

from msgspec.structs import replace

from benchmarks.comparing import Comparison, Measure, alternated
from benchmarks.speed import canned_aws, first_answer, warm_request
from benchmarks.stage import FOLDER, Stage, dashboard_of
from clerestory.catalog import Catalog, read_catalog
from clerestory.dashboards import Dashboard, Organization

FEW, MANY = 2, (2_000, 20_000)
EACH = 100
"""Dashboards of an organization."""
COLD_ROUNDS, WARM_ROUNDS = 21, 3
BUDGET = 1.02


def many(stage: Stage) -> Iterator[Comparison]:
    few, floor = _with(stage, FEW), f"with {FEW}"
    for count in MANY:
        staged = _with(stage, count)
        with canned_aws(stage.answers) as aws:
            for name in ("mint", "embed"):
                ours, floors = (first_answer(each, name, aws, worked=True) for each in (staged, few))
                what = f"{name}: a fresh process, {count:,} dashboards"
                yield Comparison(what, *alternated(ours, floors, COLD_ROUNDS), floor, BUDGET)
        for name in ("mint", "embed"):
            ours, floors = (_warm(each, name) for each in (staged, few))
            what = f"{name}: one warm request, {count:,} dashboards"
            yield Comparison(what, *alternated(ours, floors, WARM_ROUNDS), floor, BUDGET)


def _warm(stage: Stage, name: str) -> Measure:
    return lambda: warm_request(stage, name)[0]


def _with(stage: Stage, count: int) -> Stage:
    """The same stage with so many dashboards, the one that is asked for among them."""
    organization, dashboard = dashboard_of(read_catalog(Path(stage.dashboards)))
    folder = FOLDER / f"{count}-dashboards"
    Catalog.of(*_teams(organization, dashboard, count)).write(folder)
    return replace(stage, dashboards=str(folder))


def _teams(
    organization: Organization, dashboard: Dashboard, count: int
) -> Iterator[tuple[Organization, tuple[Dashboard, ...]]]:
    numbered = [
        replace(dashboard, id=10**6 + number, slug=f"{dashboard.slug}-{number}") for number in range(1, count)
    ]
    everything = (dashboard, *numbered)
    for number in range(0, count, EACH):
        team = organization
        if number:
            team = replace(team, id=10**6 + number, slug=f"{team.slug}-{number}")
        yield team, everything[number : number + EACH]
