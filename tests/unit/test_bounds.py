"""`min` and `max` of a date and a number variable: for visitors, sessions and tokens alike."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs
from msgspec.json import decode, encode

from clerestory.dashboards import Dashboard, Variable
from clerestory.problems import CLAIM_MISSING, INVALID_VARIABLES, Problem, VariableError
from clerestory.variables import MAX_NUMBER, session_env, token_env, visitor_env
from tests.sessions import session_with

YEAR = Variable(type="date", min="2013-01-01", max="2013-12-31")
SHARE = Variable(type="number", min=0, max=1.5)
both_readings = pytest.mark.parametrize("env", [visitor_env, token_env])

numbers = st.integers(-MAX_NUMBER, MAX_NUMBER) | st.floats(-MAX_NUMBER, MAX_NUMBER)
days = st.dates()


def dashboard(variable: Variable) -> Dashboard:
    return Dashboard(id=1, slug="d", title="D", source="s", charts=(), variables={"X": variable})


def refusal(env: Any, variable: Variable, sent: Any) -> Problem:
    with pytest.raises(Problem) as refused:
        env(dashboard(variable), sent)
    return refused.value


def why(env: Any, variable: Variable, value: Any) -> str:
    refused = refusal(env, variable, {"X": value})
    ((name, detail),) = ((error.variable, error.detail) for error in refused.errors)
    assert (refused.kind, name) == (INVALID_VARIABLES, "X")
    return detail


@both_readings
@given(three=st.lists(days, min_size=3, max_size=3).map(sorted))
def test_a_date_within_its_bounds_keeps_its_value(env: Any, three: list[date]) -> None:
    first, day, last = (each.isoformat() for each in three)
    variable = Variable(type="date", min=first, max=last)
    assert env(dashboard(variable), {"X": day}) == {"X": day}


@both_readings
@given(three=st.lists(numbers, min_size=3, max_size=3).map(sorted))
def test_a_number_within_its_bounds_keeps_its_value(env: Any, three: list[int | float]) -> None:
    least, value, greatest = three
    variable = Variable(type="number", min=least, max=greatest)
    assert env(dashboard(variable), {"X": value}) == {"X": value}


@both_readings
@given(day=days, bounds=st.lists(days, min_size=2, max_size=2).map(sorted))
def test_a_date_is_taken_exactly_where_it_is_within(env: Any, day: date, bounds: list[date]) -> None:
    first, last = bounds
    variable = Variable(type="date", min=first.isoformat(), max=last.isoformat())
    if day < first:
        assert why(env, variable, day.isoformat()) == f"must be {first.isoformat()} or later"
    elif day > last:
        assert why(env, variable, day.isoformat()) == f"must be {last.isoformat()} or earlier"
    else:
        assert env(dashboard(variable), {"X": day.isoformat()}) == {"X": day.isoformat()}


@both_readings
@given(value=numbers, bounds=st.lists(numbers, min_size=2, max_size=2).map(sorted))
def test_a_number_is_taken_exactly_where_it_is_within(
    env: Any, value: int | float, bounds: list[int | float]
) -> None:
    least, greatest = bounds
    variable = Variable(type="number", min=least, max=greatest)
    if value < least:
        assert why(env, variable, value) == f"must be {least} or more"
    elif value > greatest:
        assert why(env, variable, value) == f"must be {greatest} or less"
    else:
        assert env(dashboard(variable), {"X": value}) == {"X": value}


@both_readings
@given(days=st.lists(st.dates(date(2013, 1, 1), date(2013, 12, 31)), min_size=1, max_size=5), at=st.data())
def test_each_value_of_a_list_is_bounded(env: Any, days: list[date], at: st.DataObject) -> None:
    variable, sent = structs.replace(YEAR, list=True), [day.isoformat() for day in days]
    assert env(dashboard(variable), {"X": sent}) == {"X": tuple(sent)}
    place = at.draw(st.integers(0, len(sent)))
    assert why(env, variable, [*sent[:place], "2012-12-31", *sent[place:]]) == "must be 2013-01-01 or later"


@both_readings
@pytest.mark.parametrize(
    ("variable", "value", "detail"),
    [
        (structs.replace(YEAR, max=None), "0001-01-01", "must be 2013-01-01 or later"),
        (structs.replace(YEAR, min=None), "9999-12-31", "must be 2013-12-31 or earlier"),
        (structs.replace(SHARE, max=None), -0.5, "must be 0 or more"),
        (structs.replace(SHARE, min=None), 2, "must be 1.5 or less"),
    ],
)
def test_one_bound_does_not_need_the_other(env: Any, variable: Variable, value: Any, detail: str) -> None:
    assert why(env, variable, value) == detail


@both_readings
@given(offset=st.integers(0, 364))
def test_a_bound_outlives_compiling(env: Any, offset: int) -> None:
    variable = decode(encode(YEAR), type=Variable)
    day = (date(2013, 1, 1) + timedelta(days=offset)).isoformat()
    assert env(dashboard(variable), {"X": day}) == {"X": day}
    assert why(env, variable, "2014-01-01") == "must be 2013-12-31 or earlier"


@pytest.mark.parametrize(
    ("variable", "sent", "detail"),
    [
        (YEAR, "2014-01-01T00:00:00Z", "must be 2013-12-31 or earlier"),
        (SHARE, "-1", "must be 0 or more"),
        (SHARE, " 1.6 ", "must be 1.5 or less"),
        (SHARE, ["2"], "must be 1.5 or less"),
    ],
)
def test_what_old_programs_send_is_bounded_after_its_conversion(
    variable: Variable, sent: Any, detail: str
) -> None:
    assert why(token_env, variable, sent) == detail


@pytest.mark.parametrize("sent", [{}, {"X": None}, {"X": ""}])
def test_no_value_is_in_nobodys_way(sent: dict[str, Any]) -> None:
    assert token_env(dashboard(YEAR), sent) == {"X": None}


# Locked variables


def test_a_claim_within_the_bounds_fills_a_locked_variable() -> None:
    locked = structs.replace(SHARE, claim="share")
    assert session_env(dashboard(locked), session_with({"share": "1.5"})) == {"X": 1.5}


@pytest.mark.parametrize(
    ("claim", "is_list", "detail"),
    [
        ("2", False, "must be 1.5 or less"),
        (-1, False, "must be 0 or more"),
        ([1, 2], True, "must be 1.5 or less"),
    ],
)
def test_a_claim_out_of_bounds_is_refused(claim: Any, is_list: bool, detail: str) -> None:
    locked = structs.replace(SHARE, claim="share", list=is_list)
    refused = refusal(session_env, locked, session_with({"share": claim}))
    assert refused.kind is CLAIM_MISSING
    assert refused.errors == (VariableError("X", f"the session's claim for it {detail}"),)


def test_a_token_out_of_a_locked_variables_bounds_is_refused() -> None:
    assert why(token_env, structs.replace(SHARE, claim="share"), 2) == "must be 1.5 or less"
