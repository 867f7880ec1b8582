"""What the functions log of an error: where it came from, and nothing that it says."""

import json
from typing import Any

import pytest

from clerestory.aws.observation import Observation
from clerestory.problems import INTERNAL_ERROR, INVALID_TOKEN, UNAVAILABLE, Problem, unavailable

VALUE = "c0ffee"


@pytest.fixture(autouse=True)
def _a_logger_of_its_own(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that was made before writes to where the output went then."""
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", request.node.name)


def logged(capsys: pytest.CaptureFixture[str]) -> Any:
    return json.loads(capsys.readouterr().out)


def failed() -> Exception:
    """An error and its cause, each with a message that quotes a value."""
    try:
        try:
            raise KeyError(VALUE)
        except KeyError as error:
            raise ValueError(f"no {VALUE}") from error
    except ValueError as error:
        return error


def test_an_unforeseen_error_is_logged_by_its_places_and_not_its_message(
    capsys: pytest.CaptureFixture[str],
) -> None:
    observation = Observation()
    observation.problem(Problem(INTERNAL_ERROR), failed())
    line = logged(capsys)
    assert [cause.partition(" at ")[0] for cause in line["cause"]] == ["ValueError", "KeyError"]
    assert all(__file__ in cause for cause in line["cause"])
    assert VALUE not in json.dumps(line)


@pytest.mark.parametrize(
    ("problem", "counted"),
    [
        (unavailable("busy"), 1),
        (Problem(INVALID_TOKEN), 0),
        (Problem(UNAVAILABLE, expected=True), 0),
    ],
)
def test_what_failed_is_counted_and_what_was_refused_is_not(problem: Problem, counted: int) -> None:
    observation = Observation()
    observation.problem(problem, problem)
    assert len(observation.metrics.metric_set.get("Failed", {}).get("Value", [])) == counted


def test_a_failure_says_of_what_and_nothing_of_the_error(capsys: pytest.CaptureFixture[str]) -> None:
    Observation().failure("secret not changed", failed(), organization=16417)
    line = logged(capsys)
    assert (line["message"], line["organization"]) == ("secret not changed", 16417)
    assert VALUE not in json.dumps(line)
