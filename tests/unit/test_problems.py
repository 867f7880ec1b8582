"""Problems as RFC 9457 documents."""

import json

import pytest

from clerestory import problems
from clerestory.problems import Kind, Problem, VariableError, unavailable

KINDS = [kind for kind in vars(problems).values() if isinstance(kind, Kind)]


def test_every_problem_has_a_code_of_its_own() -> None:
    assert len({kind.code for kind in KINDS}) == len(KINDS)


def test_a_problem_says_what_it_is(subtests: pytest.Subtests) -> None:
    for kind in KINDS:
        with subtests.test(kind.code):
            document = Problem(kind).document()
            assert document == {
                "type": f"urn:clerestory:problem:{kind.code}",
                "title": kind.title,
                "status": kind.status,
                "code": kind.code,
            }
            assert 400 <= kind.status <= 599


def test_a_problem_names_the_wrong_variables() -> None:
    problem = Problem(problems.INVALID_VARIABLES, errors=(VariableError("ORIGIN", "is none of the choices"),))
    assert problem.document()["errors"] == [{"variable": "ORIGIN", "detail": "is none of the choices"}]


def test_a_problem_carries_its_extensions() -> None:
    document = Problem(problems.URL_TOO_LONG, "Too long.", length=2039, limit=2038).document()
    assert (document["detail"], document["length"], document["limit"]) == ("Too long.", 2039, 2038)


def test_a_problem_is_json() -> None:
    assert json.loads(json.dumps(Problem(problems.NOT_FOUND, "Gone.").document()))["status"] == 404


def test_what_aws_cannot_answer_may_be_tried_again() -> None:
    problem = unavailable("Busy.")
    assert (problem.kind.status, problem.retry_after) == (503, 2)


def test_a_problems_text_as_an_exception_is_only_its_code() -> None:
    assert str(Problem(problems.INVALID_TOKEN, "a detail")) == "invalid-token"
