"""The same start and the same request with few dashboards and with many: neither should take longer."""

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
COLD_ROUNDS, WARM_ROUNDS = 31, 7
BUDGET = 1.02


def many(stage: Stage) -> Iterator[Comparison]:
    few = _with(stage, FEW)
    for count in MANY:
        staged, floor = _with(stage, count), f"with {FEW}"
        with canned_aws(stage.answers) as aws:
            for name in ("mint", "embed"):
                both = first_answer(staged, name, aws), first_answer(few, name, aws)
                what = f"{name}: a fresh process, {count:,} dashboards"
                yield Comparison(what, *alternated(*both, COLD_ROUNDS), floor, BUDGET)
        for name in ("mint", "embed"):
            what = f"{name}: one warm request, {count:,} dashboards"
            medians = alternated(_warm(staged, name), _warm(few, name), WARM_ROUNDS)
            yield Comparison(what, *medians, floor, BUDGET)


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
