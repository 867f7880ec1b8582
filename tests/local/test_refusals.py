"""Whom a refusal is of: what can't be verified is nobody's, whatever the URL names."""

import json
import time
from collections.abc import Iterator
from typing import Any

import httpx
import jwt
import pytest

from tests.local.secrets import secret
from tests.pack import Pack, running_pack
from tests.unit.breaking import lifeless, unreadable
from tests.unit.forging import jws

NOBODYS, HARBORS = "x" * 43, 19852
AIRLINES = {"organization": 16417, "dashboard": 38727, "env": {"ACCT_ID": "UA"}}


@pytest.fixture(scope="module")
def pack() -> Iterator[Pack]:
    """One of its own, where harbor has minted nothing yet."""
    with running_pack() as running:
        yield running


def signed(key: str, header: dict[str, Any] | None = None, **claims: Any) -> str:
    return jwt.encode(AIRLINES | {"iat": time.time()} | claims, key, "HS256", header)


def framed_by(answer: httpx.Response) -> str:
    directives = (each.split(" ", 1) for each in answer.headers["content-security-policy"].split("; "))
    return next(said for name, said in directives if name == "frame-ancestors")


def urls(token: str) -> list[str]:
    """Those of what is there, of what is not, and of nothing."""
    by_id = [f"/d/{dashboard}/{token}" for dashboard in (38727, 231, 50121, 99, "on-time-performance")]
    slugs = (
        "airlines/on-time-performance",
        "harbor/fleet",
        "airlines/fleet",
        "nobody/nothing",
        "16417/38727",
    )
    return [*by_id, *(f"/d/{named}/?embed_token={token}" for named in slugs)]


def unverifiable(pack: Pack) -> dict[str, str]:
    right = signed(secret(pack, 16417))
    return {
        "malformed": "nonsense",
        "forged": right[:-6] + "AAAAAA",
        "another secret": signed(NOBODYS),
        "another key": signed(secret(pack, 16417), {"kid": "nobodys"}),
        "no key": jws(b'{"alg": "HS256", "kid": null}', json.dumps(AIRLINES).encode(), secret(pack, 16417)),
        "expired and forged": signed(NOBODYS, iat=0, exp=1),
        "harbor, which has no secret yet": signed(NOBODYS, organization=HARBORS, dashboard=50121),
        "no such organization": signed(NOBODYS, organization="nobody"),
        "organization 0": signed(NOBODYS, organization=0),
    }


def seen(answer: httpx.Response) -> tuple[int, dict[str, str], str]:
    """All of an answer but its moment."""
    return answer.status_code, {k: v for k, v in answer.headers.items() if k != "date"}, answer.text


@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_what_cannot_be_verified_gets_one_page_whatever_the_url_names(pack: Pack, accept: str) -> None:
    pack.embed_url({"dashboard": 38727})
    asked = [url for token in unverifiable(pack).values() for url in urls(token)]
    asked += [
        "/d/38727/",
        "/d/airlines/on-time-performance/",
        "/d/nobody/nothing/",
        "/d/38727/x?embed_token=",
    ]
    answers = [pack.http.get(url, headers={"accept": accept}) for url in asked]
    assert len({str(seen(answer)) for answer in answers}) == 1
    assert (answers[0].status_code, framed_by(answers[0])) == (401, "*")
    assert not any(name in answers[0].text for name in ("airlines", "app.example.com", "16417"))


def test_nor_do_its_results_tell(pack: Pack) -> None:
    asked = [f"{url}/results" for token in unverifiable(pack).values() for url in urls(token)[:5]]
    answers = [pack.http.get(url) for url in asked]
    assert len({str(seen(answer)) for answer in answers}) == 1
    assert (answers[0].json()["code"], framed_by(answers[0])) == ("invalid-token", "*")


@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_which_rule_a_token_breaks_is_not_told(pack: Pack, accept: str) -> None:
    key, now, headers = secret(pack, 16417), int(time.time()), {"accept": accept}
    for broken in (unreadable(key, now), lifeless(key, now)):
        answers = [pack.http.get(f"/d/38727/{token}", headers=headers) for _, _, token in broken]
        assert len({str(seen(answer)) for answer in answers}) == 1
        assert answers[0].status_code == 401
    forged, first = (
        pack.http.get(f"/d/38727/{token}", headers=headers)
        for token in ("nonsense", unreadable(key, now)[0][2])
    )
    assert seen(forged) == seen(first)


def test_a_right_token_in_another_organizations_url_is_no_better_than_a_forged_one(pack: Pack) -> None:
    right = signed(secret(pack, 16417))
    for named in ("harbor/fleet", "nobody/on-time-performance", "harbor/on-time-performance"):
        asked = [pack.http.get(f"/d/{named}/?embed_token={token}") for token in (right, "nonsense")]
        assert seen(asked[0]) == seen(asked[1])


@pytest.mark.parametrize(
    ("claims", "dashboard", "status", "code"),
    [
        ({"iat": 0}, 38727, 401, "token-expired"),
        ({"iat": 4_000_000_000}, 38727, 401, "token-not-yet-valid"),
        ({}, 231, 403, "other-dashboard"),
        ({}, 50121, 403, "other-dashboard"),
        ({"dashboard": 77777}, 77777, 404, "unknown-dashboard"),
        ({"env": {}}, 38727, 422, "locked-variable-missing"),
        ({"env": []}, 38727, 422, "locked-variable-missing"),
    ],
)
def test_what_is_verified_and_refused_is_its_organizations(
    pack: Pack, claims: Any, dashboard: int, status: int, code: str
) -> None:
    token = signed(secret(pack, 16417), **claims)
    for path in (f"/d/{dashboard}/{token}", f"/d/{dashboard}/{token}/results"):
        answer = pack.http.get(path, headers={"accept": "application/json"})
        assert (answer.status_code, answer.json()["code"]) == (status, code)
        assert framed_by(answer).startswith("https://app.example.com ")


def test_a_revoked_embed_is_its_organizations(pack: Pack) -> None:
    url = f"/d/38727/{signed(secret(pack, 16417), sub='rita')}"
    owner = {"sub": "olga", "custom:organization": "airlines", "cognito:groups": ["owners"]}
    headers = {"Authorization": f"Bearer {pack.session(**owner)}"}
    pack.http.post("/organizations/airlines/revocations", json={"viewer": "rita"}, headers=headers)
    answer = pack.http.get(url)
    assert (answer.status_code, framed_by(answer)[:23]) == (403, "https://app.example.com")
