"""The events themselves: none is missing, none is without an expectation, and each is a whole one."""

import re
from typing import Any

import pytest

from clerestory.session.authorization import claims_in
from local.gateway.api import read_api
from tests.sam.cases import EVENTS, EXPECTED, Case, cases
from tests.sam.signed import carries_its_claims, needs_a_token
from tests.sam.trial import template_id
from tests.template import FUNCTION, of_type, template

HTTP = sorted({route.function for route in read_api(template()).routes})
ROUTES = {route.key: route for route in read_api(template()).routes}
PLACEHOLDER = re.compile(r"\{(\w+)(\+?)\}")


def http_cases() -> list[Case]:
    return [case for case in cases() if template_id(case.function) in HTTP]


def test_every_function_of_the_template_has_events() -> None:
    assert {template_id(case.function) for case in cases()} == set(of_type(FUNCTION))


@pytest.mark.parametrize("name", HTTP)
def test_every_function_of_the_api_has_events_that_succeed_and_that_are_refused(name: str) -> None:
    statuses = {case.expectation.status or 0 for case in http_cases() if template_id(case.function) == name}
    assert {status // 100 for status in statuses} >= {2, 4}


def test_every_route_has_an_event() -> None:
    assert {case.event["routeKey"] for case in http_cases()} == set(ROUTES)


def test_an_event_has_an_expectation_and_an_expectation_an_event() -> None:
    assert cases(EVENTS) == cases(EXPECTED)


def test_an_expectation_can_be_read(subtests: pytest.Subtests) -> None:
    for case in cases():
        with subtests.test(str(case)):
            expected = case.expectation
            assert [expected.status, expected.error, expected.result].count(None) == 2


def test_an_event_of_the_api_is_as_the_api_sends_it(subtests: pytest.Subtests) -> None:
    for case in http_cases():
        with subtests.test(str(case)):
            event = case.event
            http, route = event["requestContext"]["http"], ROUTES[event["routeKey"]]
            assert route.function == template_id(case.function)
            assert event["version"] == "2.0"
            assert http["path"] == event["rawPath"]
            assert {"protocol", "sourceIp", "userAgent"} <= http.keys()
            assert event["requestContext"]["routeKey"] == event["routeKey"]
            assert event["requestContext"]["domainName"] == event["headers"]["host"]
            assert route.method in ("ANY", http["method"])
            assert event.get("pathParameters", {}) == path_parameters(route.path, own_path(event))
            closed = route.authorizer is not None and case.name != "no-session"
            assert ("authorizer" in event["requestContext"]) == closed


def test_an_event_of_a_session_has_its_token_and_what_the_gateway_writes_of_it(
    subtests: pytest.Subtests,
) -> None:
    """Where it has not: `python -m tests.sam.signed`."""
    for case in [case for case in cases() if needs_a_token(case)]:
        with subtests.test(str(case)):
            assert carries_its_claims(case.event)
            claims = claims_in(case.event["headers"]["authorization"])
            assert claims["iat"] <= case.event["requestContext"]["timeEpoch"] / 1000 < claims["exp"]


def own_path(event: Any) -> str:
    """Without the key of the API mapping, which only a domain of one's own has: `reports`, here."""
    own_domain = "execute-api" not in event["requestContext"]["domainName"]
    path: str = event["rawPath"]
    return path.removeprefix("/reports") if own_domain else path


def path_parameters(pattern: str, path: str) -> dict[str, Any]:
    regex = PLACEHOLDER.sub(lambda found: f"(?P<{found[1]}>{'.+' if found[2] else '[^/]+'})", pattern)
    found = re.fullmatch(regex, path)
    assert found
    return found.groupdict()
