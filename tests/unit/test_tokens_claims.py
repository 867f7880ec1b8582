"""The claims of an embed token that was well signed: their types, and the life that they give it."""

import json
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clerestory.problems import INVALID_TOKEN, TOKEN_EXPIRED, TOKEN_NOT_YET_VALID, Problem
from tests.unit.forging import CLAIMS, DAY, NOW, jws, opened, refusal, token

# Claims


@pytest.mark.parametrize("missing", ["organization", "dashboard"])
def test_refuses_a_token_without_organization_or_dashboard(missing: str) -> None:
    assert refusal(token({name: value for name, value in CLAIMS.items() if name != missing})) is INVALID_TOKEN


@pytest.mark.parametrize("name", [None, True, [16417], {"id": 16417}, 1.5])
def test_refuses_ids_of_another_type(name: Any) -> None:
    assert refusal(token(CLAIMS | {"organization": name})) is INVALID_TOKEN
    assert refusal(token(CLAIMS | {"dashboard": name})) is INVALID_TOKEN


@pytest.mark.parametrize("env", ["ACCT_ID=UA", ["UA"], [[]], [None], "", 1, True])
def test_refuses_an_env_that_is_no_object(env: Any) -> None:
    assert refusal(token(CLAIMS | {"env": env})) is INVALID_TOKEN


def test_a_token_may_go_without_env() -> None:
    assert opened(token()).env == opened(token(CLAIMS | {"env": None})).env == {}


def test_takes_phps_empty_array_for_an_empty_env() -> None:
    assert opened(token(CLAIMS | {"env": []})).env == {}


def dated(claim: str, value: str) -> str:
    """A token with that claim spelt exactly so."""
    others = {name: date for name, date in CLAIMS.items() if name != claim}
    return jws(b'{"alg":"HS256"}', f'{json.dumps(others)[:-1]},"{claim}":{value}}}'.encode())


NO_DATES = [f'"{NOW}"', "true", "false", "null", "[1]", "{}"]
NO_NUMBERS = ["NaN", "Infinity", "-Infinity", "1e400", "-1e400", "0x10"]


def test_refuses_a_date_that_is_no_number(subtests: pytest.Subtests) -> None:
    for claim, value in product(["exp", "iat", "nbf"], NO_DATES + NO_NUMBERS):
        with subtests.test(claim=claim, value=value):
            assert refusal(dated(claim, value)) is INVALID_TOKEN


@pytest.mark.parametrize("exp", [NOW + DAY + 1, NOW + 2 * DAY, 1e300, 10**40])
def test_life_ends_24_hours_after_iat_however_late_exp_is(exp: float) -> None:
    assert opened(token(CLAIMS | {"exp": exp})).ends_at == NOW + DAY
    assert refusal(token(CLAIMS | {"exp": exp}), now=NOW + DAY) is TOKEN_EXPIRED


def test_exp_lowers_the_life() -> None:
    assert opened(token(CLAIMS | {"exp": NOW + 60})).ends_at == NOW + 60


@pytest.mark.parametrize("late", [0, 0.001, 1, DAY])
def test_exp_gets_no_leeway(late: float) -> None:
    assert refusal(token(CLAIMS | {"exp": NOW + 60}), now=NOW + 60 + late) is TOKEN_EXPIRED


def test_a_token_still_opens_just_before_exp() -> None:
    assert opened(token(CLAIMS | {"exp": NOW + 60}), now=NOW + 59.999)


@pytest.mark.parametrize("exp", [0, -1, -1e300, -(10**40)])
def test_an_exp_before_all_time_is_past(exp: float) -> None:
    assert refusal(token(CLAIMS | {"exp": exp})) is TOKEN_EXPIRED


@pytest.mark.parametrize("claim", ["iat", "nbf"])
def test_iat_and_nbf_get_60_seconds_of_leeway(claim: str) -> None:
    assert opened(token(CLAIMS | {claim: NOW + 60}))
    assert refusal(token(CLAIMS | {claim: NOW + 60.5})) is TOKEN_NOT_YET_VALID


@pytest.mark.parametrize("claim", ["iat", "nbf"])
def test_a_date_beyond_all_time_is_not_yet(claim: str) -> None:
    assert refusal(token(CLAIMS | {claim: 10**40})) is TOKEN_NOT_YET_VALID


def without_iat(**claims: float) -> str:
    return token({"organization": 16417, "dashboard": 38727} | claims)


def test_without_iat_exp_may_lie_24_hours_ahead() -> None:
    assert opened(without_iat(exp=NOW + DAY)).ends_at == NOW + DAY


@pytest.mark.parametrize("exp", [NOW + DAY + 0.5, NOW + DAY + 1, 10**40])
def test_without_iat_exp_may_not_lie_further_ahead(exp: float) -> None:
    assert refusal(without_iat(exp=exp)) is INVALID_TOKEN


def test_a_token_without_iat_and_exp_is_refused() -> None:
    assert refusal(without_iat(nbf=NOW)) is INVALID_TOKEN


@given(claims=st.dictionaries(st.sampled_from(["exp", "iat", "nbf"]), st.floats()))
def test_no_dates_give_a_life_beyond_24_hours_and_the_leeway(claims: dict[str, float]) -> None:
    try:
        found = opened(token(CLAIMS | claims))
    except Problem:
        return
    assert NOW < found.ends_at <= NOW + DAY + 60
