"""Every event through `sam local invoke`: the built functions and layers, in the runtime's image."""

import json
from typing import Any

import pytest

from tests.sam.cases import Case, Expectation, cases
from tests.sam.conftest import Trials
from tests.sam.matching import differences, matches
from tests.sam.stack import Stack
from tests.sam.trial import body, claims_of


@pytest.mark.parametrize("case", cases(), ids=str)
def test_an_event_is_answered_as_expected(case: Case, trials: Trials) -> None:
    trial = trials.result(case)
    assert wrong_in_answer(trial.expectation, trial.answer) == [], trial.log
    assert wrong_afterwards(trial.expectation, trial.stack) == []
    invoked = [
        {"function": function, "event": event} for function, event in trials.recorder.of(trial.stack.name)
    ]
    expected = [{"function": each.function, "event": each.event} for each in trial.expectation.invokes]
    assert differences(expected, invoked, "what was invoked") == []
    assert [secret for secret in trial.hidden if secret in trial.log] == []


def wrong_in_answer(expected: Expectation, answer: Any) -> list[str]:
    if expected.error is not None:
        return differences({"errorType": expected.error, "...": True}, answer, "the answer")
    if expected.status is None:
        return differences(expected.result, answer, "the answer")
    wrong = differences(expected.status, answer["statusCode"], "the status")
    wrong += differences(expected.headers | {"...": True}, answer["headers"], "the headers")
    return wrong + wrong_in_body(expected, body(answer))


def wrong_in_body(expected: Expectation, text: str) -> list[str]:
    wrong = [f"the body has no {piece!r}" for piece in expected.text if piece not in text]
    if expected.json is not None:
        wrong += differences(expected.json, json.loads(text), "the body")
    if expected.claims is not None and not wrong:
        wrong += differences(expected.claims, claims_of(json.loads(text)["url"]), "the claims")
    return wrong


def wrong_afterwards(expected: Expectation, stack: Stack) -> list[str]:
    after, items = expected.after, stack.items()
    wrong = [
        f"no item is like {item}" for item in after.items if not any(_like(item, each) for each in items)
    ]
    wrong += [f"an item is {item['pk']}" for item in items if item["pk"].startswith(tuple(after.no_items))]
    for key, document in after.objects.items():
        wrong += differences(document, stack.object(key), key)
    if after.keyset is not None:
        wrong += differences(after.keyset, stack.secret(16417), "the keyset")
    return wrong


def _like(expected: dict[str, Any], item: dict[str, Any]) -> bool:
    return matches(expected | {"...": True}, item)
