"""How claims are named, which of them are users' own, and whether the gateway's text is of the same value."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.json import encode

from clerestory.session.claims import agrees, claim_named, users_own
from local.gateway.claims import written_claims

CLAIMS = {
    "sub": "ana",
    "custom:acct_id": "UA",
    "https://example.com/tenant": "acme",
    "https://stytch.com/organization": {"organization_id": "org-1"},
    "app_metadata": {"tenant_id": "nested", "roles": ["a"], "deep.er": {"x": 7}, "none": None},
    "app_metadata.tenant_id": "exact",
    "realm_access": {"roles": ["owners"]},
    "o": {"id": "org_1"},
    "null": None,
    "null.id": {"a": 1},
}


@pytest.mark.parametrize(
    ("name", "claim"),
    [
        ("custom:acct_id", "UA"),
        ("https://example.com/tenant", "acme"),
        ("https://stytch.com/organization.organization_id", "org-1"),
        ("realm_access.roles", ["owners"]),
        ("o.id", "org_1"),
        ("o", {"id": "org_1"}),
        ("app_metadata.tenant_id", "exact"),
        ("app_metadata.deep.er.x", 7),
        ("null.id.a", 1),
    ],
)
def test_a_claim_is_named_exactly_first_and_then_as_a_path(name: str, claim: Any) -> None:
    assert claim_named(CLAIMS, name) == claim


@pytest.mark.parametrize(
    "name",
    [
        *("", ".", "o.", ".o", "o..id", "o.id.x", "O.id", "o.ID", "nothing", "nothing.at.all", "null"),
        *("sub.0", "sub.upper", "realm_access.roles.0", "app_metadata.roles.a", "app_metadata.none.x"),
        *("app_metadata.none", "o.keys", "o.__class__"),
    ],
)
def test_a_path_walks_objects_only(name: str) -> None:
    assert claim_named(CLAIMS, name) is None


def test_an_exact_name_that_is_null_lets_no_path_stand_in_for_it() -> None:
    assert claim_named({"o.id": None, "o": {"id": "org_1"}}, "o.id") is None


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("user_metadata", "user_metadata"),
        ("user_metadata.tenant_id", "user_metadata"),
        ("unsafe_metadata.a.b", "unsafe_metadata"),
        ("unsafeMetadata.tenant", "unsafeMetadata"),
        ("raw_user_meta_data.tenant_id", "raw_user_meta_data"),
        ("untrusted_metadata.x", "untrusted_metadata"),
        ("user.unsafe_metadata.x", "unsafe_metadata"),
        ("https://example.com/user_metadata", "user_metadata"),
        ("https://example.com/user_metadata.tenant", "user_metadata"),
        ("custom:user_metadata", "user_metadata"),
    ],
)
def test_what_users_write_themselves_is_known_by_its_name(name: str, part: str) -> None:
    assert users_own(name) == part


@pytest.mark.parametrize(
    "name",
    [
        *("app_metadata.tenant_id", "public_metadata.tenant", "custom:acct_id", "sub", "user_id", "metadata"),
        *("https://example.com/tenant", "my_user_metadata_id", "app_metadata.user"),
    ],
)
def test_what_only_the_issuer_writes_is_not_users_own(name: str) -> None:
    assert users_own(name) is None


@pytest.mark.parametrize("written", [None, "null", "<nil>"])
def test_a_null_agrees_with_nothing_however_it_is_spelt(written: str | None) -> None:
    assert agrees(None, written)
    assert not agrees(None, "UA")


@pytest.mark.parametrize("written", ["1.7953446e+09", "1795344600", "1795344600.0"])
def test_a_number_agrees_however_it_is_spelt(written: str) -> None:
    assert agrees(1_795_344_600, written)


@pytest.mark.parametrize(
    "written", ["1795344601", "", "1_795_344_600", "NaN", "true", '"1795344600"', None, 1]
)
def test_another_number_does_not(written: Any) -> None:
    assert not agrees(1_795_344_600, written)


claims = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)


@given(claim=claims)
def test_what_the_gateway_writes_of_a_claim_agrees_with_it(claim: Any) -> None:
    written = written_claims(encode({"c": claim}))
    assert ("c" in written) == (claim is not None)
    assert agrees(claim, written.get("c"))


@given(one=st.text() | st.lists(st.text()), other=st.text() | st.lists(st.text()))
def test_texts_that_the_gateway_writes_otherwise_do_not(one: Any, other: Any) -> None:
    ours, theirs = (written_claims(encode({"c": each}))["c"] for each in (one, other))
    assert agrees(one, theirs) == (ours == theirs)
