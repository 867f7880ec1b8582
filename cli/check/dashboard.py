"""One dashboard's file."""

from itertools import count
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from clerestory.dashboards import DAY, HOUR, Chart, Dashboard, Embed, Source, Variable
from clerestory.token_life import MAX_LIFE
from cli.check.charts import Draft, check_parameters, check_reads, check_tenants, complete, read_chart
from cli.check.fields import MAX_ID, Fields, spelt_duration
from cli.check.mistakes import Mistakes, did_you_mean
from cli.check.slugs import read_slug, slug_of
from cli.check.variables import read_variables
from cli.check.warm import read_warm
from cli.check.yaml_nodes import Broken, Sequence, read_file

KEYS = ("id", "slug", "title", "description", "source", "embed", "variables", "charts", "warm", "downloads")
# A token's life ends 24 hours after its `iat`, whatever a dashboard says.


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
    used = _source(fields, source, sources)
    dashboard = Dashboard(
        id=fields.whole("id", 1, MAX_ID, required=True),
        slug=read_slug(fields),
        title=fields.text("title", required=True),
        source=source,
        description=fields.text("description") or None,
        variables=variables,
        embed=_embed(fields),
        charts=_charts(fields, source, sources, variables),
        warm=read_warm(fields, used.tables if used else None, variables),
        downloads=fields.flag("downloads"),
        file=f"{file.parent.name}/{file.name}",
    )
    return DashboardFile(fields, dashboard)


def _source(fields: Fields, name: str, sources: dict[str, Source] | None) -> Source | None:
    """The source of that name; None where there is none to check against."""
    if not name or sources is None:
        return None
    if name not in sources:
        nearest = did_you_mean(name, sources)
        fields.wrong_at("source", f'"{name}" isn\'t one of organization.yaml{nearest}')
        return None
    return sources[name] if sources[name].tables else None


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


def _charts(
    fields: Fields, default: str, sources: dict[str, Source] | None, variables: dict[str, Variable]
) -> tuple[Chart, ...]:
    """`default` is the source of those that name none."""
    nodes = fields.items("charts", required=True)
    if not nodes and isinstance(fields.node("charts"), Sequence):
        fields.wrong_at("charts", "must have at least one chart")
    drafts = [read_chart(node, fields, number) for number, node in enumerate(nodes, 1)]
    _check_titles(drafts)
    charts = tuple(_chart(draft, default, sources, variables) for draft in drafts)
    return _with_slugs(drafts, charts)


def _chart(
    draft: Draft, default: str, sources: dict[str, Source] | None, variables: dict[str, Variable]
) -> Chart:
    check_parameters(draft, variables)
    named = draft.chart.source
    known = sources or {}
    source = _source(draft.fields, named, sources) if named else known.get(default)
    tables = source.tables if source else {}
    if tables:
        check_reads(draft, tables)
    if source:
        check_tenants(draft, source, variables)
    return complete(draft, named or default, tables, variables)


def _check_titles(drafts: list[Draft]) -> None:
    titles: dict[str, int] = {}
    for draft in drafts:
        title, line = draft.chart.title, draft.fields.line_of("title")
        if title and titles.setdefault(title, line) != line:
            draft.fields.wrong(line, f"the title is taken: also on line {titles[title]}")


def _with_slugs(drafts: list[Draft], charts: tuple[Chart, ...]) -> tuple[Chart, ...]:
    """Each chart's own slug, or one made from its title that no other has."""
    lines: dict[str, int] = {}
    for draft in drafts:
        slug, line = draft.chart.slug, draft.fields.line_of("slug")
        if slug and lines.setdefault(slug, line) != line:
            draft.fields.wrong(line, f"the slug {slug} is taken: also on line {lines[slug]}")
    taken = set(lines)
    named: list[Chart] = []
    for number, chart in enumerate(charts, 1):
        slug = chart.slug or _free(slug_of(chart.title) or f"chart-{number}", taken)
        taken.add(slug)
        named.append(replace(chart, slug=slug))
    return tuple(named)


def _free(slug: str, taken: set[str]) -> str:
    numbered = (f"{slug[:60]}-{number}" for number in count(2))
    return slug if slug not in taken else next(each for each in numbered if each not in taken)
