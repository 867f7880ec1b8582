"""The owner's API through the deployed handlers: the secret, revocations, usage, audit."""

import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import httpx
import jwt
import pytest

from tests.local.secrets import keyset, secret
from tests.pack import Pack, running_pack

OWNER = {"sub": "olga", "custom:organization": "airlines", "cognito:groups": ["owners", "editors"]}
HARBORS = {"sub": "hugo", "custom:organization": "harbor", "cognito:groups": ["owners"]}
VIEWER = {"sub": "ana", "custom:acct_id": "UA"}
EDITOR = OWNER | {"cognito:groups": ["editors"]}
PARAMETER = "/clerestory/local/organizations/16417/embed-secret"
CLAIMLESS = {"sub": "olga", "cognito:groups": ["owners"]}


@pytest.fixture(scope="module")
def pack() -> Iterator[Pack]:
    """One of its own: these tests reset its secret."""
    with running_pack() as running:
        yield running


class Owner:
    """Asks as an owner of airlines does, unless told otherwise."""

    def __init__(self, pack: Pack) -> None:
        self.pack = pack

    def ask(self, method: str, path: str, session: Any = OWNER, **more: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.pack.session(**session)}"} | more.pop("headers", {})
        return self.pack.http.request(method, f"/organizations/airlines{path}", headers=headers, **more)

    def get(self, path: str, **more: Any) -> Any:
        return self.ask("GET", path, **more).raise_for_status().json()

    def post(self, path: str, **more: Any) -> Any:
        return self.ask("POST", path, **more).raise_for_status().json()

    def reset(self, **more: Any) -> Any:
        return self.post("/secret/reset", json={"confirm": "airlines"}, **more)

    def embed(self, account: str = "UA", **session: Any) -> str:
        return self.pack.embed_url({"dashboard": 38727}, account, **session)

    def signed(self, key: str, **claims: Any) -> str:
        """The URL that an old program makes with that secret."""
        payload = {"organization": 16417, "dashboard": 38727, "env": {"ACCT_ID": "UA"}}
        token = jwt.encode(payload | {"iat": time.time()} | claims, key, "HS256")
        return f"{self.pack.url}/d/{claims.get('dashboard', 38727)}/{token}"

    def opens(self, url: str) -> tuple[int, str]:
        answer = self.pack.http.get(url, headers={"accept": "application/json"})
        kind = answer.headers["content-type"]
        return answer.status_code, answer.json().get("code", "") if "json" in kind else ""


@pytest.fixture
def owner(pack: Pack) -> Owner:
    return Owner(pack)


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


def revoked(owner: Owner, **what: Any) -> Any:
    answer = owner.ask("POST", "/revocations", json=what)
    assert answer.status_code == 201
    return answer.json()


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


def within_a_second(question: Callable[[], Any], answer: Any) -> None:
    end = time.monotonic() + 1.5
    while (said := question()) != answer and time.monotonic() < end:
        time.sleep(0.05)
    assert said == answer


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


def test_usage_agrees_with_the_tokens_opened(owner: Owner) -> None:
    def opened() -> int:
        return int(owner.get("/usage", params={"dashboard": "airport-weather"})["dashboards"][0]["total"])

    before, key = opened(), secret(owner.pack)
    urls = [owner.signed(key, dashboard=231, jti=str(number)) for number in range(30)] * 3
    with ThreadPoolExecutor(16) as viewers:
        assert {answer[0] for answer in viewers.map(owner.opens, urls)} == {200}
    assert opened() == before + 30


def test_usage_by_day(owner: Owner) -> None:
    today = datetime.now(UTC).date()
    table = owner.pack.client("dynamodb").list_tables()["TableNames"][0]
    for back, shard, count in ((1, "00", 5), (1, "07", 6), (40, "03", 100)):
        day = today - timedelta(days=back)
        key = {"pk": {"S": "USAGE#16417"}, "sk": {"S": f"{day}#77#{shard}"}, "embeds": {"N": str(count)}}
        owner.pack.client("dynamodb").put_item(TableName=table, Item=key)
    usage = owner.get("/usage")
    (gone,) = [each for each in usage["dashboards"] if each["dashboard"] == 77]
    assert (gone["total"], gone["title"]) == (11, None)
    assert gone["days"] == [{"date": (today - timedelta(days=1)).isoformat(), "count": 11}]
    assert usage["total"] == sum(each["total"] for each in usage["dashboards"])
    span = {"from": (today - timedelta(days=40)).isoformat(), "to": (today - timedelta(days=40)).isoformat()}
    assert owner.get("/usage", params=span)["total"] == 100


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"from": "yesterday"}, 422),
        ({"from": "2026-02-30"}, 422),
        ({"from": "2026-02-02", "to": "2026-02-01"}, 422),
        ({"from": "2020-01-01", "to": "2026-01-01"}, 422),
        ({"to": "0001-01-01"}, 200),
        ({"dashboard": "nope"}, 404),
        ({"dashboard": "50121"}, 404),
    ],
)
def test_a_wrong_question_about_usage_is_a_problem(owner: Owner, query: Any, status: int) -> None:
    assert owner.ask("GET", "/usage", params=query).status_code == status


def test_lists_are_paged(owner: Owner) -> None:
    for number in range(5):
        revoked(owner, viewer=f"viewer {number}")
    for path, name in (("/revocations", "revocations"), ("/audit", "entries")):
        whole = owner.get(path, params={"limit": 500})[name]
        paged, mark = [], None
        while True:
            page = owner.get(path, params={"limit": 2} | ({"next": mark} if mark else {}))
            paged += page[name]
            if not (mark := page["next"]):
                break
        assert paged == whole


def test_a_list_takes_no_mark_of_another(owner: Owner) -> None:
    for viewer in ("mara", "mats"):
        owner.post("/revocations", json={"viewer": viewer})
    audits = owner.get("/audit", params={"limit": 1})["next"]
    revocations = owner.get("/revocations", params={"limit": 1})["next"]
    assert owner.ask("GET", "/revocations", params={"next": revocations}).status_code == 200
    for path, mark in (("/revocations", audits), ("/audit", revocations)):
        refused = owner.ask("GET", path, params={"next": mark})
        assert (refused.status_code, refused.json()["code"]) == (422, "invalid-request")
    harbors = owner.pack.http.get(
        "/organizations/harbor/audit",
        params={"next": audits},
        headers={"Authorization": f"Bearer {owner.pack.session(**HARBORS)}"},
    )
    assert (harbors.status_code, harbors.json()["code"]) == (422, "invalid-request")


@pytest.mark.parametrize(
    "query", [{"limit": "0"}, {"limit": "x"}, {"limit": "9999"}, {"limit": "0009999"}, {"next": "!"}]
)
def test_a_wrong_page_is_a_problem(owner: Owner, query: Any) -> None:
    assert owner.ask("GET", "/audit", params=query).status_code == 422


def test_the_audit_is_newest_first(owner: Owner) -> None:
    moments = [entry["at"] for entry in owner.get("/audit", params={"limit": 500})["entries"]]
    assert moments == sorted(moments, reverse=True)


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


def test_nothing_secret_is_logged(owner: Owner) -> None:
    value = owner.post("/secret/reveal")["secret"]
    assert value not in owner.pack.log()
