"""New-token embeds for each dashboard and day, from the counts' shards."""

from collections import Counter
from collections.abc import Iterable
from datetime import date

from msgspec import Struct

from clerestory.dashboards import Organization

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
    organization: Organization, start: date, end: date, counts: Iterable[ShardCount], only: int | None = None
) -> Usage:
    """Every dashboard of the organization, and those that are gone but were embedded then."""
    days: Counter[tuple[str, str]] = Counter()
    for count in counts:
        days[count.dashboard, count.day] += count.embeds
    named = {str(dashboard.id) for dashboard in organization.dashboards}
    shown = named | {dashboard for dashboard, _ in days} if only is None else {str(only)}
    dashboards = [_of(organization, dashboard, days) for dashboard in sorted(shown, key=int)]
    total = sum(dashboard.total for dashboard in dashboards)
    return Usage(start.isoformat(), end.isoformat(), total, dashboards)


def _of(organization: Organization, dashboard: str, days: Counter[tuple[str, str]]) -> DashboardUsage:
    definition = organization.dashboard(dashboard)
    own = sorted((day, count) for (counted, day), count in days.items() if counted == dashboard)
    return DashboardUsage(
        dashboard=int(dashboard),
        slug=definition.slug if definition else None,
        title=definition.title if definition else None,
        total=sum(count for _, count in own),
        days=[DayUsage(day, count) for day, count in own],
    )
