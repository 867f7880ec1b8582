"""What a stack may be deployed with: nothing that CloudFormation accepts keeps a function from starting."""

import re
import subprocess
import sys
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from aws_lambda_powertools import Logger
from hypothesis import given
from hypothesis import strategies as st

from clerestory.mint.sensitive import KINDS
from clerestory.session.claims import users_own
from clerestory.settings import read_settings
from local.template import Template
from tests.template import FUNCTION, FUNCTIONS, OTHERWISE, ROOT, broken_rules, of_type, written

PARAMETERS: dict[str, dict[str, Any]] = written()["Parameters"]


def accepts(parameter: str, value: str) -> bool:
    """Whether CloudFormation takes the value. A pattern must match the whole of it, or of each in a list."""
    declared = PARAMETERS[parameter]
    if "AllowedValues" in declared:
        return value in map(str, declared["AllowedValues"])
    values = value.split(",") if declared["Type"] == "CommaDelimitedList" else [value]
    return all(re.fullmatch(declared["AllowedPattern"], each, re.ASCII) for each in values)


def values_of(parameter: str) -> st.SearchStrategy[str]:
    """Values that CloudFormation takes for it."""
    declared = PARAMETERS[parameter]
    if "AllowedValues" in declared:
        return st.sampled_from([str(value) for value in declared["AllowedValues"]])
    value = st.from_regex(re.compile(declared["AllowedPattern"], re.ASCII), fullmatch=True)
    if declared["Type"] == "CommaDelimitedList":
        return st.lists(value, min_size=1, max_size=3).map(",".join)
    return value


def test_every_parameter_says_which_values_it_takes() -> None:
    assert not [
        name for name, found in PARAMETERS.items() if not {"AllowedValues", "AllowedPattern"} & set(found)
    ]
    assert not [name for name, found in PARAMETERS.items() if not accepts(name, str(found["Default"]))]
    assert not [
        (name, value) for stack in OTHERWISE for name, value in stack.items() if not accepts(name, value)
    ]


def test_a_refusal_says_what_is_asked_for() -> None:
    patterns = [found for found in PARAMETERS.values() if "AllowedPattern" in found]
    assert all(found["ConstraintDescription"].startswith("must be ") for found in patterns)


@given(st.fixed_dictionaries({name: values_of(name) for name in PARAMETERS}))
def test_a_function_can_read_its_settings_whatever_the_stack_was_given(parameters: dict[str, str]) -> None:
    functions = Template(written(), parameters).resources("AWS::Serverless::Function")
    for environment in (function.properties["Environment"]["Variables"] for function in functions):
        settings = read_settings(environment)
        assert set(settings.sensitive_kinds) <= KINDS.keys()
        assert settings.session_rules.organization_claim
        assert settings.session_rules.groups_claim
        assert settings.session_rules.owners_group
        assert settings.data.startswith("s3://") or not settings.data


def test_the_transform_hands_the_settings_on(subtests: pytest.Subtests) -> None:
    """What the test above reads from the template as it is written is what is deployed."""
    for stack in OTHERWISE:
        with subtests.test(stack=stack):
            declared = Template(written(), stack).resources("AWS::Serverless::Function")
            for function in declared:
                deployed = of_type(FUNCTION, **stack)[function.name]["Environment"]
                assert deployed == function.properties["Environment"]


@pytest.mark.parametrize("level", PARAMETERS["LogLevel"]["AllowedValues"])
def test_a_function_can_log_at_every_level(level: str) -> None:
    assert Logger(service="test", level=level).log_level


REFUSED = [
    ("SensitiveValues", "us-ssn,passport"),
    ("SensitiveValues", "us-ssn,"),
    ("SensitiveValues", "US-SSN"),
    ("OrganizationClaim", ""),
    ("OrganizationClaim", " "),
    ("OrganizationClaim", "user_metadata.organization"),
    ("OrganizationClaim", "user_metadata"),
    ("OrganizationClaim", "raw_user_meta_data.organization"),
    ("GroupsClaim", ""),
    ("GroupsClaim", "unsafe_metadata.roles"),
    ("GroupsClaim", "https://example.com/user_metadata"),
    ("GroupsClaim", "untrusted_metadata.roles"),
    ("OwnersGroup", ""),
    ("OwnersGroup", "not owners"),
    ("DefaultOrganization", "Air Lines"),
    ("JwtIssuer", "http://id.example.com/"),
    ("JwtIssuer", "https://id.example.com/?tenant=1"),
    ("JwtIssuer", "https://id.example.com/; script-src *"),
    ("JwtAudience", "site, app"),
    ("JwtAudience", ",site"),
    ("CallbackUrls", "http://app.example.com/"),
    ("CallbackUrls", "https://app.example.com/#in"),
    ("CallbackUrls", "http://localhost.example.com/"),
    ("AllowedOrigins", ""),
    ("AllowedOrigins", "*"),
    ("AllowedOrigins", "https://*"),
    ("AllowedOrigins", "https://*.example"),
    ("AllowedOrigins", "https://a.example/"),
    ("AllowedOrigins", "https://a.example,*"),
    ("AllowedOrigins", "https://A.example"),
    ("DataBucketName", "My_Lake"),
    ("DataPrefix", ""),
    ("DataPrefix", "/data"),
    ("DataPrefix", "data/"),
    ("DataPrefix", "a/../b"),
    ("DataPrefix", "*"),
    ("PackName", "a/b"),
    ("PackName", "*"),
    ("RequestRate", "0"),
    ("RequestRate", "1.5"),
    ("QueryConcurrency", "00"),
    ("QueryConcurrency", "-1"),
    ("AlarmEmail", "ops"),
]


def test_a_value_that_would_do_harm_is_refused(subtests: pytest.Subtests) -> None:
    for parameter, value in REFUSED:
        with subtests.test(parameter=parameter, value=value):
            assert not accepts(parameter, value)


def test_what_users_write_themselves_is_refused_however_it_is_spelt(subtests: pytest.Subtests) -> None:
    for parameter, name, path in product(
        ["OrganizationClaim", "GroupsClaim"],
        ["user_metadata", "userMetadata", "User-MetaData", "raw_user_meta_data", "unsafe_metadata"],
        ["{}", "{}.organization", "app.{}.organization", "https://example.com/{}"],
    ):
        with subtests.test(parameter=parameter, name=name, path=path):
            claim = path.format(name)
            assert users_own(claim)
            assert not accepts(parameter, claim)


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("SensitiveValues", ""),
        ("SensitiveValues", "us-ssn, iban"),
        ("OrganizationClaim", "https://example.com/tenant"),
        ("OrganizationClaim", "app_metadata.tenant_id"),
        ("OrganizationClaim", "o.id"),
        ("GroupsClaim", "realm_access.roles"),
        ("DefaultOrganization", "16417"),
        ("JwtIssuer", "https://example.eu.auth0.com/"),
        ("JwtIssuer", "https://login.microsoftonline.com/c0ffee00-0000-4000-8000-000000000000/v2.0"),
        ("JwtIssuer", "https://id.example.com:8443/realms/site"),
        ("JwtAudience", "https://api.example.com/,site"),
        ("AllowedOrigins", "https://xn--bcher-kva.example:8443"),
        ("DataPrefix", "d"),
        ("DataPrefix", "lake/year=2013/v1.2"),
    ],
)
def test_a_value_that_a_user_needs_is_taken(parameter: str, value: str) -> None:
    assert accepts(parameter, value)


def test_every_kind_of_sensitive_value_can_be_asked_for() -> None:
    assert accepts("SensitiveValues", ",".join(KINDS))


# What must not be deployed


def test_the_defaults_break_no_rule() -> None:
    assert broken_rules() == []


def test_an_issuer_without_an_audience_is_refused() -> None:
    [refusal] = broken_rules(JwtIssuer="https://id.example.com/")
    assert "JwtAudience" in refusal
    assert not broken_rules(JwtIssuer="https://id.example.com/", JwtAudience="site")


@pytest.mark.parametrize("region", ["cn-north-1", "cn-northwest-1"])
def test_in_china_an_issuer_must_be_named(region: str) -> None:
    [refusal] = broken_rules(**{"AWS::Region": region})
    assert "no user pools in China" in refusal
    named = {"JwtIssuer": "https://id.example.com/", "JwtAudience": "site"}
    assert not broken_rules(**named, **{"AWS::Region": region})


@pytest.mark.parametrize("region", ["cn-north-1", "cn-northwest-1", "us-gov-east-1", "us-gov-west-1"])
def test_the_site_is_hosted_only_where_there_is_cloudfront(region: str) -> None:
    place = {"AWS::Region": region, "JwtIssuer": "https://id.example.com/", "JwtAudience": "site"}
    [refusal] = broken_rules(HostSite="yes", **place)
    assert "CloudFront" in refusal
    assert not broken_rules(**place)


def test_nothing_is_asked_for_that_a_partition_lacks() -> None:
    """cfn-lint knows which regions have which resources, and follows conditions on the region."""
    regions = ["us-east-1", "eu-central-1", "cn-north-1", "cn-northwest-1", "us-gov-east-1", "us-gov-west-1"]
    linter = str(Path(sys.executable).with_name("cfn-lint"))
    command = [linter, "template.yaml", "--regions", *regions]
    linted = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (linted.returncode, linted.stdout) == (0, "")


def test_the_docs_explain_every_parameter() -> None:
    explained = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
    assert [name for name in PARAMETERS if f"| `{name}` |" not in explained] == []


def test_every_parameter_has_a_default_a_description_and_a_place_in_the_form() -> None:
    assert [
        name for name, found in PARAMETERS.items() if not {"Default", "Description"} <= found.keys()
    ] == []
    groups = written()["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]
    assert sorted(name for group in groups for name in group["Parameters"]) == sorted(PARAMETERS)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_that_does_not_start_raises_an_alarm(name: str) -> None:
    alarms = of_type("AWS::CloudWatch::Alarm").values()
    [alarm] = [
        each
        for each in alarms
        if each["MetricName"] == "Errors" and each["Dimensions"] == [{"Name": "FunctionName", "Value": name}]
    ]
    assert (alarm["Namespace"], alarm["Statistic"], alarm["Threshold"]) == ("AWS/Lambda", "Sum", 1)
