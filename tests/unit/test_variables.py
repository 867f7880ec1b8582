"""A dashboard's variables: what a visitor, a session and a token may put into them."""

from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from clerestory.dashboards import Dashboard, Variable
from clerestory.problems import (
    CLAIM_MISSING,
    INVALID_TOKEN,
    INVALID_VARIABLES,
    LOCKED_VARIABLE,
    LOCKED_VARIABLE_MISSING,
    Problem,
)
from clerestory.variables import MAX_VALUES, session_env, token_env, visitor_env
from tests.sessions import session_with

TEXT, NUMBER, FLAG, DAY = (Variable(type=each) for each in ("string", "number", "boolean", "date"))
TEXTS, DAYS = Variable(type="string", list=True), Variable(type="date", list=True)
AIRPORTS = Variable(type="string", list=True, choices=("EWR", "JFK", "LGA"), default=("EWR", "JFK", "LGA"))
LOCKED = Variable(type="string", claim="custom:acct_id")
LOCKED_LIST = Variable(type="string", list=True, claim="custom:accounts")


def dashboard(**variables: Variable) -> Dashboard:
    return Dashboard(id=1, slug="d", title="D", source="s", charts=(), variables=variables)


def refusal(env: Any, *arguments: Any) -> Problem:
    with pytest.raises(Problem) as refused:
        env(*arguments)
    return refused.value


def wrong(problem: Problem) -> list[str]:
    return [error.variable for error in problem.errors]


# A visitor's own


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        (TEXT, "UA"),
        (TEXT, ""),
        (TEXT, "a\tb\nc"),
        (NUMBER, -1.5),
        (NUMBER, 2**53 - 1),
        (FLAG, False),
        (DAY, "2013-01-31"),
    ],
)
def test_takes_a_visitors_value_of_the_right_type(variable: Variable, value: Any) -> None:
    assert visitor_env(dashboard(X=variable), {"X": value}) == {"X": value}


WRONG: dict[Variable, list[Any]] = {
    TEXT: [1, True, None, {}, ["UA"], "a\0b", "\x1b[31m"],
    NUMBER: ["1", True, None, [1], 2**53, -(2**60), float("nan"), float("inf")],
    FLAG: [1, 0, "true", None, [True]],
    DAY: [
        *("2013-02-30", "2013-1-1", "20130101", "2013-01-01T00:00:00", "", "٢٠١٣-٠١-٠١"),
        *("2013-01-01\n", " 2013-01-01", "0000-01-01", 20130101, None),
    ],
    TEXTS: [[], ["UA", 1], [["UA"]], [None], None, {}, ["x"] * (MAX_VALUES + 1)],
    AIRPORTS: [["EWR", "SFO"], "SFO", "ewr", ["EWR "]],
}


def test_refuses_a_visitors_value_of_another_type(subtests: pytest.Subtests) -> None:
    for variable, value in [(variable, value) for variable, values in WRONG.items() for value in values]:
        with subtests.test(variable=variable, value=value):
            refused = refusal(visitor_env, dashboard(X=variable), {"X": value})
            assert (refused.kind, wrong(refused)) == (INVALID_VARIABLES, ["X"])


def test_names_each_variable_that_is_wrong_and_only_those() -> None:
    sent = {"ORIGIN": "SFO", "DAY": "no day", "FINE": "x", "UNKNOWN": 1}
    refused = refusal(visitor_env, dashboard(ORIGIN=AIRPORTS, DAY=DAY, FINE=TEXT), sent)
    assert sorted(wrong(refused)) == ["DAY", "ORIGIN", "UNKNOWN"]


def test_a_visitor_may_not_send_a_locked_variable_in_any_case() -> None:
    refused = refusal(visitor_env, dashboard(ACCT_ID=LOCKED, X=TEXT), {"acct_id": "UA", "X": 1})
    assert (refused.kind, wrong(refused)) == (LOCKED_VARIABLE, ["ACCT_ID"])


@pytest.mark.parametrize("name", ["ORIGIN", "origin", "Origin", "oRIGIN"])
def test_names_are_case_insensitive(name: str) -> None:
    assert visitor_env(dashboard(ORIGIN=AIRPORTS), {name: ["JFK"]}) == {"ORIGIN": ("JFK",)}
    assert token_env(dashboard(ORIGIN=AIRPORTS), {name: ["JFK"]}) == {"ORIGIN": ("JFK",)}


@pytest.mark.parametrize("env", [visitor_env, token_env])
def test_a_variable_may_not_be_given_twice(env: Any) -> None:
    refused = refusal(env, dashboard(ORIGIN=AIRPORTS), {"ORIGIN": ["EWR"], "origin": ["JFK"]})
    assert (refused.kind, wrong(refused)) == (INVALID_VARIABLES, ["ORIGIN"])


@pytest.mark.parametrize("sent", [["LGA", "EWR"], ["EWR", "LGA"], ("LGA", "EWR", "LGA")])
def test_equal_sets_of_choices_are_equal(sent: Any) -> None:
    assert visitor_env(dashboard(ORIGIN=AIRPORTS), {"ORIGIN": sent}) == {"ORIGIN": ("EWR", "LGA")}


def test_a_range_keeps_its_order() -> None:
    sent = ["2013-12-31", "2013-01-01", "2013-12-31"]
    assert visitor_env(dashboard(RANGE=DAYS), {"RANGE": sent}) == {"RANGE": tuple(sent)}


def test_one_value_is_taken_for_a_list_of_one() -> None:
    assert visitor_env(dashboard(RANGE=DAYS), {"RANGE": "2013-01-01"}) == {"RANGE": ("2013-01-01",)}


# A session's claims


@pytest.mark.parametrize(
    ("claim", "value"),
    [
        *(("UA", "UA"), (7, "7"), ("7", "7"), (7.0, "7"), (1.5, "1.5"), (True, "true"), (2**60, str(2**60))),
        *(("[UA]", "[UA]"), ("[AA UA]", "[AA UA]"), ("map[UA:1]", "map[UA:1]"), ('["UA"]', '["UA"]')),
        *(("UA,AA", "UA,AA"), ("UA AA", "UA AA"), ("null", "null"), (" UA", " UA")),
    ],
)
def test_a_plain_claim_fills_a_locked_variable_and_a_text_is_what_it_is(claim: Any, value: str) -> None:
    found = session_env(dashboard(ACCT_ID=LOCKED, X=TEXT), session_with({"custom:acct_id": claim}))
    assert found == {"ACCT_ID": value}


@pytest.mark.parametrize(
    ("claim", "values"),
    [
        (["AA", "UA"], ("AA", "UA")),
        (["AA UA", "a,b"], ("AA UA", "a,b")),
        (["UA"], ("UA",)),
        ([7, True, "a"], ("7", "true", "a")),
        ("UA", ("UA",)),
        ("[AA UA]", ("[AA UA]",)),
        ("AA,UA", ("AA,UA",)),
    ],
)
def test_a_list_or_one_value_fills_a_locked_list(claim: Any, values: tuple[str, ...]) -> None:
    found = session_env(dashboard(ACCOUNTS=LOCKED_LIST), session_with({"custom:accounts": claim}))
    assert found == {"ACCOUNTS": values}


def test_a_locked_variable_may_lie_at_the_end_of_a_path() -> None:
    locked = structs.replace(TEXT, claim="app_metadata.tenant_id")
    found = session_env(dashboard(T=locked), session_with({"app_metadata": {"tenant_id": "acme"}}))
    assert found == {"T": "acme"}


def test_claims_are_converted_to_the_variables_type() -> None:
    locked = structs.replace(NUMBER, claim="n")
    assert session_env(dashboard(N=locked), session_with({"n": "42"})) == {"N": 42}


NO_PLAIN_CLAIMS: list[Any] = ["", " ", "a\0b", [], [""], ["UA"], ["AA", "UA"], [None], None, {}, {"UA": "UA"}]


@pytest.mark.parametrize("claims", [{}, *({"custom:acct_id": claim} for claim in NO_PLAIN_CLAIMS)])
def test_a_session_without_one_plain_value_is_refused(claims: Any) -> None:
    refused = refusal(session_env, dashboard(ACCT_ID=LOCKED), session_with(claims))
    assert (refused.kind, wrong(refused)) == (CLAIM_MISSING, ["ACCT_ID"])


NO_LISTS: list[Any] = [
    *([], [""], ["UA", ""], ["UA", " "], ["UA", None], ["UA", ["AA"]], ["UA", {"AA": 1}], [[]]),
    *("", " ", None, {}, {"UA": "UA"}, ["x"] * (MAX_VALUES + 1)),
]


@pytest.mark.parametrize("claim", NO_LISTS)
def test_a_locked_list_takes_plain_values_only(claim: Any) -> None:
    refused = refusal(session_env, dashboard(ACCOUNTS=LOCKED_LIST), session_with({"custom:accounts": claim}))
    assert (refused.kind, wrong(refused)) == (CLAIM_MISSING, ["ACCOUNTS"])


# A token's env


@pytest.mark.parametrize(
    ("variable", "sent", "value"),
    [
        (TEXT, 1, "1"),
        (TEXT, 1.0, "1"),
        (TEXT, 1.5, "1.5"),
        (TEXT, True, "true"),
        (TEXT, ["UA"], "UA"),
        (NUMBER, "1", 1),
        (NUMBER, " -1.5 ", -1.5),
        (FLAG, "True", True),
        (FLAG, "false", False),
        (DAY, "2013-01-31", "2013-01-31"),
        (DAY, "2013-01-31T23:59:59Z", "2013-01-31"),
        (DAY, "2013-01-31 00:00:00", "2013-01-31"),
        (TEXTS, "UA", ("UA",)),
        (TEXTS, [1, "a", True], ("1", "a", "true")),
        (DAYS, ["2013-01-01", "2013-12-31 12:00"], ("2013-01-01", "2013-12-31")),
    ],
)
def test_converts_what_old_programs_send(variable: Variable, sent: Any, value: Any) -> None:
    assert token_env(dashboard(X=variable), {"x": sent}) == {"X": value}


@pytest.mark.parametrize(
    ("variable", "sent"),
    [
        (TEXT, ["AA", "UA"]),
        (TEXT, [["AA"]]),
        (TEXT, "a\0b"),
        (NUMBER, "1e5"),
        (NUMBER, "NaN"),
        (NUMBER, "٣"),
        (NUMBER, True),
        (NUMBER, 10**40),
        (FLAG, 1),
        (FLAG, "yes"),
        (DAY, "31.1.2013"),
        (DAY, "2013-02-30 00:00"),
        (DAY, 1359590400),
        (TEXTS, ["AA", None]),
        (TEXTS, ["x"] * (MAX_VALUES + 1)),
    ],
)
def test_refuses_what_cannot_be_meant(variable: Variable, sent: Any) -> None:
    refused = refusal(token_env, dashboard(X=variable), {"X": sent})
    assert (refused.kind, wrong(refused)) == (INVALID_VARIABLES, ["X"])


def test_a_value_that_is_an_object_makes_no_token() -> None:
    assert refusal(token_env, dashboard(X=TEXT), {"X": {"a": 1}}).kind is INVALID_TOKEN


@pytest.mark.parametrize("undeclared", [{"OLD": {"a": 1}}, {"OLD": None}, {"OLD": 1, "old": 2}, {"": "x"}])
def test_ignores_names_that_the_dashboard_does_not_declare(undeclared: dict[str, Any]) -> None:
    assert token_env(dashboard(X=TEXT), {"X": "x"} | undeclared) == {"X": "x"}


@pytest.mark.parametrize("sent", [{}, {"ORIGIN": None}, {"ORIGIN": []}, {"ORIGIN": ""}])
def test_no_value_means_the_default(sent: dict[str, Any]) -> None:
    assert token_env(dashboard(ORIGIN=AIRPORTS, X=TEXT), sent) == {"ORIGIN": AIRPORTS.default, "X": None}


NOTHING: list[Any] = [None, "", " ", "\t", [], [""], [" ", None], [[]]]


def test_a_token_without_a_locked_variables_value_is_refused(subtests: pytest.Subtests) -> None:
    for locked, sent in product(
        [LOCKED, LOCKED_LIST, structs.replace(LOCKED, default="UA")],
        [{}, *({"ACCT_ID": nothing} for nothing in NOTHING)],
    ):
        with subtests.test(locked=locked, sent=sent):
            refused = refusal(token_env, dashboard(ACCT_ID=locked, X=TEXT), sent | {"X": ["a", "b"]})
            assert (refused.kind, wrong(refused)) == (LOCKED_VARIABLE_MISSING, ["ACCT_ID"])


# What an answer tells

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)
EVERY_TYPE = dashboard(
    TEXT=TEXT, NUMBER=NUMBER, FLAG=FLAG, DAY=DAY, TEXTS=TEXTS, AIRPORTS=AIRPORTS, LOCKED=LOCKED
)


@given(
    sent=st.dictionaries(st.sampled_from(sorted(EVERY_TYPE.variables)), anything),
    env=st.sampled_from([visitor_env, token_env]),
)
def test_anything_sent_is_taken_or_refused_and_nothing_else(sent: dict[str, Any], env: Any) -> None:
    refused = None
    try:
        env(EVERY_TYPE, sent)
    except Problem as problem:
        refused = problem.kind
    assert refused in (None, INVALID_VARIABLES, INVALID_TOKEN, LOCKED_VARIABLE, LOCKED_VARIABLE_MISSING)


@given(
    sent=st.dictionaries(
        st.sampled_from(["NUMBER", "FLAG", "DAY", "AIRPORTS", "LOCKED"]),
        st.text().map("c0ffee".__add__),
        min_size=1,
    )
)
@pytest.mark.parametrize("env", [visitor_env, token_env])
def test_no_refusal_holds_a_value(env: Any, sent: dict[str, str]) -> None:
    try:
        env(EVERY_TYPE, sent)
    except Problem as refused:
        assert "c0ffee" not in f"{refused.document()}{refused!r}{refused.__cause__!r}"  # noqa: PT017
