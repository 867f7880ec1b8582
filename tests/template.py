"""`template.yaml` for the tests about it, as CloudFormation has it from the SAM transform, for a stack
named `local`. What is only written, and may be lost on the way, is not what these tests see."""

from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from samtranslator.translator.transform import transform

from local.aws.environment import REGION
from local.template import Template, parse

ROOT = Path(__file__).parents[1]
FILE = ROOT / "template.yaml"
FUNCTIONS = ("Mint", "Embed", "Query", "Rotate", "Owner")
ROLE = "AWS::IAM::Role"
FUNCTION = "AWS::Lambda::Function"
_CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/1-a"
OTHERWISE: tuple[dict[str, str], ...] = (
    {"JwtIssuer": "https://id.example.com/", "JwtAudience": "site,app"},
    {"CallbackUrls": "https://app.example.com/,http://localhost:3000/"},
    {"DefaultOrganization": "airlines"},
    {"OrganizationClaim": "https://example.com/tenant"},
    {"GroupsClaim": "realm_access.roles"},
    {"OwnersGroup": "admins"},
    {"AllowedOrigins": "https://app.example.com"},
    {"AllowedOrigins": "https://a.example,https://b.example,https://c.example:8443"},
    {"PublicUrl": "https://example.com/reports"},
    {"IssuerOrigins": "https://token.example.net,https://keys.example.org:444"},
    {"DomainName": "data.example.com", "CertificateArn": _CERTIFICATE},
    {
        "DomainName": "data.example.com",
        "CertificateArn": _CERTIFICATE,
        "HostedZoneId": "Z0123456789ABCDEFGHIJ",
    },
    {"SensitiveValues": ""},
    {"SensitiveValues": "us-ssn,payment-card,email,iban"},
    {"HostSite": "yes"},
    {"DataBucketName": "lake"},
    {"DataPrefix": "clerestory/parquet"},
    {"PackName": "acme"},
    {"Architecture": "arm64"},
    {"RequestRate": "7"},
    {"QueryConcurrency": "5"},
    {"LogLevel": "DEBUG"},
    {"LogRetentionDays": "7"},
    {"Tracing": "on"},
    {"AlarmEmail": "ops@example.com"},
)
"""Each parameter with another value than its default."""
_BUILT = {"AWS::Serverless::Function": "CodeUri", "AWS::Serverless::LayerVersion": "ContentUri"}


def of_type(*types: str, **parameters: str) -> dict[str, dict[str, Any]]:
    """The properties of the resources of these types that such parameters make."""
    return _resolved(types, tuple(sorted(parameters.items())))


@cache
def _resolved(types: tuple[str, ...], parameters: tuple[tuple[str, str], ...]) -> dict[str, dict[str, Any]]:
    return {found.name: found.properties for found in processed(parameters).resources(*types)}


@cache
def processed(parameters: tuple[tuple[str, str], ...] = ()) -> Template:
    """What CloudFormation makes the stack of."""
    return Template(_transformed(parameters), dict(parameters))


def broken_rules(**parameters: str) -> list[str]:
    """What CloudFormation says to such parameters before it makes anything."""
    stack = Template(written(), parameters)
    return [
        assertion["AssertDescription"]
        for rule in written()["Rules"].values()
        if stack.resolve(rule.get("RuleCondition", True))
        for assertion in rule["Assertions"]
        if not stack.resolve(assertion["Assert"])
    ]


@cache
def template() -> Template:
    """What is written, as `make run` reads it."""
    return Template(written())


@cache
def written() -> dict[str, Any]:
    return parse(FILE)


@cache
def _transformed(parameters: tuple[tuple[str, str], ...]) -> dict[str, Any]:
    packaged = deepcopy(written())
    for name, body in packaged["Resources"].items():
        if path := _BUILT.get(body["Type"]):
            body["Properties"][path] = f"s3://built/{name}"
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("AWS_DEFAULT_REGION", REGION)  # the transform asks boto3 where it is
        output: dict[str, Any] = transform(packaged, dict(parameters), _NoManagedPolicies())
    return output


class _NoManagedPolicies:
    """The transform would look policies up by their names, and asks here which there are."""

    def load(self) -> dict[str, str]:
        return {}
