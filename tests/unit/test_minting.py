"""Minting: equal URLs for equal requests, in time, and never too long."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import ValidationError, convert

from clerestory.dashboards import DAY, HOUR, Dashboard, Embed, Organization, Variable
from clerestory.mint.minting import (
    MAX_URL,
    EmbedRequest,
    MintedEmbed,
    Minter,
    mintable,
    settable,
    token_window,
)
from clerestory.problems import CLAIM_MISSING, LOCKED_VARIABLE, NO_SESSION, URL_TOO_LONG, Problem
from clerestory.secret.keyset import Keyset, new_key
from clerestory.session.session import Session
from clerestory.tokens import Token, read, verify
from tests.sessions import session_with

NOW = 1_700_000_000
KEYSET = Keyset(1, 1, "test", (new_key(0),))
SESSION = session_with({"sub": "viewer-1", "custom:acct_id": "UA"})
VARIABLES = {
    "ACCT_ID": Variable(type="string", claim="custom:acct_id"),
    "ORIGIN": Variable(type="string", list=True, choices=("EWR", "JFK", "LGA")),
    "NOTE": Variable(type="string", title="A note"),
}
ORGANIZATION = Organization(id=16417, slug="airlines", sources={})
times = st.floats(NOW, NOW + 10 * DAY) | st.integers(NOW, NOW + 10 * DAY)
lifetimes = st.integers(2, DAY)


def dashboard(id: int = 38727, **embed: Any) -> Dashboard:
    return Dashboard(id, "otp", "On time", "s", charts=(), variables=VARIABLES, embed=Embed(**embed))


def mint(
    env: dict[str, Any] | None = None,
    now: float = NOW,
    session: Session = SESSION,
    lifetime: int | None = None,
    base: str = "https://embed.example",
    shown: Dashboard = dashboard(),  # noqa: B008 (frozen)
) -> MintedEmbed:
    request = EmbedRequest(dashboard=shown.id, env=env, lifetime=lifetime)
    return Minter(base, ()).mint(ORGANIZATION, shown, session, request, KEYSET, now)


def token_of(minted: MintedEmbed, now: float = NOW) -> Token:
    return verify(read(minted.url.rpartition("/")[2]), KEYSET, now)


def test_the_url_opens_the_dashboard_with_the_sessions_and_the_visitors_values() -> None:
    minted = mint({"origin": ["JFK"], "note": "ünï"})
    token = token_of(minted)
    assert minted.url.startswith("https://embed.example/d/38727/")
    assert (token.organization, token.dashboard, token.viewer) == ("16417", "38727", None)
    assert token.env == {"ACCT_ID": "UA", "ORIGIN": ["JFK"], "NOTE": "ünï"}
    assert (minted.dashboard, minted.title) == (38727, "On time")


@given(now=times, lifetime=lifetimes)
def test_a_minted_token_verifies_from_now_until_it_expires(now: float, lifetime: int) -> None:
    minted = mint(now=now, lifetime=lifetime)
    assert token_of(minted, now).ends_at == minted.expires_at
    assert token_of(minted, minted.expires_at - 0.001)


@given(now=times, later=st.floats(0, HOUR), order=st.permutations(["ORIGIN", "NOTE"]))
def test_equal_requests_within_a_window_get_equal_urls(now: float, later: float, order: list[str]) -> None:
    window = token_window(dashboard(), None, now)
    then = min(now + later, math.nextafter(window.start + HOUR, 0))
    env: dict[str, Any] = {"ORIGIN": ["JFK", "EWR"], "NOTE": "n"}
    again = {name.lower(): env[name] for name in order} | {"origin": ["EWR", "JFK"]}
    assert mint(env, now).url == mint(again, then).url


@pytest.mark.parametrize("other", [{"NOTE": "m"}, {"ORIGIN": ["JFK"]}, {}])
def test_other_values_get_another_url(other: dict[str, Any]) -> None:
    assert mint({"NOTE": "n"}).url != mint(other).url


@given(now=times)
def test_the_next_window_gets_another_url(now: float) -> None:
    assert mint(now=now).url != mint(now=now + HOUR).url


@given(now=times, lifetime=st.integers(4, DAY), share_window=st.integers(1, DAY))
def test_a_window_is_at_most_a_quarter_of_the_life(now: float, lifetime: int, share_window: int) -> None:
    shown = dashboard(lifetime=lifetime, share_window=share_window)
    window = token_window(shown, None, now)
    next_window = token_window(shown, None, window.start + min(share_window, lifetime // 4))
    assert now - min(share_window, lifetime // 4) < window.start <= now
    assert next_window.start > window.start
    assert window.end - window.start == lifetime


def test_dashboards_turn_over_at_different_times() -> None:
    starts = {token_window(dashboard(id), None, NOW).start for id in range(50)}
    assert len(starts) > 40


def test_one_visitor_does_not_share_with_another_account() -> None:
    assert mint().url != mint(session=session_with({"custom:acct_id": "AA"})).url


def test_two_visitors_of_one_account_share() -> None:
    assert mint().url == mint(session=session_with({"sub": "viewer-2", "custom:acct_id": "UA"})).url


def test_a_viewer_bound_dashboard_gives_each_viewer_a_url() -> None:
    bound = dashboard(viewer_bound=True)
    other = session_with({"sub": "viewer-2", "custom:acct_id": "UA"})
    assert token_of(mint(shown=bound)).viewer == "viewer-1"
    assert mint(shown=bound).url != mint(shown=bound, session=other).url


@pytest.mark.parametrize("claims", [{}, {"sub": ""}, {"sub": None}])
def test_a_viewer_bound_dashboard_needs_a_viewer(claims: dict[str, Any]) -> None:
    bound, session = dashboard(viewer_bound=True), session_with({"custom:acct_id": "UA"} | claims)
    with pytest.raises(Problem) as refused:
        mint(shown=bound, session=session)
    assert refused.value.kind is CLAIM_MISSING
    assert not mintable(bound, session)


def test_a_session_that_lacks_a_claim_may_not_embed() -> None:
    assert mintable(dashboard(), SESSION)
    assert not mintable(dashboard(), session_with({"sub": "viewer-1"}))


def test_a_session_whose_token_disagrees_is_no_session_rather_than_one_that_may_embed_nothing() -> None:
    claims = session_with({"custom:acct_id": "UA"})
    forged = Session(claims.claims, {**claims.written, "custom:acct_id": "AA"})
    with pytest.raises(Problem) as refused:
        mintable(dashboard(), forged)
    assert refused.value.kind is NO_SESSION


def test_no_value_reaches_a_locked_variable() -> None:
    with pytest.raises(Problem) as refused:
        mint({"acct_id": "AA"})
    assert refused.value.kind is LOCKED_VARIABLE


# Times


@given(now=times, lifetime=lifetimes)
def test_a_page_has_time_to_mint_anew_before_the_end(now: float, lifetime: int) -> None:
    minted = mint(now=now, lifetime=lifetime)
    assert 0 < minted.refresh_in < minted.expires_in
    assert now + minted.refresh_in < minted.expires_at
    assert abs(minted.expires_at - now - minted.expires_in) < 1


@given(now=times, lifetime=st.integers(4, DAY))
def test_the_next_token_is_another_one(now: float, lifetime: int) -> None:
    minted = mint(now=now, lifetime=lifetime)
    assert mint(now=now + minted.refresh_in, lifetime=lifetime).url != minted.url


@pytest.mark.parametrize(
    ("asked", "given"), [(None, HOUR), (60, 60), (HOUR, HOUR), (HOUR + 1, HOUR), (DAY * 365, HOUR)]
)
def test_a_request_can_only_lower_the_lifetime(asked: int | None, given: int) -> None:
    window = token_window(dashboard(lifetime=HOUR), asked, NOW)
    assert window.end - window.start == given


@given(now=times, lifetime=st.integers(DAY, 100 * DAY))
def test_no_token_lives_longer_than_24_hours(now: float, lifetime: int) -> None:
    shown = dashboard(lifetime=lifetime, share_window=lifetime)
    assert mint(now=now, shown=shown).expires_at <= now + DAY


@pytest.mark.parametrize("lifetime", [0, -1, 1.5, "60", True])
def test_a_lifetime_is_a_whole_number_of_seconds(lifetime: Any) -> None:
    with pytest.raises(ValidationError):
        convert({"dashboard": 1, "lifetime": lifetime}, EmbedRequest)


# Length


def fitting(length: int) -> MintedEmbed:
    """An embed whose URL has that many characters, made so by its base."""
    base = "https://embed.example/"
    return mint(
        {"NOTE": "x" * 1_000}, base=base + "p" * (length - len(mint({"NOTE": "x" * 1_000}, base=base).url))
    )


def test_a_url_may_have_2_038_characters() -> None:
    assert len(fitting(2_038).url) == MAX_URL == 2_038


def test_a_longer_url_is_refused_and_its_length_told() -> None:
    with pytest.raises(Problem) as refused:
        fitting(2_039)
    document = refused.value.document()
    assert refused.value.kind is URL_TOO_LONG
    assert (document["length"], document["limit"]) == (2_039, 2_038)
    assert "2039" in document["detail"]
    assert "2038" in document["detail"]


def test_there_are_1_000_characters_for_variables() -> None:
    assert mint({"NOTE": "x" * 1_000})


# What a visitor may set


def test_tells_the_variables_that_a_visitor_may_set() -> None:
    offered = settable(dashboard())
    assert list(offered) == ["ORIGIN", "NOTE"]
    assert offered["ORIGIN"]["choices"] == ("EWR", "JFK", "LGA")
    assert (offered["ORIGIN"]["title"], offered["NOTE"]["title"]) == ("Origin", "A note")
