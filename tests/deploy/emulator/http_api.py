"""HTTP APIs: what a stack gives as `Body`, and the hosts that AWS would answer at."""

import json
import os
import re
from collections.abc import Mapping
from typing import Any

import ministack.app as app
import ministack.services.apigateway as apigateway
import ministack.services.cloudformation.provisioners as provisioners
import ministack.services.lambda_svc as lambda_svc

_METHOD_OF_ANY = "x-amazon-apigateway-any-method"


def patch() -> None:
    _import_bodies()
    _answer_at_the_hosts_of_aws()
    _ask_issuers_here()


# What the SAM transform makes: routes, authorizers and CORS in an OpenAPI document


def _import_bodies() -> None:
    for table in vars(provisioners).values():
        if isinstance(table, dict) and "create" in str(table.get("AWS::ApiGatewayV2::Api", "")):
            handlers = table["AWS::ApiGatewayV2::Api"]
            handlers["create"] = _with_body(handlers["create"], properties_at=1)
            handlers["update"] = _with_body(handlers["update"], properties_at=2)


def _with_body(handler: Any, properties_at: int) -> Any:
    def handle(*given: Any, **named: Any) -> Any:
        made = handler(*given, **named)
        _import_body(made[0], given[properties_at])
        return made

    return handle


def _import_body(api_id: str, properties: Mapping[str, Any]) -> None:
    body = _loaded(properties.get("Body") or {})
    if not body:
        return
    api = apigateway._apis[api_id]
    api["name"] = body["info"]["title"]
    api.pop("corsConfiguration", None)
    cors = body.get("x-amazon-apigateway-cors")
    if isinstance(cors, dict):  # AWS passes over what is no object, and no browser gets in
        api["corsConfiguration"] = cors
    for store in (apigateway._routes, apigateway._integrations, apigateway._authorizers):
        store[api_id] = {}
    authorizers = {
        name: _authorizer(api_id, name, scheme["x-amazon-apigateway-authorizer"])
        for name, scheme in body.get("components", {}).get("securitySchemes", {}).items()
    }
    for path, methods in body["paths"].items():
        for method, operation in methods.items():
            verb = "ANY" if method == _METHOD_OF_ANY else method.upper()
            _route(api_id, f"{verb} {path}", operation, authorizers)


def _authorizer(api_id: str, name: str, stated: Mapping[str, Any]) -> str:
    made = apigateway._create_authorizer(
        api_id,
        {
            "name": name,
            "authorizerType": "JWT",
            "identitySource": [stated["identitySource"]],
            "jwtConfiguration": stated["jwtConfiguration"],
        },
    )
    return str(_loaded(made[2])["authorizerId"])


def _route(api_id: str, key: str, operation: Mapping[str, Any], authorizers: Mapping[str, str]) -> None:
    stated = operation["x-amazon-apigateway-integration"]
    made = apigateway._create_integration(
        api_id,
        {
            "integrationType": "AWS_PROXY",
            "integrationUri": stated["uri"],
            "payloadFormatVersion": stated["payloadFormatVersion"],
        },
    )
    route = {"routeKey": key, "target": "integrations/" + _loaded(made[2])["integrationId"]}
    for scheme in operation.get("security", ()):
        for name in scheme.keys() & authorizers.keys():
            route |= {"authorizationType": "JWT", "authorizerId": authorizers[name]}
    apigateway._create_route(api_id, route)


def _loaded(document: Any) -> Any:
    return json.loads(document) if isinstance(document, str | bytes) else document


# The hosts of AWS


def _answer_at_the_hosts_of_aws() -> None:
    app._EXECUTE_API_RE = re.compile(
        r"^([a-f0-9]{8})\.execute-api\.[a-z0-9-]+\.(?:amazonaws\.com|localhost)(?::\d+)?$"
    )
    execute = lambda_svc._execute_function_with_config_scope

    def at_its_host(record: Any, event: Any, *more: Any, **named: Any) -> Any:
        if isinstance(event, dict) and "requestContext" in event and "host" in event.get("headers", {}):
            event["requestContext"]["domainName"] = event["headers"]["host"].split(":")[0]
        return execute(record, event, *more, **named)

    lambda_svc._execute_function_with_config_scope = at_its_host


# Issuers that are servers of the tests: EMULATOR_ISSUERS maps their https addresses to where they listen


def _ask_issuers_here() -> None:
    fetch = apigateway._urlopen_async
    issuers: dict[str, str] = json.loads(os.environ.get("EMULATOR_ISSUERS", "{}"))

    async def fetch_here(url: str, *more: Any) -> Any:
        for issuer, address in issuers.items():
            if url.startswith(issuer):
                url = address + url.removeprefix(issuer)
        return await fetch(url, *more)

    apigateway._urlopen_async = fetch_here
