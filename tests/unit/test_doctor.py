"""What the doctor tells from an embed's URL alone."""

import json
from typing import Any

import pytest

from clerestory.problems import INVALID_TOKEN
from cli.doctor.diagnosis import diagnose
from cli.doctor.finding import duration
from cli.doctor.link import NotAnEmbedError, read_link
from tests.unit.breaking import lifeless, unreadable, untimely
from tests.unit.embed_links import (
    BASE,
    CATALOG,
    CLAIMS,
    KEY,
    NOW,
    causes,
    findings,
    link,
    of,
    token,
    warnings,
)

# The URL


@pytest.mark.parametrize(
    ("url", "dashboard", "organization"),
    [
        (f"{BASE}/d/38727/a.b.c", "38727", None),
        (f"{BASE}/d/38727/a.b.c/results", "38727", None),
        (f"  {BASE}/d/delays/a.b.c\n", "delays", None),
        (f"{BASE}/d/airlines/delays/?embed_token=a.b.c", "delays", "airlines"),
        (f"{BASE}/d/airlines/delays?x=1&amp;embed_token=a.b.c", "delays", "airlines"),
    ],
)
def test_both_forms_are_read(url: str, dashboard: str, organization: str | None) -> None:
    read = read_link(url)
    assert (read.base, read.dashboard, read.token, read.organization) == (
        BASE,
        dashboard,
        "a.b.c",
        organization,
    )


def test_a_link_gives_its_urls_again() -> None:
    assert link("a.b.c").page == f"{BASE}/d/38727/a.b.c"
    assert link("a.b.c", organization="airlines").page == f"{BASE}/d/airlines/38727/?embed_token=a.b.c"
    assert link("a.b.c", organization="airlines").results == f"{BASE}/d/38727/a.b.c/results"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "isn't a URL"),
        ("a.b.c", "isn't a URL"),
        ("ftp://embed.example.com/d/1/a.b.c", "isn't a URL"),
        ("https://[/d/1/a.b.c", "isn't a URL"),
        ("https://embed.example.com:port/d/1/a.b.c", "isn't a URL"),
        (f'<iframe src="{BASE}/d/1/a.b.c"></iframe>', "HTML"),
        (f"{BASE}/settings/", "isn't an embed's URL"),
        (f"{BASE}/d/38727", "no token"),
        (f"{BASE}/d/airlines/delays/?embed_token=", "no token"),
        (f"{BASE}/d/airlines/delays/?embed_token=a&embed_token=b", "2 times"),
    ],
)
def test_what_is_no_embeds_url(text: str, why: str) -> None:
    with pytest.raises(NotAnEmbedError, match=why):
        read_link(text)


# The token's form


def test_a_good_token_has_no_cause_and_says_when_it_ends() -> None:
    assert [str(each) for each in findings(token())] == [
        "ok       The token ends in 1 d, 24 h after its iat."
    ]


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("undefined", "has 1 part,"),
        (token().rpartition(".")[0], "has 2 parts"),
        (token() + ".x", "has 4 parts"),
        (token()[:-3], "signature has 40 characters, where"),
        (token()[:-43] + "0" * 64, "as hexadecimal"),
        (token()[:-1] + "B", "signature ends in"),
        (token() + "=", "signature has padding"),
        ("." + token().partition(".")[2], "header is empty"),
        ("e30=" + token()[token().index(".") :], "header has padding"),
        ("e+30" + token()[token().index(".") :], "header is base64, not base64url"),
        ("é" + token(), "header holds characters"),
        ("W10" + token()[token().index(".") :], "header isn't a JSON object"),
        (token([1]), "payload isn't a JSON object"),
        (token(alg="RS256"), "is signed with RS256"),
        (token(alg="none"), "is signed with none"),
        (token(alg=None), "names no algorithm"),
        (token(jku="https://example.com"), "header has jku"),
        (token(kid=1), "kid isn't text"),
        (token(kid=None), "kid isn't text"),
        ("x" * 8_193, "is too long, with 8,193 characters, and 8,192 are the most"),
    ],
)
def test_a_malformed_token_and_which_part_of_it(text: str, cause: str) -> None:
    (explained,) = causes(text)
    assert cause in explained


@pytest.mark.parametrize(
    ("claims", "cause"),
    [
        ({"organization": None}, "has no organization"),
        ({"dashboard": None}, "has no dashboard"),
        ({"organization": 1.5}, "organization is neither text nor a whole number"),
        ({"dashboard": [38727]}, "dashboard is neither text nor a whole number"),
        ({"env": ["UA"]}, "env isn't an object"),
        ({"env": [[]]}, "env isn't an object"),
        ({"env": ""}, "env isn't an object"),
        ({"sub": True}, "sub is neither text"),
        ({"iat": "now"}, "iat isn't a number"),
        ({"exp": "tomorrow"}, "exp isn't a number"),
        ({"iat": None}, "neither iat nor exp"),
        ({"iat": None, "exp": NOW + 86_401}, "exp lies 1 d 1 s ahead"),
    ],
)
def test_claims_that_are_refused(claims: dict[str, Any], cause: str) -> None:
    (explained,) = causes(of(**claims))
    assert cause in explained


@pytest.mark.parametrize(
    ("rule", "part", "text"),
    [*unreadable(KEY.secret, NOW), *lifeless(KEY.secret, NOW), *untimely(KEY.secret, NOW)],
)
def test_each_of_the_verifiers_reasons_has_words_and_names_the_part(rule: str, part: str, text: str) -> None:
    (finding,) = (each for each in findings(text) if each.weight == "cause")
    assert finding.advice
    assert part in finding.text or rule == "unreadable"


# Its life


@pytest.mark.parametrize(
    ("claims", "cause"),
    [
        ({"exp": NOW - 7_500}, "expired 2 h 5 min ago, by its exp."),
        ({"iat": NOW - 90_000, "exp": NOW + 90_000}, "expired 1 h ago, 24 h after its iat."),
        ({"exp": NOW}, "expired 0 s ago, by its exp. Its exp isn't after its iat."),
        ({"iat": NOW + 61}, "iat lies 1 min 1 s ahead, where 60 s are the most"),
        ({"nbf": NOW + 3_600}, "nbf lies 1 h ahead"),
    ],
)
def test_the_wrong_time_and_by_how_much(claims: dict[str, Any], cause: str) -> None:
    (explained,) = causes(of(**claims))
    assert cause in explained


def test_the_makers_clock_is_a_little_ahead() -> None:
    assert causes(of(iat=NOW + 30)) == []
    assert warnings(of(iat=NOW + 30)) == ["The token's iat lies 30 s ahead: it is taken, as up to 60 s are."]


def test_milliseconds_are_recognized() -> None:
    (finding,) = (each for each in findings(of(iat=NOW * 1000)) if each.weight == "cause")
    assert finding.advice == "It looks like milliseconds: divide by 1000."


# What it is for


def test_another_dashboard_names_both() -> None:
    expected = ["The token is for the dashboard 231, and the URL names 38727."]
    assert causes(of(dashboard=231, env={})) == causes(of(dashboard=231, env={}), None) == expected


def test_a_slug_is_the_dashboard_where_it_is_known() -> None:
    assert causes(token(), dashboard="delays") == warnings(token(), dashboard="delays") == []
    assert causes(token(), None, dashboard="delays") == []
    assert "Check that these" in str(findings(token(), None, dashboard="delays")[-1])


def test_another_organization() -> None:
    expected = ["The token is of the organization 16417, and the URL names harbor."]
    assert (
        causes(token(), organization="harbor") == warnings(token(), None, organization="harbor") == expected
    )
    assert causes(token(), organization="airlines") == []


def test_what_dashboards_does_not_have_is_a_warning() -> None:
    (warning,) = warnings(of(organization=7))
    assert warning.startswith("The organization 7 isn't in dashboards/")
    assert warnings(of(organization=7), None) == []


@pytest.mark.parametrize(
    ("env", "cause"),
    [
        ({}, "The variable ACCT_ID: the token has no value for it."),
        ({"ACCT_ID": "UA", "dates": ["soon"]}, "The variable DATES: must be a date like 2013-01-31."),
        ({"ACCT_ID": "UA", "DATES": ["2014-01-01"]}, "The variable DATES: must be 2013-12-31 or earlier."),
        ({"ACCT_ID": {"id": "UA"}}, "The variable ACCT_ID has an object or a list of lists for a value."),
        ({"ACCT_ID": "UA", "acct_id": "AA"}, "The variable ACCT_ID: is given twice."),
    ],
)
def test_a_variable_is_named(env: dict[str, Any], cause: str) -> None:
    assert causes(of(env=env)) == [cause]


def test_odd_values_of_unknown_variables_are_a_warning() -> None:
    assert "The variable ACCT_ID has an object" in warnings(of(env={"ACCT_ID": {}}), None)[0]
    assert warnings(of(env={"ACCT_ID": "UA", "extra": [[1]]})) == ["The dashboard has no variable EXTRA."]


def test_a_long_url_is_a_warning() -> None:
    (finding, *_) = diagnose(link(token())._replace(characters=2_039), NOW, CATALOG)
    assert (finding.weight, finding.text) == (
        "warning",
        "The URL is too long for some browsers: 2,039 characters; they take 2,038.",
    )


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.2, "0 s"), (59, "59 s"), (61, "1 min 1 s"), (-7_500, "2 h 5 min"), (180_000, "2 d 2 h")],
)
def test_durations_in_their_two_largest_units(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_phps_empty_array_is_an_empty_env() -> None:
    assert causes(of(env=[])) == causes(of(env={}))


@pytest.mark.parametrize("claims", [{}, {"sub": ""}, {"sub": None}])
def test_a_dashboard_that_is_bound_to_its_viewer_needs_one(claims: dict[str, Any]) -> None:
    (cause,) = causes(token(CLAIMS | {"dashboard": 7} | claims), dashboard="7")
    assert cause == "The dashboard is bound to its viewer, and the token has no sub."
    assert not causes(of(dashboard=7, sub="ana"), dashboard="7")


def test_what_nothing_explains_is_still_a_cause() -> None:
    deep = of(extra=json.loads("[" * 20 + "]" * 20))
    assert causes(deep) == ["The token can't be read."]
    assert findings(deep)[-1].code == INVALID_TOKEN.code
