"""A dashboard's charts: each rule with what passes and what doesn't."""

from pathlib import Path

import pytest

from clerestory.dashboards import Chart, Number, Table
from tests.unit.check_pack import DASHBOARD, changed, compiled, mistakes

NUMBER = 'number: {format: ",d"}'
SQL = "SELECT count(*) FROM flights"


def one_chart(folder: Path, way: str) -> Chart:
    _, dashboard = compiled(folder, dashboard=changed(DASHBOARD, NUMBER, way))
    return dashboard.charts[0]


def wrong(folder: Path, way: str) -> list[str]:
    """The mistakes of the chart `Flights` with another line 12, without their beginning."""
    found = mistakes(folder, dashboard=changed(DASHBOARD, NUMBER, way))
    return [each.removeprefix("dashboard.yaml:").replace('chart "Flights": ', "") for each in found]


def test_what_a_chart_compiles_to(tmp_path: Path) -> None:
    chart = one_chart(tmp_path, f"{NUMBER}\n    description: All of them\n    span: 6\n    unscoped: true")
    assert chart == Chart(
        "Flights", "SELECT count_star() FROM flights", slug="flights", source="flights", reads=("flights",),
        columns=("flights",), lines=((0, 11),), description="All of them", span=6, number=Number(",d"),
        unscoped=True,
    )  # fmt: skip


def test_a_number(tmp_path: Path) -> None:
    chart = one_chart(tmp_path, 'number: {format: ".1%", prefix: "~ ", suffix: " min"}')
    assert chart.number == Number(".1%", "~ ", " min")
    assert one_chart(tmp_path, "number: {}").number == Number()


def test_a_table(tmp_path: Path) -> None:
    assert one_chart(tmp_path, "table: {}").table == Table()
    assert one_chart(tmp_path, 'table: {formats: {2013: ",d"}}').table == Table({"2013": ",d"})


def test_vega_lite_stays_as_it_is(tmp_path: Path) -> None:
    written = (
        "vega_lite: {mark: bar, params: [{select: {on: click}}], encoding: {x: {scale: [2013-01-01, 1.5]}}}"
    )
    assert one_chart(tmp_path, written).vega_lite == {
        "mark": "bar",
        "params": [{"select": {"on": "click"}}],
        "encoding": {"x": {"scale": ["2013-01-01", 1.5]}},
    }


@pytest.mark.parametrize(
    "view", ["mark: {type: line}", "layer: [{mark: bar}]", "hconcat: []", "{facet: {}, spec: {mark: bar}}",
             '{mark: bar, $schema: "https://vega.github.io/schema/vega-lite/v5.json"}'],
)  # fmt: skip
def test_views_of_vega_lite(tmp_path: Path, view: str) -> None:
    one_chart(tmp_path, f"vega_lite: {view if view.startswith('{') else '{' + view + '}'}")


@pytest.mark.parametrize("spelt", [",d", ".1f", ".0%", "$,.2f", "~s", "+.3~g", "(,d", " >8", "08.3f", ".2"])
def test_d3_formats(tmp_path: Path, spelt: str) -> None:
    chart = one_chart(tmp_path, f'number: {{format: "{spelt}"}}')
    assert chart.number == Number(spelt)


@pytest.mark.parametrize(
    ("way", "expected"),
    [
        ("span: 3", "10: needs one of number, table or vega_lite"),
        (f"{NUMBER}\n    table: {{}}", "13: shows itself in more than one way: number and table"),
        ("number:", "12: number: must be a mapping of keys, not nothing"),
        ("number: ',d'", '12: number: must be a mapping of keys, not ",d"'),
        ("number: {fmt: d}", '12: number: unknown key "fmt": did you mean "format"?'),
        ("number: {format: 0.0}", "12: number: format must be text, not the number 0.0: put it in quotes"),
        ("number: {format: '0,0'}",
         '12: number: "0,0" isn\'t a d3 format: write one such as ",d", ".1f" or ".0%"'),
        ("number: {suffix: 5}", "12: number: suffix must be text, not the number 5: put it in quotes"),
        ("table: []", "12: table: must be a mapping of keys, not a list"),
        ("table:\n      formats:\n        n: nice",
         '14: table: "nice" isn\'t a d3 format: write one such as ",d", ".1f" or ".0%"'),
        ("table: {formats: [a]}", "12: table: formats must be a mapping of keys, not a list"),
        ("table: {formats: {n: 5}}", "12: table: the format of n must be text, not the number 5"),
        ("vega_lite: bar", '12: vega_lite must be a mapping of keys, not "bar"'),
        ("vega_lite: {encoding: {}}",
         "12: vega_lite draws nothing: it needs one of mark, layer, concat, hconcat, vconcat, spec"),
        ("vega_lite: {mark: bra}", '12: vega_lite\'s mark can\'t be "bra": did you mean "bar"?'),
        ("vega_lite: {mark: {color: red}}", "12: vega_lite's mark can't be nothing"),
        ("vega_lite: {mark: bar, encodng: {}}",
         '12: vega_lite has no key "encodng": did you mean "encoding"?'),
        ("vega_lite:\n      mark: bar\n      data: {values: []}",
         '14: vega_lite must not have the key "data": the chart\'s rows are the data'),
        ("vega_lite:\n      layer:\n        - mark: bar\n          data: {name: a}",
         '15: vega_lite must not have the key "data": the chart\'s rows are the data'),
        ("vega_lite: {mark: {type: image, url: 'https://a.b/c.png'}}",
         '12: vega_lite must not have the key "url": the page asks no other address for anything'),
        ("vega_lite: {mark: bar, encoding: {url: {field: a}}}",
         '12: vega_lite must not have the key "url": the page asks no other address for anything'),
        ("vega_lite: {mark: bar, usermeta: {embedOptions: {ast: false}}}",
         '12: vega_lite must not have the key "usermeta": it would change how the page embeds the chart'),
        ('vega_lite: {mark: bar, $schema: "https://vega.github.io/schema/vega/v5.json"}',
         "12: vega_lite's $schema must be Vega-Lite's, not \"https://vega.github.io/schema/vega/v5.js…\""),
        (f"{NUMBER}\n    span: 13", "13: span must be an integer from 1 to 12, not the number 13"),
        (f"{NUMBER}\n    span: half", '13: span must be an integer from 1 to 12, not "half"'),
        (f"{NUMBER}\n    unscoped: yep", '13: unscoped must be true or false, not "yep"'),
        (f"{NUMBER}\n    descripton: a", '13: unknown key "descripton": did you mean "description"?'),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_chart(tmp_path: Path, way: str, expected: str) -> None:
    assert wrong(tmp_path, way) == [expected]


def test_a_chart_needs_a_title_and_sql(tmp_path: Path) -> None:
    text = DASHBOARD + "  - table: {}\n"
    assert mistakes(tmp_path, dashboard=text) == [
        'dashboard.yaml:13: chart 2: the key "sql" is missing',
        'dashboard.yaml:13: chart 2: the key "title" is missing',
    ]


def test_a_chart_is_a_mapping(tmp_path: Path) -> None:
    assert mistakes(tmp_path, dashboard=DASHBOARD + "  - Flights\n") == [
        'dashboard.yaml:13: chart 2: must be a mapping of keys, not "Flights"'
    ]


def test_a_message_is_one_line_that_a_terminal_can_show(tmp_path: Path) -> None:
    text = DASHBOARD + '  - {title: "B\\n\\e[31m", sql: SELECT 1, unscoped: true}\n'
    assert mistakes(tmp_path, dashboard=text) == [
        'dashboard.yaml:13: chart "B [31m": needs one of number, table or vega_lite'
    ]


def test_titles_are_unique(tmp_path: Path) -> None:
    again = f"  - sql: {SQL}\n    table: {{}}\n    title: Flights\n"
    assert mistakes(tmp_path, dashboard=DASHBOARD + again) == [
        'dashboard.yaml:15: chart "Flights": the title is taken: also on line 10'
    ]


def test_one_run_finds_every_mistake(tmp_path: Path) -> None:
    text = changed(DASHBOARD, NUMBER, "number: {format: x!}\n    span: 0")
    text += "  - {title: B, sql: SELECT, table: 1}"
    assert [each.split(": ")[0] for each in mistakes(tmp_path, dashboard=text)] == [
        "dashboard.yaml:12",
        "dashboard.yaml:13",
        "dashboard.yaml:14",
        "dashboard.yaml:14",
    ]
