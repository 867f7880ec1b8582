"""The API that CloudFormation makes of the template: who is let in, from which pages, how often."""

import json
import re
from typing import Any

import pytest

from tests.template import OTHERWISE, ROOT, of_type, written

STACKS: list[dict[str, str]] = [{}, *OTHERWISE]
"""The defaults, and each parameter's other values."""
INVOCATION = re.compile(r"functions/arn:aws:lambda:[^:]+:\d+:function:(\w+)/invocations")


def api(**parameters: str) -> dict[str, Any]:
    body: dict[str, Any] = of_type("AWS::ApiGatewayV2::Api", **parameters)["Api"]["Body"]
    return body


def stage(**parameters: str) -> dict[str, Any]:
    return of_type("AWS::ApiGatewayV2::Stage", **parameters)["ApiApiGatewayDefaultStage"]


def routes(**parameters: str) -> dict[tuple[str, str], dict[str, Any]]:
    """What is done at each method and path."""
    return {
        ("ANY" if method == "x-amazon-apigateway-any-method" else method.upper(), path): route
        for path, methods in api(**parameters)["paths"].items()
        for method, route in methods.items()
    }


def authorizers(**parameters: str) -> dict[tuple[str, str], list[str]]:
    return {
        key: [name for each in route["security"] for name in each]
        for key, route in routes(**parameters).items()
    }


# Who is let in


def test_a_session_is_asked_for_where_a_session_acts_and_not_in_the_iframe(subtests: pytest.Subtests) -> None:
    for stack in STACKS:
        with subtests.test(stack=stack):
            assert authorizers(**stack) == {
                ("POST", "/embeds"): ["Session"],
                ("GET", "/dashboards"): ["Session"],
                ("ANY", "/d/{proxy+}"): ["NONE"],
                ("ANY", "/assets/{proxy+}"): ["NONE"],
                ("GET", "/organizations/{organization}/secret"): ["Session"],
                ("POST", "/organizations/{organization}/secret/reveal"): ["Session"],
                ("POST", "/organizations/{organization}/secret/rotate"): ["Session"],
                ("POST", "/organizations/{organization}/secret/reset"): ["Session"],
                ("GET", "/organizations/{organization}/usage"): ["Session"],
                ("GET", "/organizations/{organization}/dashboards/{dashboard}/example-code"): ["Session"],
                ("POST", "/organizations/{organization}/revocations"): ["Session"],
                ("GET", "/organizations/{organization}/revocations"): ["Session"],
                ("DELETE", "/organizations/{organization}/revocations/{revocation}"): ["Session"],
                ("GET", "/organizations/{organization}/audit"): ["Session"],
            }


def test_a_session_is_a_verified_token_in_the_authorization_header(subtests: pytest.Subtests) -> None:
    for stack in STACKS:
        with subtests.test(stack=stack):
            [authorizer] = api(**stack)["components"]["securitySchemes"].values()
            assert authorizer["type"] == "oauth2"
            settings = authorizer["x-amazon-apigateway-authorizer"]
            assert (settings["type"], settings["identitySource"]) == ("jwt", "$request.header.Authorization")
            assert settings["jwtConfiguration"] == (
                {"issuer": "https://id.example.com/", "audience": ["site", "app"]}
                if "JwtIssuer" in stack
                else {"issuer": "UserPool.ProviderURL", "audience": ["UserPoolClient"]}
            )


def test_a_route_that_says_nothing_is_closed() -> None:
    assert written()["Resources"]["Api"]["Properties"]["Auth"]["DefaultAuthorizer"] == "Session"


def test_a_route_invokes_the_function_that_it_is_written_at_and_may(subtests: pytest.Subtests) -> None:
    for stack in STACKS:
        with subtests.test(stack=stack):
            invoked = set()
            for route in routes(**stack).values():
                integration = route["x-amazon-apigateway-integration"]
                assert integration["payloadFormatVersion"] == "2.0"
                if found := INVOCATION.search(integration["uri"]):
                    invoked.add(found[1])
            permitted = {
                each["FunctionName"] for each in of_type("AWS::Lambda::Permission", **stack).values()
            }
            assert invoked == permitted == {"Mint", "Embed", "Owner"}


def test_every_route_of_owners_is_on_the_api() -> None:
    source = (ROOT / "functions/owner/app.py").read_text(encoding="utf-8")
    declared = re.findall(r'Route\(f"\{ORGANIZATION\}([^"]+)".*methods=\["(\w+)"\]', source)
    on_the_api = {
        (method, path) for method, path in routes() if path.startswith("/organizations/{organization}/")
    }
    assert on_the_api == {
        (method, "/organizations/{organization}" + path.replace("{{", "{").replace("}}", "}"))
        for path, method in declared
    }


# From which pages


def test_cors_has_origins_methods_and_headers_and_lets_no_cookies_in(subtests: pytest.Subtests) -> None:
    for stack in STACKS:
        with subtests.test(stack=stack):
            origins = stack.get("AllowedOrigins", "http://localhost:8787,http://127.0.0.1:8787")
            assert api(**stack)["x-amazon-apigateway-cors"] == {
                "allowOrigins": origins.split(","),
                "allowMethods": ["GET", "POST", "DELETE"],
                "allowHeaders": ["authorization", "content-type", "idempotency-key"],
                "exposeHeaders": ["retry-after"],
                "allowCredentials": False,
                "maxAge": 3600,
            }


def test_a_page_may_use_every_method_that_asks_for_a_session(subtests: pytest.Subtests) -> None:
    for stack in STACKS:
        with subtests.test(stack=stack):
            closed = {method for (method, _), names in authorizers(**stack).items() if names == ["Session"]}
            assert closed == set(api(**stack)["x-amazon-apigateway-cors"]["allowMethods"])


# How often


def test_the_api_is_throttled(subtests: pytest.Subtests) -> None:
    for stack in STACKS:
        with subtests.test(stack=stack):
            rate = stack.get("RequestRate", "100")
            assert stage(**stack)["DefaultRouteSettings"] == {
                "ThrottlingRateLimit": rate,
                "ThrottlingBurstLimit": rate,
            }


# What is logged


def test_access_logs_hold_the_route_and_nothing_that_could_hold_a_token(subtests: pytest.Subtests) -> None:
    for stack in STACKS:
        with subtests.test(stack=stack):
            logging = stage(**stack)["AccessLogSettings"]
            assert logging["DestinationArn"].endswith(":ApiLog")
            logged = json.loads(logging["Format"])
            assert logged["route"] == "$context.routeKey"
            assert set(logged.values()) == {
                "$context.requestTime", "$context.requestId", "$context.routeKey", "$context.httpMethod",
                "$context.status", "$context.responseLength", "$context.responseLatency",
                "$context.integrationLatency", "$context.identity.sourceIp", "$context.error.responseType",
                "$context.integrationStatus",
            }  # fmt: skip


def test_every_parameter_is_tried_with_another_value() -> None:
    defaults = {name: str(found["Default"]) for name, found in written()["Parameters"].items()}
    assert {name for stack in OTHERWISE for name in stack} == defaults.keys()
    assert not [stack for stack in OTHERWISE for name, value in stack.items() if value == defaults[name]]
