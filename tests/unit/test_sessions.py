"""The visitor's session: whose it is, and whom it owns something for."""

from typing import Any

import pytest

from clerestory.catalog import Catalog
from clerestory.dashboards import Organization
from clerestory.owner.routes.request import name_of
from clerestory.problems import NO_SESSION, ORGANIZATION_MISSING, Problem
from clerestory.session.session import Session, SessionRules, organization_of, owns, session_of
from tests.sessions import ALWAYS, authorized, session_with, signed_in, token_of

AIRLINES = Organization(id=16417, slug="airlines", sources={})
HARBOR = Organization(id=19852, slug="harbor", sources={})
CATALOG = Catalog.of((AIRLINES, ()), (HARBOR, ()))
RULES = SessionRules()


def refused_by(event: dict[str, Any]) -> Problem:
    with pytest.raises(Problem) as refused:
        session_of(event)
    return refused.value


def refused_reading(claim: str, event: dict[str, Any]) -> Problem:
    """What is said to whoever reads that claim of the event's session, which is one."""
    session = session_of(event)
    with pytest.raises(Problem) as refused:
        session.claim(claim)
    return refused.value


def test_reads_the_claims_of_the_token_that_the_authorizer_verified() -> None:
    assert session_with({"sub": "u1"}).subject == "u1"


@pytest.mark.parametrize(
    "claims",
    [{"sub": ["a"]}, {"sub": {"u": 1}}, {"sub": 1.5}, {"sub": True}, {"iss": {"a": 1}}, {"exp": [1]}],
)
def test_a_session_says_who_whose_and_until_when_in_plain_values(claims: dict[str, Any]) -> None:
    with pytest.raises(Problem) as refused:
        session_with(claims)
    assert refused.value.kind is NO_SESSION


@pytest.mark.parametrize(
    ("claims", "name"),
    [
        ({"sub": "olga", "username": "o"}, "olga"),
        ({"sub": "[a b]"}, "[a b]"),
        ({"sub": "", "username": "o"}, "o"),
        ({"client_id": "nightly"}, "nightly"),
        ({"custom:organization": "airlines"}, "unknown"),
    ],
)
def test_the_audit_names_who_asks(claims: dict[str, Any], name: str) -> None:
    assert name_of(session_with(claims)) == name


TOKEN = signed_in({}, {"sub": "u1"})
NO_CLAIMS: list[Any] = [None, {}, [], "sub"]
NO_SESSIONS: list[Any] = [
    {},
    {"headers": TOKEN["headers"]},
    TOKEN | {"requestContext": None},
    TOKEN | {"requestContext": {"authorizer": {"lambda": {"claims": {"sub": "u1"}}}}},
    TOKEN | {"requestContext": {"authorizer": {"jwt": None}}},
    TOKEN | {"claims": {"sub": "u1"}, "requestContext": {}},
    *(authorized(TOKEN, TOKEN["headers"]["authorization"], claims) for claims in NO_CLAIMS),
]


@pytest.mark.parametrize("without", NO_SESSIONS)
def test_a_token_without_the_authorizers_claims_is_no_session(without: dict[str, Any]) -> None:
    assert refused_by(without).kind is NO_SESSION


@pytest.mark.parametrize("headers", [{}, None, {"authorization": None}, {"Authorization": "x"}])
def test_the_authorizers_claims_without_a_token_are_no_session(headers: Any) -> None:
    assert refused_by(TOKEN | {"headers": headers}).kind is NO_SESSION


@pytest.mark.parametrize(
    ("claim", "written"),
    [
        ("iss", "https://other.example"),
        ("sub", "u2"),
        ("exp", "1795344601"),
        ("exp", "soon"),
        *((claim, None) for claim in ("iss", "sub", "exp")),
    ],
)
def test_the_token_is_the_one_that_was_verified(claim: str, written: str | None) -> None:
    claims: dict[str, str] = TOKEN["requestContext"]["authorizer"]["jwt"]["claims"]
    other = {name: text for name, text in (claims | {claim: written}).items() if text is not None}
    assert refused_by(authorized(TOKEN, TOKEN["headers"]["authorization"], other)).kind is NO_SESSION


def test_the_token_has_an_issuer_and_an_end() -> None:
    token = token_of(b'{"sub": "u1"}')
    assert refused_by(authorized({}, token, {"sub": "u1"})).kind is NO_SESSION


@pytest.mark.parametrize(
    ("claim", "written"),
    [
        ("UA", "AA"),
        ("UA", "[UA]"),
        ("UA", None),
        (["UA"], "UA"),
        (["AA", "UA"], "[AA, UA]"),
        (["AA UA"], None),
        (7, "8"),
        (True, "false"),
        (None, "AA"),
        (None, ""),
    ],
)
def test_a_claim_that_is_read_is_the_one_that_was_verified(claim: Any, written: str | None) -> None:
    event = signed_in({}, {"custom:acct_id": claim})
    claims = {name: text for name, text in _written(event).items() if name != "custom:acct_id"}
    added = {} if written is None else {"custom:acct_id": written}
    other = authorized(event, event["headers"]["authorization"], claims | added)
    assert refused_reading("custom:acct_id", other).kind is NO_SESSION
    assert session_of(other).subject is None


def test_a_claim_that_only_the_authorizer_has_is_not_taken_for_missing() -> None:
    event = signed_in({}, {"sub": "u1"})
    claims = _written(event) | {"custom:organization": "harbor"}
    other = authorized(event, event["headers"]["authorization"], claims)
    with pytest.raises(Problem) as refused:
        organization_of(session_of(other), CATALOG, SessionRules(default_organization="airlines"))
    assert refused.value.kind is NO_SESSION


def test_no_refusal_holds_a_value() -> None:
    event = signed_in({}, {"custom:acct_id": "c0ffee"})
    other = authorized(event, event["headers"]["authorization"], _written(event) | {"custom:acct_id": "x"})
    refused = refused_reading("custom:acct_id", other)
    assert "c0ffee" not in f"{refused.document()}{refused!r}{refused.__cause__!r}"


def _written(event: dict[str, Any]) -> dict[str, str]:
    claims: dict[str, str] = event["requestContext"]["authorizer"]["jwt"]["claims"]
    return claims


@pytest.mark.parametrize(
    ("claim", "texts"),
    [
        ("owners", ("owners",)),
        ("[owners]", ("[owners]",)),
        (["owners", "editors"], ("owners", "editors")),
        (["not owners"], ("not owners",)),
        (["team,owners", "a]", "[b"], ("team,owners", "a]", "[b")),
        ([1, "a", None, {}, ["b"], ""], ("a",)),
        ("", ()),
        ([], ()),
        (None, ()),
        (7, ()),
        (True, ()),
        ({"owners": 1}, ()),
    ],
)
def test_texts_are_those_of_a_list_or_the_only_one(claim: Any, texts: tuple[str, ...]) -> None:
    assert session_with({"groups": claim}).texts("groups") == texts


@pytest.mark.parametrize(
    ("claim", "text"),
    [("a", "a"), ("[a]", "[a]"), (" ", " "), (16417, "16417"), (2**64, "18446744073709551616")],
)
def test_a_text_is_one_plain_text_or_whole_number(claim: Any, text: str) -> None:
    assert session_with({"c": claim}).text("c") == text


@pytest.mark.parametrize("claim", ["", None, True, 1.5, [], ["a"], ["a", "b"], {"a": "a"}])
def test_nothing_else_is_one(claim: Any) -> None:
    assert session_with({"c": claim}).text("c") is None


# The organization


@pytest.mark.parametrize("named", ["airlines", "16417", 16417])
def test_a_session_belongs_to_the_organization_that_it_names(named: Any) -> None:
    assert organization_of(session_with({"custom:organization": named}), CATALOG, RULES) == AIRLINES


@pytest.mark.parametrize(
    "named",
    [
        *("nowhere", "", " ", "Airlines", "1", "[airlines]", "[airlines harbor]", "airlines "),
        *([], ["airlines"], ["airlines", "harbor"], {"id": 16417}, True, 16417.0),
    ],
)
def test_a_session_that_names_none_of_ours_belongs_nowhere(named: Any) -> None:
    rules = SessionRules(default_organization="airlines")
    assert organization_of(session_with({"custom:organization": named}), CATALOG, rules) is None
    assert (
        organization_of(session_with({"custom:organization": named}), Catalog.of((AIRLINES, ())), RULES)
        is None
    )


NAMELESS: list[dict[str, Any]] = [{}, {"custom:organization": None}]


@pytest.mark.parametrize("claims", NAMELESS)
def test_a_session_that_names_nothing_belongs_to_the_default(claims: dict[str, Any]) -> None:
    rules = SessionRules(default_organization="harbor")
    assert organization_of(session_with(claims), CATALOG, rules) == HARBOR


@pytest.mark.parametrize("claims", NAMELESS)
def test_without_a_default_it_belongs_to_the_only_organization(claims: dict[str, Any]) -> None:
    assert organization_of(session_with(claims), Catalog.of((HARBOR, ())), RULES) == HARBOR


@pytest.mark.parametrize("claims", NAMELESS)
@pytest.mark.parametrize("catalog", [CATALOG, Catalog.of()])
def test_among_several_a_session_must_name_its_own(claims: dict[str, Any], catalog: Catalog) -> None:
    with pytest.raises(Problem) as refused:
        organization_of(session_with(claims), catalog, RULES)
    assert refused.value.kind is ORGANIZATION_MISSING


@pytest.mark.parametrize("catalog", [CATALOG, Catalog.of((HARBOR, ()))])
def test_a_default_that_is_not_here_is_said_and_nothing_stands_in_for_it(catalog: Catalog) -> None:
    with pytest.raises(Problem) as refused:
        organization_of(session_with({}), catalog, SessionRules(default_organization="replaced"))
    assert refused.value.kind is ORGANIZATION_MISSING
    assert "DEFAULT_ORGANIZATION" in refused.value.detail
    assert "replaced" not in f"{refused.value.document()}"


def test_the_claims_names_are_settings_and_may_be_paths() -> None:
    rules = SessionRules(organization_claim="o.id", groups_claim="realm_access.roles", owners_group="admin")
    admin = session_with({"o": {"id": "harbor"}, "realm_access": {"roles": ["admin"]}})
    assert organization_of(admin, CATALOG, rules) == HARBOR
    assert owns(admin, HARBOR, CATALOG, rules)


# Owners


def owner(organization: Any, groups: Any = ("owners",)) -> Session:
    return session_with({"sub": "u", "custom:organization": organization, "cognito:groups": groups})


@pytest.mark.parametrize("groups", [["owners"], ["editors", "owners"], "owners", ["not owners", "owners"]])
@pytest.mark.parametrize("named", ["airlines", "16417", 16417])
def test_an_owner_owns_the_organization_that_it_names(named: Any, groups: Any) -> None:
    assert owns(owner(named, groups), AIRLINES, CATALOG, RULES)


def test_an_owner_of_one_organization_owns_no_other() -> None:
    assert not owns(owner("harbor"), AIRLINES, CATALOG, RULES)


NAMES = ["not owners", "team,owners", "team owners", "owners,", "[owners]", "co-owners", "Owners", "owners "]


@pytest.mark.parametrize(
    "groups",
    [
        *NAMES,
        *([name] for name in NAMES),
        *("", [], None, True, {"owners": "owners"}, [["owners"]], [{"name": "owners"}], ["editors"]),
    ],
)
def test_who_is_not_in_the_owners_group_owns_nothing(groups: Any) -> None:
    assert not owns(owner("airlines", groups), AIRLINES, CATALOG, RULES)


def test_no_group_is_called_nothing() -> None:
    nameless = SessionRules(owners_group="")
    assert not any(owns(owner("airlines", groups), AIRLINES, CATALOG, nameless) for groups in ("", [""], []))


@pytest.mark.parametrize("catalog", [CATALOG, Catalog.of((AIRLINES, ()))])
def test_an_owner_must_name_its_organization_itself(catalog: Catalog) -> None:
    nameless = session_with({"cognito:groups": ["owners"]})
    assert not owns(nameless, AIRLINES, catalog, SessionRules(default_organization="airlines"))


@pytest.mark.parametrize("named", ["[airlines harbor]", ["airlines", "harbor"], ["airlines"], "", None])
def test_an_owner_of_two_organizations_at_once_owns_none(named: Any) -> None:
    assert not owns(owner(named), AIRLINES, CATALOG, RULES)


def test_always_stands_for_what_every_token_has() -> None:
    assert session_with({}).claims == ALWAYS
