"""What an owner revokes is refused, on every way in, until it is undone."""

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.local.owner import Owner, revoked, within_a_second
from tests.local.secrets import secret


@pytest.mark.parametrize("level", ["dashboard", "viewer", "token"])
def test_a_revocation_refuses_its_own_and_can_be_undone(owner: Owner, level: str) -> None:
    key = secret(owner.pack)
    hit = owner.signed(key, sub="rita", iat=time.time() - 5)
    spared = {
        "dashboard": owner.signed(key, dashboard=231, sub="rita"),
        "viewer": owner.signed(key, sub="other"),
        "token": owner.signed(key, sub="rita", iat=time.time() - 7),
    }[level]
    target = {"dashboard": "on-time-performance", "viewer": "rita", "token": hit.rsplit("/", 1)[1]}[level]
    assert owner.opens(hit)[0] == 200
    made = revoked(owner, **{level: target})
    assert owner.opens(hit) == owner.opens(f"{hit}/results") == (403, "revoked")
    assert owner.opens(spared)[0] == 200
    assert made["id"] in [each["id"] for each in owner.get("/revocations")["revocations"]]
    assert owner.ask("DELETE", f"/revocations/{made['id']}").status_code == 204
    assert owner.opens(hit)[0] == 200
    assert made["id"] not in [each["id"] for each in owner.get("/revocations")["revocations"]]
    assert owner.ask("DELETE", f"/revocations/{made['id']}").status_code == 404
    assert [entry["action"] for entry in owner.get("/audit")["entries"][:2]] == [
        "revocation-undone",
        "revoked",
    ]


def test_a_revoked_viewer_mints_nothing_on_any_dashboard(owner: Owner) -> None:
    vera = owner.pack.signed_in(sub="vera")

    def minted() -> list[tuple[int, str]]:
        asked = (
            {"dashboard": 38727},
            {"dashboard": 231},
            {"dashboard": 404},
            {"dashboard": 231, "env": {"X": 1}},
        )
        answers = [owner.pack.http.post("/embeds", json=body, headers=vera) for body in asked]
        return [(answer.status_code, answer.json().get("code", "")) for answer in answers]

    def offered() -> int:
        return len(owner.pack.http.get("/dashboards", headers=vera).json()["dashboards"])

    before = minted()
    made = revoked(owner, viewer="vera")
    within_a_second(minted, [(403, "revoked")] * 4)
    assert offered() == 0
    assert owner.pack.mint({"dashboard": 38727}, sub="vero").status_code == 201
    assert owner.ask("DELETE", f"/revocations/{made['id']}").status_code == 204
    within_a_second(minted, before)
    assert [status for status, _ in before] == [201, 201, 404, 422]
    assert offered() == 2


def test_a_viewer_of_any_name_can_be_revoked(owner: Owner) -> None:
    viewer = "😀" * 300
    url = owner.signed(secret(owner.pack), sub=viewer)
    made = revoked(owner, viewer=viewer)
    assert owner.opens(url) == (403, "revoked")
    assert viewer in [each.get("viewer") for each in owner.get("/revocations")["revocations"]]
    assert owner.ask("DELETE", f"/revocations/{made['id']}").status_code == 204
    assert owner.opens(url)[0] == 200


def test_a_token_that_is_not_valid_yet_can_be_revoked(owner: Owner) -> None:
    issued = int(time.time()) + 3_600
    url = owner.signed(secret(owner.pack), iat=issued)
    assert owner.opens(url) == (401, "token-not-yet-valid")
    assert revoked(owner, token=url.rsplit("/", 1)[1])["until"] == issued + 86_400


def test_a_revocation_is_undone_once(owner: Owner) -> None:
    path = f"/revocations/{revoked(owner, viewer='una')['id']}"
    with ThreadPoolExecutor(6) as many:
        answers = list(many.map(lambda _: owner.ask("DELETE", path).status_code, range(6)))
    assert (answers.count(204), set(answers)) == (1, {204, 404})
    undone = [each for each in owner.get("/audit")["entries"] if each["action"] == "revocation-undone"]
    assert len([each for each in undone if each["about"].endswith(path.rpartition("/")[2])]) == 1


def test_a_revoked_token_is_kept_by_its_hash_only(owner: Owner) -> None:
    token = owner.signed(secret(owner.pack), sub="tom").rsplit("/", 1)[1]
    made = revoked(owner, token=token)
    listed = owner.ask("GET", "/revocations").text + owner.ask("GET", "/audit").text
    assert token not in listed
    assert token.rsplit(".", 1)[1] not in listed
    owner.ask("DELETE", f"/revocations/{made['id']}")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422),
        ({"viewer": "a", "dashboard": 1}, 422),
        ({"viewer": ""}, 422),
        ({"viewer": 5}, 422),
        ({"viewer": "x" * 10_000}, 422),
        ({"token": "nonsense"}, 422),
        ({"dashboard": 999}, 404),
        ({"dashboard": 50121}, 404),
        ({"surprise": 1}, 422),
        ([], 422),
        ("viewer", 422),
    ],
)
def test_a_wrong_revocation_is_a_problem(owner: Owner, body: Any, status: int) -> None:
    answer = owner.ask("POST", "/revocations", json=body)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
