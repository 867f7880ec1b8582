"""Charts' slugs: their own, or made from their titles."""

from pathlib import Path

import pytest

from tests.unit.check_pack import DASHBOARD, changed, compiled, mistakes

CHART = '  - title: "{title}"\n    sql: SELECT 1\n    number: {{}}\n'


def slugs(folder: Path, *titles: str) -> list[str]:
    charts = "".join(CHART.format(title=title) for title in titles)
    _, dashboard = compiled(folder, dashboard=DASHBOARD.split("  - title")[0] + charts)
    return [chart.slug for chart in dashboard.charts]


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Flights", "flights"),
        ("Delay, by month (minutes)", "delay-by-month-minutes"),
        ("Verspätung à l'heure", "verspatung-a-l-heure"),
        ("2013", "chart-2013"),
        ("航班", "chart-1"),
        ("!!!", "chart-1"),
        ("x" * 80, "x" * 58),
    ],
)
def test_a_slug_is_made_from_the_title(tmp_path: Path, title: str, slug: str) -> None:
    assert slugs(tmp_path, title) == [slug]


def test_made_slugs_are_unique(tmp_path: Path) -> None:
    assert slugs(tmp_path, "Late", "late!", "Late?", "航班") == ["late", "late-2", "late-3", "chart-4"]


def test_a_made_slug_gives_way_to_a_later_charts_own(tmp_path: Path) -> None:
    own = CHART.format(title="Other").replace("    sql", "    slug: flights\n    sql")
    _, dashboard = compiled(tmp_path, dashboard=DASHBOARD + own)
    assert [chart.slug for chart in dashboard.charts] == ["flights-2", "flights"]


def test_own_slugs_are_unique(tmp_path: Path) -> None:
    text = changed(DASHBOARD, "  - title: Flights\n", "  - title: Flights\n    slug: all\n")
    text += CHART.format(title="Other").replace("    sql", "    slug: all\n    sql")
    assert mistakes(tmp_path, dashboard=text) == [
        'dashboard.yaml:15: chart "Other": the slug all is taken: also on line 11'
    ]


@pytest.mark.parametrize("slug", ["Late", "a_b", "7", "é", "x" * 65])
def test_what_is_no_slug(tmp_path: Path, slug: str) -> None:
    text = changed(DASHBOARD, "  - title: Flights\n", f'  - title: Flights\n    slug: "{slug}"\n')
    found = mistakes(tmp_path, dashboard=text)
    assert len(found) == 1
    assert found[0].startswith(f'dashboard.yaml:11: chart "Flights": slug can\'t be "{slug}"')
