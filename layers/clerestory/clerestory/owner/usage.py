"""New-token embeds for each dashboard and day, from the counts' shards."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from msgspec import Struct

from clerestory.dashboards import DashboardSummary

MAX_DAYS = 400


class ShardCount(Struct, frozen=True):
    """`day` is a day of UTC, as ISO text."""

    day: str
    dashboard: str
    embeds: int


class DayUsage(Struct, frozen=True):
    date: str
    count: int


class DashboardUsage(Struct, frozen=True):
    """`slug` and `title` are None for a dashboard that is gone."""

    dashboard: int
    slug: str | None
    title: str | None
    total: int
    days: list[DayUsage]


class Usage(Struct, frozen=True, rename={"start": "from", "end": "to"}):
    """Both days are included."""

    start: str
    end: str
    total: int
    dashboards: list[DashboardUsage]


def usage(
    dashboards: Sequence[DashboardSummary],
    start: date,
    end: date,
    counts: Iterable[ShardCount],
    only: int | None = None,
) -> Usage:
    """Every one of the organization's dashboards, and those that are gone but were embedded then."""
    days: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for count in counts:
        days[int(count.dashboard)][count.day] += count.embeds
    known = {each.id: each for each in dashboards}
    shown = known.keys() | days.keys() if only is None else {only}
    counted = [_of(number, known.get(number), days[number]) for number in sorted(shown)]
    total = sum(each.total for each in counted)
    return Usage(start.isoformat(), end.isoformat(), total, counted)


def _of(number: int, summary: DashboardSummary | None, days: Mapping[str, int]) -> DashboardUsage:
    return DashboardUsage(
        dashboard=number,
        slug=summary.slug if summary else None,
        title=summary.title if summary else None,
        total=sum(days.values()),
        days=[DayUsage(day, count) for day, count in sorted(days.items())],
    )
