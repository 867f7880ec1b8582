"""One dashboard's file."""

import re
from pathlib import Path

from msgspec import Struct

from clerestory.dashboards import DAY, HOUR, Chart, Dashboard, Embed, Source, Variable
from clerestory.token_life import MAX_LIFE
from cli.check.charts import check_isolation, check_parameters, check_reads, read_chart
from cli.check.fields import MAX_ID, Fields, spelt_duration
from cli.check.mistakes import Mistakes, did_you_mean
from cli.check.variables import read_variables
from cli.check.warm import read_warm
from cli.check.yaml_nodes import Broken, Sequence, read_file

KEYS = ("id", "slug", "title", "description", "source", "embed", "variables", "charts", "warm", "downloads")
# A token's life ends 24 hours after its `iat`, whatever a dashboard says.
_SLUG = re.compile(r"[a-z0-9-]{1,64}", re.ASCII)


class DashboardFile(Struct, frozen=True):
    """A file's dashboard, right only where `fields.mistakes` has none."""

    fields: Fields
    dashboard: Dashboard


def read_dashboard(file: Path, sources: dict[str, Source] | None) -> DashboardFile:
    """`sources` are the organization's; None where they aren't known for mistakes of its own file."""
    mistakes = Mistakes(file)
    fields = Fields(read_file(file, mistakes) or Broken(1), mistakes, "", KEYS)
    variables = read_variables(fields, mistakes)
    source = fields.text("source", required=True)
    tables = _tables(fields, source, sources)
    dashboard = Dashboard(
        id=fields.whole("id", 1, MAX_ID, required=True),
        slug=read_slug(fields),
        title=fields.text("title", required=True),
        source=source,
        description=fields.text("description") or None,
        variables=variables,
        embed=_embed(fields),
        charts=_charts(fields, tables, variables),
        warm=read_warm(fields, tables, variables),
        downloads=fields.flag("downloads"),
    )
    return DashboardFile(fields, dashboard)


def read_slug(fields: Fields) -> str:
    slug = fields.text("slug", required=True)
    if slug and not _SLUG.fullmatch(slug):
        fields.wrong_at("slug", f'can\'t be "{slug}": it is at most 64 of a to z, 0 to 9 and -')
    elif slug.isdigit():
        fields.wrong_at("slug", f'can\'t be "{slug}": digits alone would be an id')
    return slug


def _tables(fields: Fields, source: str, sources: dict[str, Source] | None) -> list[str] | None:
    if not source or sources is None:
        return None
    if source not in sources:
        nearest = did_you_mean(source, sources)
        fields.wrong_at("source", f'"{source}" isn\'t one of organization.yaml{nearest}')
        return None
    return list(sources[source].files) or None


def _embed(dashboard: Fields) -> Embed:
    node = dashboard.node("embed")
    if node is None:
        return Embed()
    fields = Fields(node, dashboard.mistakes, "embed", ("lifetime", "share_window", "viewer_bound"))
    lifetime = fields.duration("lifetime") or DAY
    if lifetime > MAX_LIFE:
        fields.wrong_at("lifetime", "must be at most 24h: no token lives longer")
        lifetime = MAX_LIFE
    quarter = max(1, lifetime // 4)
    window = fields.duration("share_window")
    if window > quarter:
        spelt = f"({spelt_duration(quarter)}), not {spelt_duration(window)}"
        fields.wrong_at("share_window", f"must be at most a quarter of lifetime {spelt}")
    return Embed(lifetime, window or min(HOUR, quarter), fields.flag("viewer_bound"))


def _charts(fields: Fields, tables: list[str] | None, variables: dict[str, Variable]) -> tuple[Chart, ...]:
    nodes = fields.items("charts", required=True)
    if not nodes and isinstance(fields.node("charts"), Sequence):
        fields.wrong_at("charts", "must have at least one chart")
    drafts = [read_chart(node, fields, number) for number, node in enumerate(nodes, 1)]
    titles: dict[str, int] = {}
    for draft in drafts:
        title, line = draft.chart.title, draft.fields.line_of("title")
        if title and titles.setdefault(title, line) != line:
            draft.fields.wrong(line, f"the title is taken: also on line {titles[title]}")
        check_parameters(draft, variables)
        if tables is not None:
            check_reads(draft, tables)
    if tables is not None:
        check_isolation(drafts, tables, variables)
    return tuple(draft.chart for draft in drafts)
