"""The secret as its owner sees it: shown, revealed, rotated, reset."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.local.owner import PARAMETER, Owner
from tests.local.secrets import keyset, secret


def test_the_secret_is_shown_without_its_value(owner: Owner) -> None:
    shown = owner.ask("GET", "/secret")
    assert [key["secret"] in shown.text for key in keyset(owner.pack)["keys"]] == [False]
    (key,) = shown.json()["keys"]
    assert (key["signs"], key["verifies"], key["verifies_until"]) == (True, True, None)
    assert shown.json()["next_rotation_at"] == key["created_at"] + 30 * 86_400


def test_a_revealed_secret_signs_embeds_and_is_audited(owner: Owner) -> None:
    revealed = owner.post("/secret/reveal")
    assert revealed["secret"] == secret(owner.pack)
    assert owner.opens(owner.signed(revealed["secret"]))[0] == 200
    newest = owner.get("/audit")["entries"][0]
    assert (newest["action"], newest["actor"], newest["address"]) == ("secret-revealed", "olga", "127.0.0.1")
    assert revealed["secret"] not in owner.ask("GET", "/audit").text


@pytest.mark.parametrize(("change", "body"), [("rotate", None), ("reset", {"confirm": "airlines"})])
def test_a_change_of_the_secret_is_audited(owner: Owner, change: str, body: Any) -> None:
    owner.post(f"/secret/{change}", json=body, headers={"Idempotency-Key": "of a test"})
    newest = owner.get("/audit")["entries"][0]
    assert (newest["action"], newest["about"]) == (
        {"rotate": "secret-rotated", "reset": "secret-reset"}[change],
        f"{change}:of a test",
    )
    assert (newest["actor"], newest["address"]) == ("olga", "127.0.0.1")
    assert secret(owner.pack) not in owner.ask("GET", "/audit").text


def test_a_rotation_disturbs_nobody(owner: Owner) -> None:
    before, held = owner.embed(), secret(owner.pack)
    after = owner.post("/secret/rotate")
    assert [key["signs"] for key in after["keys"]] == [False, True]
    assert owner.opens(before)[0] == owner.opens(owner.signed(held))[0] == 200
    assert owner.opens(owner.signed(owner.post("/secret/reveal")["secret"]))[0] == 200
    assert owner.opens(owner.embed("DL"))[0] == 200


def test_the_same_rotation_twice_is_one(owner: Owner) -> None:
    owner.reset()
    first, second = (owner.post("/secret/rotate", headers={"Idempotency-Key": "once"}) for _ in range(2))
    assert first["generation"] == second["generation"]
    assert len(second["keys"]) == 2


def test_twenty_rotations_at_once_make_one_key(owner: Owner) -> None:
    owner.reset()
    with ThreadPoolExecutor(20) as many:
        answers = list(many.map(lambda _: owner.ask("POST", "/secret/rotate"), range(20)))
    assert {answer.status_code for answer in answers} <= {200, 503}
    assert len(keyset(owner.pack)["keys"]) == 2


UNCONFIRMED: list[Any] = [
    None,
    {},
    [],
    {"confirm": None},
    {"confirm": 16417},
    {"confirm": "harbor"},
    {"confirm": "airlines", "dry_run": True},
]


def test_a_reset_must_be_confirmed_and_says_what_it_would_break(owner: Owner) -> None:
    owner.reset()
    for account in ("UA", "DL", "AA"):
        owner.pack.http.get(owner.embed(account))
    owner.pack.http.get(owner.pack.embed_url({"dashboard": 231}))
    version = keyset(owner.pack)
    for body in UNCONFIRMED:
        refused = owner.ask("POST", "/secret/reset", json=body)
        assert (refused.status_code, refused.json()["code"]) == (409, "confirmation-needed")
        assert refused.json()["live_tokens"] == 4
        assert {each["dashboard"]: each["live_tokens"] for each in refused.json()["dashboards"]} == {
            38727: 3,
            231: 1,
        }
    assert keyset(owner.pack) == version
    died = owner.reset()
    assert (died["live_tokens"], len(died["keys"])) == (4, 1)
    assert owner.ask("POST", "/secret/reset", json={}).json()["live_tokens"] == 0


def test_a_reset_that_is_delivered_again_ends_nothing_more(owner: Owner) -> None:
    first = owner.reset(headers={"Idempotency-Key": "once"})
    owner.pack.http.get(url := owner.embed())
    again = owner.reset(headers={"Idempotency-Key": "once"})
    assert (again["keys"][0]["kid"], again["live_tokens"]) == (first["keys"][0]["kid"], 0)
    assert owner.opens(url)[0] == 200


def test_a_reset_refuses_what_a_warm_embed_has_just_served(owner: Owner) -> None:
    url = owner.signed(held := secret(owner.pack))
    owner.pack.results(url)
    etag = owner.pack.http.get(url).headers["etag"]
    with ThreadPoolExecutor(8) as viewers:  # every environment of embed is warm
        assert {answer[0] for answer in viewers.map(lambda _: owner.opens(url), range(40))} == {200}
    owner.reset()
    with ThreadPoolExecutor(8) as viewers:
        answers = list(viewers.map(lambda _: owner.opens(url), range(40)))
    assert set(answers) == {(401, "invalid-token")}
    reload = owner.pack.http.get(url, headers={"if-none-match": etag})
    assert reload.status_code == 401
    assert owner.opens(owner.signed(held, iat=time.time() - 1)) == (401, "invalid-token")
    assert owner.opens(owner.signed(secret(owner.pack)))[0] == 200


def damaged(owner: Owner, damage: str) -> None:
    if damage == "missing":
        owner.pack.client("ssm").delete_parameter(Name=PARAMETER)
    else:
        put(owner, "nonsense")


def put(owner: Owner, value: str) -> None:
    """As somebody would who edits the parameter by hand."""
    ssm = owner.pack.client("ssm")
    ssm.put_parameter(Name=PARAMETER, Value=value, Type="SecureString", Overwrite=True)


@pytest.mark.parametrize("damage", ["malformed", "missing"])
def test_a_secret_that_cannot_be_read_is_a_503_until_it_is_reset(owner: Owner, damage: str) -> None:
    url = owner.embed()
    damaged(owner, damage)
    answers = [owner.ask("GET", "/secret"), owner.ask("POST", "/secret/reveal")]
    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(503, "unavailable")}
    assert not any("nonsense" in answer.text for answer in answers)
    assert owner.ask("POST", "/secret/reset").json()["code"] == "confirmation-needed"
    owner.reset()
    assert owner.opens(url) == (401, "invalid-token")
    assert owner.opens(owner.signed(owner.post("/secret/reveal")["secret"]))[0] == 200


def test_a_keyset_of_which_no_key_verifies_is_a_503_and_a_rotation_mends_it(owner: Owner) -> None:
    ended = keyset(owner.pack)
    for key in ended["keys"]:
        key["verifies_until"] = int(time.time()) - 1
    put(owner, json.dumps(ended))
    assert {owner.ask(*ask).status_code for ask in (("GET", "/secret"), ("POST", "/secret/reveal"))} == {503}
    rotated = owner.post("/secret/rotate")
    assert [key["signs"] for key in rotated["keys"]] == [True]
    assert owner.opens(owner.signed(owner.post("/secret/reveal")["secret"]))[0] == 200
