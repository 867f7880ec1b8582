"""The visitor's session: whose it is, and whom it owns something for."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clerestory.dashboards import Catalog, Organization
from clerestory.owner import name_of
from clerestory.problems import NO_SESSION, Problem
from clerestory.sessions import Session, SessionRules, organization_of, owns, session_of

AIRLINES = Organization(id=16417, slug="airlines", sources={}, dashboards=())
HARBOR = Organization(id=19852, slug="harbor", sources={}, dashboards=())
CATALOG = Catalog((AIRLINES, HARBOR))
RULES = SessionRules()


def event(claims: Any) -> dict[str, Any]:
    return {"requestContext": {"authorizer": {"jwt": {"claims": claims, "scopes": None}}}}


def test_reads_the_claims_that_the_authorizer_verified() -> None:
    assert session_of(event({"sub": "u1"})).subject == "u1"


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
    assert name_of(Session(claims)) == name


NO_SESSIONS: list[Any] = [
    {},
    {"requestContext": None},
    {"requestContext": {"authorizer": {"lambda": {"claims": {"sub": "u1"}}}}},
    {"requestContext": {"authorizer": {"jwt": None}}},
    {"claims": {"sub": "u1"}},
    *map(event, (None, {}, [], "sub", [{"sub": "u1"}])),
]


@pytest.mark.parametrize("without", NO_SESSIONS)
def test_an_event_without_claims_is_no_session(without: dict[str, Any]) -> None:
    with pytest.raises(Problem) as refused:
        session_of(without)
    assert refused.value.kind is NO_SESSION


@pytest.mark.parametrize(
    ("claim", "values"),
    [
        ("owners", ("owners",)),
        ("[owners]", ("owners",)),
        ("[owners editors]", ("owners", "editors")),
        ("[owners, editors]", ("owners", "editors")),
        (["owners", "editors"], ("owners", "editors")),
        (["owners editors"], ("owners editors",)),
        ("owners editors", ("owners editors",)),
        (16417, (16417,)),
        ([1, "a", None, {}], (1, "a")),
        ("", ()),
        ("[]", ()),
        ([], ()),
        (None, ()),
        ({"owners": 1}, ()),
    ],
)
def test_reads_lists_as_text_and_as_lists(claim: Any, values: tuple[Any, ...]) -> None:
    assert Session({"groups": claim}).values("groups") == values


@given(names=st.lists(st.from_regex(r"\A[\w:.-]+\Z"), max_size=5))
def test_a_list_reads_the_same_in_both_forms(names: list[str]) -> None:
    as_text, as_list = Session({"g": f"[{' '.join(names)}]"}), Session({"g": names})
    assert as_text.values("g") == as_list.values("g")


@pytest.mark.parametrize("named", ["airlines", "16417", 16417, ["airlines"], "[airlines]"])
def test_a_session_belongs_to_the_organization_that_it_names(named: Any) -> None:
    assert organization_of(Session({"custom:organization": named}), CATALOG, RULES) is AIRLINES


@pytest.mark.parametrize(
    "named", ["nowhere", "", "Airlines", "1", [], "[airlines harbor]", None, {"id": 16417}]
)
def test_a_session_that_names_none_of_ours_belongs_nowhere(named: Any) -> None:
    rules = SessionRules(default_organization="airlines")
    assert organization_of(Session({"custom:organization": named}), CATALOG, rules) is None


def test_a_session_that_names_nothing_belongs_to_the_default() -> None:
    assert (
        organization_of(Session({"sub": "u"}), CATALOG, SessionRules(default_organization="harbor")) is HARBOR
    )


def test_without_a_default_it_belongs_to_the_only_organization() -> None:
    assert organization_of(Session({"sub": "u"}), Catalog((HARBOR,)), RULES) is HARBOR
    assert organization_of(Session({"sub": "u"}), CATALOG, RULES) is None


def test_the_claims_names_are_settings() -> None:
    rules = SessionRules(organization_claim="org", groups_claim="roles", owners_group="admin")
    session = Session({"org": "harbor", "roles": ["admin"]})
    assert organization_of(session, CATALOG, rules) is HARBOR
    assert owns(session, HARBOR, CATALOG, rules)


def owner(organization: Any, groups: Any = "[owners]") -> Session:
    return Session({"sub": "u", "custom:organization": organization, "cognito:groups": groups})


@pytest.mark.parametrize("groups", ["[owners]", "[editors owners]", "owners", ["editors", "owners"]])
@pytest.mark.parametrize("named", ["airlines", "16417", 16417])
def test_an_owner_owns_the_organization_that_it_names(named: Any, groups: Any) -> None:
    assert owns(owner(named, groups), AIRLINES, CATALOG, RULES)


def test_an_owner_of_one_organization_owns_no_other() -> None:
    assert not owns(owner("harbor"), AIRLINES, CATALOG, RULES)


@pytest.mark.parametrize(
    "groups", ["[editors]", "co-owners", "[owners-of-cars]", "Owners", "[]", "", [], None, True]
)
def test_who_is_not_in_the_owners_group_owns_nothing(groups: Any) -> None:
    assert not owns(owner("airlines", groups), AIRLINES, CATALOG, RULES)


def test_an_owner_must_name_its_organization_itself() -> None:
    session = Session({"cognito:groups": ["owners"]})
    assert not owns(session, AIRLINES, CATALOG, SessionRules(default_organization="airlines"))


@pytest.mark.parametrize("named", ["[airlines harbor]", ["airlines", "harbor"], "", None])
def test_an_owner_of_two_organizations_at_once_owns_none(named: Any) -> None:
    assert not owns(owner(named), AIRLINES, CATALOG, RULES)
