"""The doctor finds what the server would, and gives nothing away."""

from typing import Any

from hypothesis import assume, given, reject
from hypothesis import strategies as st

from clerestory import tokens
from clerestory.problems import INVALID_TOKEN, OTHER_DASHBOARD, UNKNOWN_DASHBOARD, Problem
from clerestory.tokens import read, verify
from clerestory.variables import token_env
from cli.doctor.diagnosis import diagnose
from cli.doctor.finding import shown
from cli.doctor.link import Link
from tests.unit.embed_links import CATALOG, CLAIMS, KEYSET, NOW, findings, link, of, token

scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=3)
values = scalars | st.lists(scalars | st.lists(scalars, max_size=1), max_size=2) | st.just({"a": 1})
times = st.sampled_from([NOW + offset for offset in (-90_000, -1, 0, 60, 61, 0.5, 86_400, 86_401, 10**12)])
claims = st.fixed_dictionaries(
    {},
    optional={
        "organization": st.sampled_from([16417, 16417.0, "16417", "airlines"]) | scalars,
        "dashboard": st.sampled_from([38727, "38727", "delays", 231, 7, 404]) | scalars,
        "env": st.dictionaries(st.sampled_from(["ACCT_ID", "acct_id", "DATES", "X"]), values)
        | st.lists(scalars, max_size=1)
        | scalars,
        "iat": times | scalars,
        "nbf": times | scalars,
        "exp": times | scalars,
        "sub": scalars,
    },
)
changes = st.fixed_dictionaries(
    {}, optional={"alg": st.sampled_from(["HS256", "none"]) | scalars, "kid": scalars, "crit": scalars}
)


def server_says(url: Link) -> str | None:
    """The code of the server's refusal, by its own pure parts and in its order."""
    try:
        unverified = read(url.token)
        organization = CATALOG.organization(unverified.organization)
        assume(organization is not None)
        assert organization is not None
        verified = verify(unverified, KEYSET, NOW)
        dashboard = CATALOG.dashboard(organization, verified.dashboard)
        if dashboard is None:
            return (UNKNOWN_DASHBOARD if verified.dashboard == url.dashboard else OTHER_DASHBOARD).code
        if not dashboard.named(url.dashboard):
            return OTHER_DASHBOARD.code
        if dashboard.embed.viewer_bound and not verified.viewer:
            return INVALID_TOKEN.code
        token_env(dashboard, verified.env)
    except tokens.UnknownKey:
        reject()
    except Problem as problem:
        return problem.kind.code
    return None


@given(claims=claims.map(lambda some: CLAIMS | some) | claims, header=changes)
def test_it_finds_a_cause_where_the_server_refuses_and_the_same_one(
    claims: dict[str, Any], header: dict[str, Any]
) -> None:
    url = link(token(claims, **header))
    codes = {each.code for each in diagnose(url, NOW, CATALOG) if each.weight == "cause"}
    refusal = server_says(url)
    assert not codes if refusal is None else refusal in codes


# Marked, for what is only made of letters may be words of the doctor's.
@given(value=st.text(min_size=8).map("\N{SECTION SIGN}{}".format), other=st.text(max_size=20) | st.integers())
def test_no_finding_holds_the_token_or_a_value(value: str, other: Any) -> None:
    text = of(env={"ACCT_ID": value, "DATES": [value]}, sub=other)
    for catalog in (CATALOG, None):
        printed = "".join(map(str, findings(text, catalog)))
        assert value not in printed
        assert all(part not in printed for part in text.split("."))


def test_what_stands_in_the_wrong_place_is_not_shown() -> None:
    signature = token().rpartition(".")[2]
    assert not any(signature in str(each) for each in findings(token(), dashboard=signature))
    assert shown("delays") == "delays"
    assert shown("\x1b[2J") == shown("eyJhbGciOiJIUzI1NiJ9") == shown("x" * 41) == "(not shown)"
