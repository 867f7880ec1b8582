"""A dashboard that reads a tenant's table locks the variable that says whose rows they are."""

from pathlib import Path

import pytest

from tests.unit.check_pack import DASHBOARD, ORGANIZATION, changed, compiled, mistakes

LOCKED = '  ACCT_ID: {type: string, claim: "custom:acct_id"}\n'
SQL = "    sql: SELECT count(*) FROM flights\n"


def at_the_sql(line: int, needs: str) -> str:
    return (
        f'dashboard.yaml:{line}: chart "Flights": sql reads flights, whose rows are a tenant\'s: '
        f"ACCT_ID needs {needs} (or say unscoped: true)"
    )


def test_the_variable_is_declared(tmp_path: Path) -> None:
    assert mistakes(tmp_path, dashboard=changed(DASHBOARD, LOCKED, "")) == [
        at_the_sql(10, 'its place in "variables", with a claim')
    ]


@pytest.mark.parametrize("unlocked", ["{type: string}", "{type: string, default: UA}"])
def test_the_variable_is_locked(tmp_path: Path, unlocked: str) -> None:
    text = changed(DASHBOARD, LOCKED, f"  ACCT_ID: {unlocked}\n")
    assert mistakes(tmp_path, dashboard=text) == [at_the_sql(11, "a claim")]


def test_a_locked_list_is_several_tenants(tmp_path: Path) -> None:
    text = changed(DASHBOARD, LOCKED, '  ACCT_ID: {type: string, list: true, claim: "custom:acct_id"}\n')
    assert mistakes(tmp_path, dashboard=text) == []


@pytest.mark.parametrize(
    "sql",
    [
        "WITH f AS (SELECT * FROM flights) SELECT * FROM f",
        "SELECT (SELECT count(*) FROM Flights)",
        "SELECT name FROM airlines UNION ALL SELECT carrier FROM flights",
    ],
)
def test_however_the_table_is_read(tmp_path: Path, sql: str) -> None:
    text = changed(changed(DASHBOARD, LOCKED, ""), SQL, f"    sql: {sql}\n")
    assert mistakes(tmp_path, dashboard=text) == [at_the_sql(10, 'its place in "variables", with a claim')]


def test_a_shared_table_needs_none(tmp_path: Path) -> None:
    text = changed(changed(DASHBOARD, LOCKED, ""), "FROM flights", "FROM airlines")
    assert mistakes(tmp_path, dashboard=text) == []


def test_an_unscoped_chart_needs_none(tmp_path: Path) -> None:
    text = changed(changed(DASHBOARD, LOCKED, ""), SQL, SQL + "    unscoped: true\n")
    _, dashboard = compiled(tmp_path, dashboard=text)
    assert dashboard.charts[0].unscoped


OTHER = ORGANIZATION + (
    "  ships:\n    type: duckdb\n    tables:\n      ships: {files: ships.csv, tenant: {owner: ACCT_ID}}\n"
)


def test_a_chart_may_read_another_source(tmp_path: Path) -> None:
    text = changed(DASHBOARD, SQL, "    source: ships\n    sql: SELECT count(*) FROM ships\n")
    _, dashboard = compiled(tmp_path, OTHER, text)
    assert [(chart.source, chart.reads) for chart in dashboard.charts] == [("ships", ("ships",))]


def test_a_chart_reads_its_own_source_only(tmp_path: Path) -> None:
    (mistake,) = mistakes(tmp_path, OTHER, changed(DASHBOARD, SQL, "    source: ships\n" + SQL))
    assert mistake.startswith('dashboard.yaml:12: chart "Flights": sql must not read "flights"')


def test_a_charts_source_is_one_of_the_organizations(tmp_path: Path) -> None:
    (mistake,) = mistakes(tmp_path, OTHER, changed(DASHBOARD, SQL, "    source: ship\n" + SQL))
    assert mistake == (
        'dashboard.yaml:11: chart "Flights": source "ship" isn\'t one of organization.yaml: '
        'did you mean "ships"?'
    )


@pytest.mark.parametrize("seconds", [1, 20, 50])
def test_a_chart_has_seconds_of_its_own(tmp_path: Path, seconds: int) -> None:
    _, dashboard = compiled(tmp_path, dashboard=changed(DASHBOARD, SQL, f"{SQL}    seconds: {seconds}\n"))
    assert dashboard.charts[0].seconds == seconds


@pytest.mark.parametrize("seconds", ["0", "51", "1.5", "5s", "true"])
def test_seconds_are_whole_and_few(tmp_path: Path, seconds: str) -> None:
    (mistake,) = mistakes(tmp_path, dashboard=changed(DASHBOARD, SQL, f"{SQL}    seconds: {seconds}\n"))
    assert mistake.startswith('dashboard.yaml:12: chart "Flights": seconds must be ')
