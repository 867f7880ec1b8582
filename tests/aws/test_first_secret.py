"""An organization's first secret, which mint has rotate make: a new stack starts both cold."""

from typing import Any

import boto3
import pytest

from clerestory.aws import clients
from clerestory.aws.function_calls import FunctionCalls
from clerestory.dashboards import Organization
from clerestory.problems import UNAVAILABLE, Problem
from local.aws.environment import REGION
from tests.aws.faults import Fault, Faults, error, lost

AIRLINES = Organization(16417, "airlines", sources={})


@pytest.fixture
def lambda_client(endpoint: str) -> Any:
    """As mint's own, with the test's credentials and place."""
    session = boto3.Session("local", "local", region_name=REGION)
    return session.client("lambda", endpoint_url=endpoint, config=clients.PATIENT)


def refused(client: Any) -> Problem:
    with pytest.raises(Problem) as problem:
        FunctionCalls(lambda: client, rotate="Rotate").create_secret(AIRLINES)
    return problem.value


THROTTLED = error("TooManyRequestsException", 429)
FULL = error("TooManyRequestsException", 429, Reason="ConcurrentInvocationLimitExceeded")
OUTAGES = [lost, THROTTLED, FULL, error("ServiceException", 500), error("ResourceConflictException", 409)]


@pytest.mark.parametrize("fault", OUTAGES, ids=["too slow", "throttled", "full", "500", "being made"])
def test_rotate_is_asked_once_and_the_visitor_told_when_to_ask_again(
    lambda_client: Any, fault: Fault
) -> None:
    faults = Faults(lambda_client)
    faults.always("Invoke", fault)
    problem = refused(lambda_client)
    assert (problem.kind, problem.retry_after) == (UNAVAILABLE, 2)
    assert faults.sent == {"Invoke": 1}


def test_it_is_waited_for_longer_than_a_cold_start_takes(lambda_client: Any) -> None:
    assert lambda_client.meta.config.read_timeout == clients.SECONDS_FOR_ANOTHER >= 15
