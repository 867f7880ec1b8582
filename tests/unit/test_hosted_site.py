"""The stack's own site: sent with the policy of `make site`, for what docs/hosting.md says to configure."""

import re
from typing import Any

import pytest

from cli.site import headers
from tests.template import of_type

API = "https://Api.execute-api.us-east-1.amazonaws.com"
POOL = {
    "issuer": "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_AbCdEf",
    "connect": ["https://UserPoolDomain.auth.us-east-1.amazoncognito.com"],
}
AUTH0 = {"JwtIssuer": "https://example.eu.auth0.com/", "JwtAudience": "site"}
OKTA = {
    "JwtIssuer": "https://accounts.example.com:8443/oauth2/x",
    "JwtAudience": "site",
    "IssuerOrigins": "https://token.example.net,https://keys.example.org:444",
}
NAMED = {
    "DomainName": "data.example.com",
    "CertificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/1-a",
}

Policy = dict[str, set[str]]


def read(policy: str) -> Policy:
    directives = (directive.split() for directive in policy.split(";"))
    return {name: set(sources) for name, *sources in directives}


def of_the_stack(**parameters: str) -> Policy:
    made = of_type("AWS::CloudFront::ResponseHeadersPolicy", HostSite="yes", **parameters)["SiteHeaders"]
    security = made["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"]
    return read(security["ContentSecurityPolicy"]["ContentSecurityPolicy"])


def of_make_site(config: dict[str, Any]) -> Policy:
    [policy] = re.findall(r"^  Content-Security-Policy: (.+)$", headers(config), re.MULTILINE)
    return read(policy)


@pytest.mark.parametrize(
    ("parameters", "config"),
    [
        ({}, {"api": API, **POOL}),
        (AUTH0, {"api": API, "issuer": AUTH0["JwtIssuer"]}),
        (OKTA, {"api": API, "issuer": OKTA["JwtIssuer"], "connect": OKTA["IssuerOrigins"].split(",")}),
        (
            {"PublicUrl": "https://example.com/reports"},
            {"api": API, "embeds": "https://example.com/reports", **POOL},
        ),
        (
            {"PublicUrl": "https://example.com:8443/", **AUTH0},
            {"api": API, "embeds": "https://example.com:8443/", "issuer": AUTH0["JwtIssuer"]},
        ),
    ],
)
def test_both_say_the_same(parameters: dict[str, str], config: dict[str, Any]) -> None:
    assert of_the_stack(**parameters) == of_make_site(config)


def test_with_a_domain_of_its_own_the_apis_first_address_goes_on() -> None:
    """Or the site's config.json, which names it, would be of no use from one moment to the next."""
    policy = of_the_stack(**NAMED)
    assert policy["frame-src"] == {"https://data.example.com"}
    assert policy["connect-src"] - of_make_site({"api": "https://data.example.com", **POOL})[
        "connect-src"
    ] == {API}


def test_the_api_may_be_asked_where_embeds_are_served() -> None:
    policy = of_the_stack(PublicUrl="https://example.com/reports")
    assert (
        of_make_site({"api": "https://example.com/reports", **POOL})["connect-src"] <= policy["connect-src"]
    )


def test_the_hosts_are_those_of_the_region() -> None:
    assert of_the_stack(**{"AWS::Region": "eu-central-1"})["connect-src"] == {
        "'self'",
        "https://Api.execute-api.eu-central-1.amazonaws.com",
        "https://cognito-idp.eu-central-1.amazonaws.com",
        "https://UserPoolDomain.auth.eu-central-1.amazoncognito.com",
    }


def test_a_source_is_never_one_file() -> None:
    """As CSP takes a path without a last slash."""
    paths = {"PublicUrl": "https://example.com/reports", **OKTA, "JwtIssuer": "https://id.example.com/x"}
    policy = of_the_stack(**paths)
    assert not [each for each in policy["connect-src"] | policy["frame-src"] if each.count("/") > 2]


def cloudfront_names(stack: str) -> list[str]:
    """What the site's stack calls what CloudFront keeps by name, in one account for all regions."""
    kinds = ("OriginAccessControl", "ResponseHeadersPolicy", "Function")
    found = of_type(
        *(f"AWS::CloudFront::{kind}" for kind in kinds), **{"AWS::StackId": stack, "HostSite": "yes"}
    )
    return [
        found["SiteAccess"]["OriginAccessControlConfig"]["Name"],
        found["SiteHeaders"]["ResponseHeadersPolicyConfig"]["Name"],
        found["SiteFolders"]["Name"],
    ]


def test_the_sites_names_are_one_stacks_own_and_short_whatever_it_is_called() -> None:
    long = "s" * 128
    stacks = [
        f"arn:aws:cloudformation:eu-central-1:123456789012:stack/{long}/1f4ec3f0-0b4d-11f0-8f5c-0a1b2c3d4e5f",
        f"arn:aws:cloudformation:us-east-1:123456789012:stack/{long}/2a5fd4a0-0b4d-11f0-9a6d-0f1e2d3c4b5a",
    ]
    here, there = map(cloudfront_names, stacks)
    assert not {*here} & {*there}
    assert all(re.fullmatch("[A-Za-z0-9-]{1,64}", name) for name in (*here, *there))
