"""A dashboard's own keys: each rule with what passes and what doesn't."""

from pathlib import Path

import pytest

from clerestory.dashboards import DAY, HOUR, Embed, Warm
from tests.unit.check_pack import DASHBOARD, changed, compiled, mistakes

EMBED = "embed: {lifetime: 24h, share_window: 1h}"


def test_what_a_dashboard_compiles_to(tmp_path: Path) -> None:
    _, dashboard = compiled(tmp_path)
    assert (dashboard.id, dashboard.slug, dashboard.title, dashboard.source) == (
        38727,
        "on-time-performance",
        "On-time performance",
        "flights",
    )
    assert dashboard.embed == Embed(DAY, HOUR, False)
    assert [chart.title for chart in dashboard.charts] == ["Flights"]


@pytest.mark.parametrize(("line", "expected"), [("", False), ("downloads: true\n", True)])
def test_data_can_be_saved_only_where_the_dashboard_says_so(
    tmp_path: Path, line: str, expected: bool
) -> None:
    _, dashboard = compiled(tmp_path, dashboard=line + DASHBOARD)
    assert dashboard.downloads is expected


WRONG = [
    ("id: 38727", "id: 0", "1: id must be a positive integer, not the number 0"),
    ("id: 38727", "id: 9999999999999999",
     "1: id must be a positive integer, not the number 9999999999999999"),
    ("slug: on-time-performance", "slug: '2013'", '2: slug can\'t be "2013": digits alone would be an id'),
    ("title: On-time performance", "title: 13", "3: title must be text, not the number 13: put it in quotes"),
    ("title: On-time performance", "title: [a]", "3: title must be text, not a list"),
    ("title: On-time performance", "titel: a", '3: unknown key "titel": did you mean "title"?'),
    ("source: flights", "source: flight", '4: source "flight" isn\'t one of organization.yaml: did you mean '
     '"flights"?'),
    ("source: flights", "# none", '1: the key "source" is missing'),
    ("embed: {lifetime", "embed: {life", '5: embed: unknown key "life": did you mean "lifetime"?'),
    ("source: flights", "source: flights\ndownloads: often",
     '5: downloads must be true or false, not "often"'),
    ("charts:", "chart:", '1: the key "charts" is missing'),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "expected"), WRONG)
def test_what_is_wrong_in_a_dashboard(tmp_path: Path, old: str, new: str, expected: str) -> None:
    assert f"dashboard.yaml:{expected}" in mistakes(tmp_path, dashboard=changed(DASHBOARD, old, new))


@pytest.mark.parametrize("charts", ["charts: []", "charts: {}", "charts: 5"])
def test_a_dashboard_has_a_chart(tmp_path: Path, charts: str) -> None:
    found = mistakes(tmp_path, dashboard=DASHBOARD.split("charts:")[0] + charts)
    assert [each.split(": ")[0] for each in found] == ["dashboard.yaml:9"]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("{lifetime: 90s}", Embed(90, 22)),
        ("{lifetime: 15m}", Embed(900, 225)),
        ("{lifetime: 8h}", Embed(8 * HOUR, HOUR)),
        ("{lifetime: 1d}", Embed(DAY, HOUR)),
        ("{lifetime: 86400}", Embed(DAY, HOUR)),
        ("{lifetime: 24h, share_window: 6h}", Embed(DAY, 6 * HOUR)),
        ("{lifetime: 1s}", Embed(1, 1)),
        ("{viewer_bound: true}", Embed(DAY, HOUR, True)),
        ("{}", Embed()),
    ],
)
def test_how_tokens_are_minted(tmp_path: Path, written: str, expected: Embed) -> None:
    _, dashboard = compiled(tmp_path, dashboard=changed(DASHBOARD, EMBED, f"embed: {written}"))
    assert dashboard.embed == expected


NOT_A_TIME = "must be a time such as 90s, 15m, 24h or 30d, or whole seconds, not"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("lifetime: 25h", "lifetime must be at most 24h: no token lives longer"),
        ("lifetime: 86401", "lifetime must be at most 24h: no token lives longer"),
        ("lifetime: 0s", f'lifetime {NOT_A_TIME} "0s"'),
        ("lifetime: -5", f"lifetime {NOT_A_TIME} the number -5"),
        ("lifetime: 1.5", f"lifetime {NOT_A_TIME} the number 1.5"),
        ("lifetime: 1 h", f'lifetime {NOT_A_TIME} "1 h"'),
        ("lifetime: true", f"lifetime {NOT_A_TIME} true"),
        ("lifetime: [1h]", f"lifetime {NOT_A_TIME} a list"),
        ("share_window: 7h", "share_window must be at most a quarter of lifetime (6h), not 7h"),
        ("share_window: 0", f"share_window {NOT_A_TIME} the number 0"),
        ("viewer_bound: 1", "viewer_bound must be true or false, not the number 1"),
    ],
)
def test_how_tokens_can_not_be_minted(tmp_path: Path, written: str, expected: str) -> None:
    found = mistakes(tmp_path, dashboard=changed(DASHBOARD, EMBED, f"embed:\n  {written}"))
    assert found == [f"dashboard.yaml:6: embed: {expected}"]


def test_rows_that_warm_a_dashboard(tmp_path: Path) -> None:
    sql = "SELECT DISTINCT carrier AS acct_id FROM airlines"
    _, dashboard = compiled(tmp_path, dashboard=f"{DASHBOARD}warm: {{sql: {sql}}}\n")
    assert dashboard.warm == Warm(sql, 13)


@pytest.mark.parametrize("sql", ["SELECT * FROM airlines", "SELECT 'UA' AS ACCT_ID UNION SELECT 'AA'"])
def test_more_rows_that_warm_a_dashboard(tmp_path: Path, sql: str) -> None:
    assert mistakes(tmp_path, dashboard=f'{DASHBOARD}warm: {{sql: "{sql}"}}\n') == []


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT carrier AS ACCT_ID\nFROM airline",
         '2: warm: sql must not read "airline": it isn\'t a table of the source: did you mean "airlines"?'),
        ("SELECT carrier AS ACCT_ID\nFROM airlines\nWHERE carrier = $ACCT_ID", "3: warm: sql must have no "
         "parameters, not $ACCT_ID: its rows give the values"),
        ("SELECT carrier AS ACCT_ID,\n  faa AS ORIGINS FROM airlines",
         '2: warm: sql has the column "ORIGINS", which isn\'t a variable: did you mean "ORIGIN"?'),
        ("SELECT carrier AS ACCT_ID,\n  1 FROM airlines",
         "2: warm: sql has a column without a name, which isn't a variable: there is ACCT_ID, ORIGIN"),
        ("SELECT faa AS ORIGIN\nFROM airports",
         '1: warm: sql gives no value for the locked variable ACCT_ID: name a column with "AS ACCT_ID"'),
        ("DELETE FROM airlines", "1: warm: sql must be one SELECT, not DELETE"),
    ],
)  # fmt: skip
def test_what_can_not_warm_a_dashboard(tmp_path: Path, sql: str, expected: str) -> None:
    lines = "".join(f"    {line}\n" for line in sql.splitlines())
    found = mistakes(tmp_path, dashboard=f"{DASHBOARD}warm:\n  sql: |\n{lines}")
    line, message = expected.split(": ", 1)
    assert found == [f"dashboard.yaml:{14 + int(line)}: {message}"]


def test_warm_needs_its_sql(tmp_path: Path) -> None:
    assert mistakes(tmp_path, dashboard=DASHBOARD + "warm: {}\n") == [
        'dashboard.yaml:13: warm: the key "sql" is missing'
    ]
