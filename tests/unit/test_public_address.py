"""Where a stack's API answers: at its own address, behind a proxy, or under a name of its own."""

import re

import pytest

from tests.template import FUNCTION, of_type, processed, written

NAMED = {
    "DomainName": "data.example.com",
    "CertificateArn": "arn:aws:acm:eu-central-1:123456789012:certificate/1-a",
}
ZONED = NAMED | {"HostedZoneId": "Z0123456789ABCDEFGHIJ"}
DOMAIN = ("AWS::ApiGatewayV2::DomainName", "AWS::ApiGatewayV2::ApiMapping")
RECORD = "AWS::Route53::RecordSet"


def fits(parameter: str, value: str) -> bool:
    """Whether CloudFormation takes the value: its patterns are of the whole."""
    return re.fullmatch(written()["Parameters"][parameter]["AllowedPattern"], value) is not None


@pytest.mark.parametrize(
    "url",
    [
        "", "https://example.com", "https://example.com/", "https://example.com:8443/reports",
        "https://a-b.example.co.uk/reports/v1/", "https://example.com/caf%C3%A9/~x_y.z",
    ],
)  # fmt: skip
def test_embeds_may_be_served_under_a_path(url: str) -> None:
    assert fits("PublicUrl", url)
    for name in ("Mint", "Embed", "Owner"):
        assert of_type(FUNCTION, PublicUrl=url)[name]["Environment"]["Variables"]["PUBLIC_URL"] == url


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com", "example.com", "https://", "https://example.com?a=b", "https://example.com/#top",
        "https://example.com/a b", "https://ana@example.com", "https://example.com//", "https://example.com/../a",
        "https://example.com/%", "https://example.com/a;b", "https://example.com\n",
    ],
)  # fmt: skip
def test_a_public_url_that_no_path_can_be_joined_to_is_refused(url: str) -> None:
    assert not fits("PublicUrl", url)


def test_the_api_has_a_name_of_its_own_only_where_one_is_given() -> None:
    assert of_type(*DOMAIN, RECORD) == {}
    named = of_type(*DOMAIN, **NAMED)
    [configuration] = named["ApiDomain"]["DomainNameConfigurations"]
    assert named["ApiDomain"]["DomainName"] == "data.example.com"
    assert configuration["CertificateArn"] == NAMED["CertificateArn"]
    assert configuration["SecurityPolicy"] == "TLS_1_2"
    assert named["ApiDomainMapping"] == {
        "ApiId": "Api",
        "DomainName": "ApiDomain",
        "Stage": "ApiApiGatewayDefaultStage",
    }


def test_the_name_is_pointed_at_the_api_where_its_zone_is_given() -> None:
    assert of_type(RECORD, **NAMED) == {}
    records = of_type(RECORD, **ZONED).values()
    assert {record["Type"] for record in records} == {"A", "AAAA"}
    for record in records:
        assert (record["Name"], record["HostedZoneId"]) == ("data.example.com", "Z0123456789ABCDEFGHIJ")
        assert record["AliasTarget"] == {
            "DNSName": "ApiDomain.RegionalDomainName",
            "HostedZoneId": "ApiDomain.RegionalHostedZoneId",
        }


def test_embeds_are_minted_under_the_domain() -> None:
    for name in ("Mint", "Embed", "Owner"):
        variables = of_type(FUNCTION, **NAMED)[name]["Environment"]["Variables"]
        assert variables["PUBLIC_URL"] == "https://data.example.com"


def outputs(**parameters: str) -> dict[str, str]:
    """The outputs' values, of those that such parameters make."""
    return processed(tuple(sorted(parameters.items()))).outputs()


def test_outputs_say_the_domain_and_where_to_point_it() -> None:
    assert outputs()["ApiUrl"] == "https://Api.execute-api.us-east-1.amazonaws.com"
    assert outputs(**NAMED)["ApiUrl"] == "https://data.example.com"
    assert outputs(**NAMED)["ApiDomainTarget"] == "ApiDomain.RegionalDomainName"
    assert "ApiDomainTarget" not in outputs() | outputs(**ZONED)


@pytest.mark.parametrize(
    ("parameters", "refused"),
    [
        ({}, False),
        (NAMED, False),
        (ZONED, False),
        ({"PublicUrl": "https://example.com/reports"}, False),
        ({"DomainName": "data.example.com"}, True),
        ({"CertificateArn": NAMED["CertificateArn"]}, True),
        ({"HostedZoneId": ZONED["HostedZoneId"]}, True),
        (NAMED | {"PublicUrl": "https://example.com"}, True),
    ],
)
def test_a_domain_needs_its_certificate_and_embeds_have_one_address(
    parameters: dict[str, str], refused: bool
) -> None:
    assert bool(processed(tuple(sorted(parameters.items()))).broken_rules()) == refused


ACCEPTED = {
    "DomainName": ["", "data.example.com", "a-1.xn--caf-dma.example"],
    "CertificateArn": ["", "arn:aws-us-gov:acm:us-gov-west-1:123456789012:certificate/a"],
    "HostedZoneId": ["", "Z1D633PJN98FT9"],
    "IssuerOrigins": ["", "https://a.example", "https://a.example:444,https://b.example"],
}
REFUSED = {
    "DomainName": ["https://a.example", "A.example", "localhost", "*.a.example", "a_b.example", "a.example."],
    "CertificateArn": [
        "a",
        "arn:aws:iam::123456789012:server-certificate/a",
        "arn:aws:acm:*:*:certificate/a",
    ],
    "HostedZoneId": ["/hostedzone/Z1D633PJN98FT9", "example.com"],
    "IssuerOrigins": [
        "http://a.example",
        "https://a.example/",
        "https://*.example",
        "https://a.example,",
        "https://a;b",
    ],
}


@pytest.mark.parametrize("parameter", ACCEPTED)
def test_what_may_be_given(parameter: str) -> None:
    assert [value for value in ACCEPTED[parameter] if not fits(parameter, value)] == []
    assert [value for value in REFUSED[parameter] if fits(parameter, value)] == []
