"""The verifier's private reasons: each rule has its own, and nothing that is deployed shows which it was."""

import json
from itertools import product
from typing import get_args

import pytest

from clerestory.aws.observation import Observation
from clerestory.dashboards import Dashboard, Variable
from clerestory.problems import INVALID_TOKEN, TOKEN_EXPIRED, TOKEN_NOT_YET_VALID, Problem
from clerestory.refusals import Refused, Rule
from clerestory.variables import token_env
from tests.unit.breaking import lifeless, unreadable, untimely
from tests.unit.forging import NOW, SECRET, opened

INVALID = [*unreadable(SECRET, NOW), *lifeless(SECRET, NOW)]
TIMES = untimely(SECRET, NOW)
KINDS = {"early": TOKEN_NOT_YET_VALID, "expired": TOKEN_EXPIRED}


def refused(text: str) -> Refused:
    with pytest.raises(Refused) as caught:
        opened(text)
    return caught.value


def test_a_token_breaks_the_rule_that_is_named(subtests: pytest.Subtests) -> None:
    for rule, part, text in [*INVALID, *TIMES]:
        with subtests.test(rule=rule, part=part, text=text[:60]):
            broken = refused(text)
            assert (broken.rule, broken.part, broken.kind) == (rule, part, KINDS.get(rule, INVALID_TOKEN))


def test_a_value_that_is_none_is_refused_with_its_variables_name() -> None:
    day = Dashboard(1, "d", "D", "s", charts=(), variables={"DAY": Variable(type="date")})
    with pytest.raises(Refused) as caught:
        token_env(day, {"day": [{"a": 1}]})
    assert (caught.value.rule, caught.value.part, caught.value.kind) == ("value", "DAY", INVALID_TOKEN)


def test_each_rule_is_tried_here() -> None:
    assert {rule for rule, _, _ in [*INVALID, *TIMES]} | {"value"} == set(get_args(Rule))


def test_a_reason_is_neither_answered_nor_logged(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, subtests: pytest.Subtests
) -> None:
    for kind, rule in product([INVALID_TOKEN, TOKEN_EXPIRED, TOKEN_NOT_YET_VALID], get_args(Rule)):
        with subtests.test(kind=kind.code, rule=rule):
            monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", f"{rule} {kind.code}")
            private, public = Refused(rule, "ACCT_ID", kind), Problem(kind)
            assert private.document() == public.document()
            assert (str(private), private.detail, private.errors) == (str(public), "", ())
            observation = Observation()
            for problem in (private, public):
                observation.problem(problem, problem)
            one, other = (json.loads(line) for line in capsys.readouterr().out.splitlines())
            moments = ("timestamp",)
            assert {name: one[name] for name in one if name not in moments} == {
                name: other[name] for name in other if name not in moments
            }
