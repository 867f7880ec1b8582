"""What an owner may ask of the settings API, and that nobody else learns a thing of it."""

from itertools import product
from typing import Any

import pytest

from tests.local.owner import CLAIMLESS, EDITOR, HARBORS, OWNER, VIEWER, Owner

ROUTES = [
    ("GET", "/secret"),
    ("POST", "/secret/reveal"),
    ("POST", "/secret/rotate"),
    ("POST", "/secret/reset"),
    ("GET", "/usage"),
    ("GET", "/dashboards/38727/example-code?language=python"),
    ("POST", "/revocations"),
    ("GET", "/revocations"),
    ("DELETE", "/revocations/x"),
    ("GET", "/audit"),
]


OTHERS: list[Any] = [HARBORS, VIEWER, EDITOR, CLAIMLESS]


def test_nobody_else_learns_a_thing(owner: Owner, subtests: pytest.Subtests) -> None:
    for (method, path), session in product(ROUTES, OTHERS):
        with subtests.test(method=method, path=path, session=session):
            refused = owner.ask(method, path, session)
            assert (refused.status_code, refused.json()["code"]) == (403, "not-owner")
            headers = {"Authorization": f"Bearer {owner.pack.session(**session)}"}
            nowhere = owner.pack.http.request(method, f"/organizations/nowhere{path}", headers=headers)
            assert (nowhere.status_code, nowhere.text) == (refused.status_code, refused.text)


def test_no_session_is_unauthorized(owner: Owner, subtests: pytest.Subtests) -> None:
    for method, path in ROUTES:
        with subtests.test(method=method, path=path):
            assert owner.pack.http.request(method, f"/organizations/airlines{path}").status_code == 401


def test_one_group_as_text_and_the_organization_by_id(owner: Owner) -> None:
    session = OWNER | {"custom:organization": "16417", "cognito:groups": "owners"}
    assert owner.ask("GET", "/secret", session).status_code == 200


@pytest.mark.parametrize(
    "groups",
    [
        *("[owners editors]", "[owners]", "not owners", "team,owners", "team owners"),
        ["not owners"],
        ["[owners]"],
    ],
)
def test_a_group_that_only_holds_the_word_makes_nobody_an_owner(owner: Owner, groups: Any) -> None:
    refused = owner.ask("GET", "/secret", OWNER | {"cognito:groups": groups})
    assert (refused.status_code, refused.json()["code"]) == (403, "not-owner")


def test_nothing_secret_is_logged(owner: Owner) -> None:
    value = owner.post("/secret/reveal")["secret"]
    assert value not in owner.pack.log()
