"""A dashboard's variables: each rule with what passes and what doesn't."""

from pathlib import Path

import pytest

from clerestory.dashboards import Variable
from tests.unit.check_pack import DASHBOARD, changed, compiled, mistakes

ORIGIN = "ORIGIN: {type: string, list: true, choices: [EWR, JFK], default: [EWR]}"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("{type: string}", Variable("string")),
        ("{type: string, title: From}", Variable("string", title="From")),
        ("{type: string, default: a}", Variable("string", default="a")),
        ("{type: string, choices: ['1', 'NO'], default: 'NO'}",
         Variable("string", choices=("1", "NO"), default="NO")),
        ("{type: number, default: 5}", Variable("number", default=5)),
        ("{type: number, choices: [1, 2.5]}", Variable("number", choices=(1, 2.5))),
        ("{type: boolean, default: false}", Variable("boolean", default=False)),
        ("{type: date, default: 2013-01-01}", Variable("date", default="2013-01-01")),
        ("{type: date, default: '2013-01-01'}", Variable("date", default="2013-01-01")),
        ("{type: date, list: true, default: [2013-01-01, 2013-12-31]}",
         Variable("date", list=True, default=("2013-01-01", "2013-12-31"))),
        ("{type: date, list: true, default: [2013-01-01, 2013-12-31], min: 2013-01-01, max: '2013-12-31'}",
         Variable("date", list=True, default=("2013-01-01", "2013-12-31"),
                  min="2013-01-01", max="2013-12-31")),
        ("{type: number, min: 0}", Variable("number", min=0)),
        ("{type: number, max: 2.5, choices: [1, 2.5]}", Variable("number", choices=(1, 2.5), max=2.5)),
        ("{type: number, min: 5, max: 5}", Variable("number", min=5, max=5)),
        ("{type: string, list: true, default: []}", Variable("string", list=True, default=())),
    ],
)  # fmt: skip
def test_what_a_variable_compiles_to(tmp_path: Path, written: str, expected: Variable) -> None:
    _, dashboard = compiled(tmp_path, dashboard=changed(DASHBOARD, ORIGIN, f"ORIGIN: {written}"))
    assert dashboard.variables["ORIGIN"] == expected


def test_a_locked_variable(tmp_path: Path) -> None:
    _, dashboard = compiled(tmp_path)
    assert dashboard.variables["ACCT_ID"] == Variable("string", claim="custom:acct_id")
    assert dashboard.variables["ACCT_ID"].locked


def test_a_locked_variable_may_have_bounds(tmp_path: Path) -> None:
    locked = 'type: date, min: 2013-01-01, max: 2013-12-31, claim: "custom:acct_id"'
    text = changed(DASHBOARD, 'type: string, claim: "custom:acct_id"', locked)
    _, dashboard = compiled(tmp_path, dashboard=text)
    assert dashboard.variables["ACCT_ID"] == Variable(
        "date", claim="custom:acct_id", min="2013-01-01", max="2013-12-31"
    )


@pytest.mark.parametrize("claim", ["app_metadata.tenant_id", "https://example.com/tenant", "o.id"])
def test_a_claim_may_be_a_path_or_a_url(tmp_path: Path, claim: str) -> None:
    _, dashboard = compiled(tmp_path, dashboard=changed(DASHBOARD, "custom:acct_id", claim))
    assert dashboard.variables["ACCT_ID"].claim == claim


QUOTE = "put it in quotes"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("5", "must be a mapping of keys, not the number 5"),
        ("{}", 'the key "type" is missing'),
        ("{type: strnig}", 'type "strnig" isn\'t known: did you mean "string"?'),
        ("{type: string, lsit: true}", 'unknown key "lsit": did you mean "list"?'),
        ("{type: string, list: 1}", "list must be true or false, not the number 1"),
        ("{type: string, choices: []}", "choices must not be empty"),
        ("{type: string, choices: a}", 'choices must be a list, not "a"'),
        ("{type: string, choices: [a, a]}", 'choices has "a" twice'),
        ("{type: string, choices: [NO]}", f"choices must be text, not false: {QUOTE}"),
        ("{type: string, default: 5}", f"default must be text, not the number 5: {QUOTE}"),
        ("{type: string, default: 2013-01-01}", f"default must be text, not the date 2013-01-01: {QUOTE}"),
        ("{type: string, default: [a]}",
         "default must be one value, for the variable doesn't say list: true"),
        ("{type: string, list: true, default: a}",
         "default must be a list, for the variable says list: true"),
        ("{type: string, choices: [a], default: b}", 'default "b" isn\'t one of the choices'),
        ("{type: string, list: true, choices: [a], default: [a, b]}",
         'default "b" isn\'t one of the choices'),
        ("{type: number, default: '5'}", 'default must be a number, not "5"'),
        ("{type: number, default: true}", "default must be a number, not true"),
        ("{type: boolean, default: 'true'}", 'default must be true or false, not "true"'),
        ("{type: date, default: 2013}", "default must be a date, not the number 2013"),
        ("{type: date, default: '2013-02-30'}", 'default must be a date, not "2013-02-30"'),
        ("{type: date, default: '20130101'}", 'default must be a date, not "20130101"'),
        ("{type: date, default: 2013-01-01 10:00:00}",
         "default must be a date, not the date 2013-01-01T10:00:00"),
        ("{type: string, min: a}", "min is for a date or a number only"),
        ("{type: boolean, max: true}", "max is for a date or a number only"),
        ("{type: string, claim: a, max: b}", "max is for a date or a number only"),
        ("{type: number, min: '1'}", 'min must be a number, not "1"'),
        ("{type: number, max: 2013-01-01}", "max must be a number, not the date 2013-01-01"),
        ("{type: number, min: true}", "min must be a number, not true"),
        ("{type: number, min: [1]}", "min must be a number, not a list"),
        ("{type: number, max: 9007199254740993}",
         "max must be a number, not the number 9007199254740993: 2^53 is the largest"),
        ("{type: number, default: -9007199254740993}",
         "default must be a number, not the number -9007199254740993: 2^53 is the largest"),
        ("{type: date, min: 2013}", "min must be a date, not the number 2013"),
        ("{type: date, max: '2013-02-30'}", 'max must be a date, not "2013-02-30"'),
        ("{type: date, min: }", "min must be a date, not nothing"),
        ("{type: number, min: 2, max: 1.5}", "max must not be less than min"),
        ("{type: date, min: 2013-01-02, max: 2013-01-01}", "max must not be less than min"),
        ("{type: date, claim: a, min: 2013-01-02, max: 2013-01-01}", "max must not be less than min"),
        ("{type: number, min: 1, default: 0}", "default must be 1 or more, not the number 0"),
        ("{type: number, max: 1, choices: [1, 2]}", "choices must be 1 or less, not the number 2"),
        ("{type: date, list: true, min: 2013-01-01, default: [2013-01-01, 2012-12-31]}",
         "default must be 2013-01-01 or later, not the date 2012-12-31"),
        ("{type: date, max: 2013-12-31, default: '2014-01-01'}",
         'default must be 2013-12-31 or earlier, not "2014-01-01"'),
        ("{type: string, default: {a: b}}", "default must be text, not a mapping"),
        ("{type: string, default: }", "default must be text, not nothing"),
        ("{type: string, claim: a b}", 'claim can\'t be "a b": a claim\'s name has no blanks'),
        ("{type: string, claim: user_metadata}",
         'claim can\'t be "user_metadata": users write user_metadata themselves'),
        ("{type: string, claim: user_metadata.tenant_id}",
         'claim can\'t be "user_metadata.tenant_id": users write user_metadata themselves'),
        ("{type: string, list: true, claim: unsafe_metadata.a}",
         'claim can\'t be "unsafe_metadata.a": users write unsafe_metadata themselves'),
        ("{type: string, claim: raw_user_meta_data.tenant_id}",
         'claim can\'t be "raw_user_meta_data.tenant_id": users write raw_user_meta_data themselves'),
        ("{type: string, claim: a, default: b}",
         "default isn't for a locked variable: only the session's claim fills it"),
        ("{type: string, claim: a, choices: [b]}",
         "choices isn't for a locked variable: only the session's claim fills it"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_variable(tmp_path: Path, written: str, expected: str) -> None:
    found = mistakes(tmp_path, dashboard=changed(DASHBOARD, ORIGIN, f"ORIGIN: {written}"))
    assert f'dashboard.yaml:8: variable "ORIGIN": {expected}' in found


def test_a_variable_without_a_readable_claim_is_a_mistake_and_not_an_open_one(tmp_path: Path) -> None:
    text = changed(DASHBOARD, 'claim: "custom:acct_id"', "claim: ")
    assert mistakes(tmp_path, dashboard=text) == [
        'dashboard.yaml:7: variable "ACCT_ID": claim must be text, not nothing'
    ]


def test_a_mistake_has_the_line_of_its_value(tmp_path: Path) -> None:
    text = changed(
        DASHBOARD, ORIGIN, "ORIGIN:\n    type: date\n    choices:\n      - 2013-01-01\n      - soon"
    )
    assert mistakes(tmp_path, dashboard=text) == [
        'dashboard.yaml:12: variable "ORIGIN": choices must be a date, not "soon"'
    ]


def test_a_value_out_of_bounds_has_its_own_line(tmp_path: Path) -> None:
    text = changed(
        DASHBOARD,
        ORIGIN,
        "ORIGIN:\n    type: number\n    list: true\n    max: 5\n    default:\n      - 5\n      - 6",
    )
    assert mistakes(tmp_path, dashboard=text) == [
        'dashboard.yaml:14: variable "ORIGIN": default must be 5 or less, not the number 6'
    ]


@pytest.mark.parametrize(
    ("name", "advice"), [("origin", ': write "ORIGIN"'), ("_X", ""), ("9A", ""), ("A-B", ""), ("Ä", "")]
)
def test_a_name_that_is_not_upper_case(tmp_path: Path, name: str, advice: str) -> None:
    found = mistakes(tmp_path, dashboard=changed(DASHBOARD, ORIGIN, f"{name}: {{type: string}}"))
    assert found == [
        f'dashboard.yaml:8: variable "{name}": a name is upper-case letters, digits and _{advice}'
    ]


def test_names_that_differ_by_case(tmp_path: Path) -> None:
    text = changed(DASHBOARD, ORIGIN, f"{ORIGIN}\n  origin: {{type: string}}")
    assert 'dashboard.yaml:9: variable "origin" is "ORIGIN" again: case doesn\'t count' in mistakes(
        tmp_path, dashboard=text
    )
