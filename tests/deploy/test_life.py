"""The pack in somebody's AWS account, from its deployment on, in the order of its life.

It is deployed with the defaults, so whatever holds here does for whoever pressed Enter at each question.
"""

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.deploy.account import Account
from tests.deploy.hosts import answering
from tests.deploy.operations import age_the_secret, calls_of, fire_the_schedule, granted, keyset, until
from tests.deploy.stacks import Stack, deploy
from tests.deploy.visitors import PASSWORD, Visitor, make_user, sign_in

FLIGHTS_OF_UNITED = 58_665
STEPS = ("Step1UploadData", "Step2MakeUser", "Step3SignIn", "Step4Mint")
DAYS = 86_400


@pytest.fixture(scope="module")
def stack(account: Account, template: Path) -> Stack:
    return deploy(account, template, "clerestory")


@pytest.fixture(scope="module")
def minted(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What the last of the steps answers, when they are pasted one after the other."""
    folder = tmp_path_factory.mktemp("curl")
    steps = "\n".join(stack.outputs[name] for name in STEPS)
    with answering([stack.host], stack.account.port, folder) as hosts:
        printed = stack.account.shell(steps, PASSWORD=PASSWORD, **hosts.curl_settings(folder))
    return json.loads(printed.splitlines()[-1])


@pytest.fixture(scope="module")
def visitor(stack: Stack, minted: Any) -> Visitor:
    return sign_in(stack, "you@example.com")


@pytest.fixture(scope="module")
def owner(stack: Stack) -> Visitor:
    make_user(stack, "owner@example.com", ("owners",), organization="airlines", acct_id="DL")
    return sign_in(stack, "owner@example.com")


def url(of: str) -> str:
    return f"/organizations/airlines/{of}"


# The steps of the outputs


def test_the_steps_as_they_are_printed_show_a_carriers_flights(stack: Stack, minted: Any) -> None:
    address = urlsplit(minted["url"])
    assert address.netloc == stack.host
    assert Visitor(stack).figure(address.path, "Flights") == FLIGHTS_OF_UNITED


def test_a_second_request_finds_the_page_with_its_charts(stack: Stack, minted: Any) -> None:
    page = Visitor(stack).http.get(urlsplit(minted["url"]).path)
    assert page.status_code == 200
    assert str(FLIGHTS_OF_UNITED) in page.text


def test_another_carriers_user_sees_their_own(stack: Stack, minted: Any) -> None:
    make_user(stack, "hana@example.com", acct_id="HA", organization="airlines")
    hana = sign_in(stack, "hana@example.com")
    assert hana.figure(hana.embed_url(dashboard=38727), "Flights") == 342


# Who may ask


@pytest.mark.parametrize("route", ["POST /embeds", "GET /dashboards", "GET /organizations/airlines/secret"])
def test_without_a_session_nothing_is_answered(stack: Stack, route: str) -> None:
    method, path = route.split()
    assert Visitor(stack).http.request(method, path).status_code == 401


def test_an_authorization_of_two_tokens_is_refused(visitor: Visitor) -> None:
    session = visitor.http.headers["authorization"]
    for both in (f"{session}, {session}", f"{session} {session}"):
        answer = visitor.http.get("/dashboards", headers={"authorization": both})
        assert answer.status_code == 401


def test_a_page_of_an_allowed_origin_may_mint(stack: Stack) -> None:
    asked = {"access-control-request-method": "POST", "access-control-request-headers": "authorization"}
    answer = Visitor(stack).http.options("/embeds", headers={"origin": "http://localhost:8787", **asked})
    allowed = {name.removeprefix("access-control-"): value for name, value in answer.headers.items()}
    assert answer.status_code == 204
    assert allowed["allow-origin"] == "http://localhost:8787"
    assert "POST" in allowed["allow-methods"].split(",")
    assert {"authorization", "content-type"} <= set(allowed["allow-headers"].split(","))
    assert allowed["max-age"] == "3600"


def test_a_page_of_another_origin_may_not(stack: Stack) -> None:
    headers = {"origin": "https://evil.example", "access-control-request-method": "POST"}
    answer = Visitor(stack).http.options("/embeds", headers=headers)
    assert not [name for name in answer.headers if name.startswith("access-control-")]


def test_a_viewer_is_no_owner(visitor: Visitor) -> None:
    assert visitor.http.get(url("secret")).status_code == 403


@pytest.mark.parametrize("group", ["not owners", "team,owners", "[owners]"])
def test_a_group_that_only_looks_like_the_owners_makes_no_owner(stack: Stack, group: str) -> None:
    email = f"{abs(hash(group))}@example.com"
    cognito, pool = stack.account.client("cognito-idp"), stack.outputs["UserPoolId"]
    cognito.create_group(UserPoolId=pool, GroupName=group)
    make_user(stack, email, (group,), organization="airlines")
    assert sign_in(stack, email).http.get(url("secret")).status_code == 403


# The owner


def test_each_new_token_is_counted_once(owner: Visitor) -> None:
    def total() -> int:
        return int(owner.http.get(url("usage")).raise_for_status().json()["total"])

    before = total()
    opened = [owner.embed_url(dashboard=38727, env={"ORIGIN": [origin]}) for origin in ("JFK", "LGA")]
    for path in [*opened, *opened]:
        assert owner.results(path).status_code == 200
    assert total() - before == len(opened)


def test_an_owner_sees_and_reveals_the_secret(owner: Visitor) -> None:
    described = owner.http.get(url("secret")).raise_for_status().json()
    revealed = owner.http.post(url("secret/reveal")).raise_for_status().json()
    assert revealed["kid"] == described["keys"][0]["kid"]
    assert len(revealed["secret"]) >= 43
    assert revealed["secret"] not in json.dumps(described)


def test_the_schedule_rotates_a_secret_that_is_due(stack: Stack, owner: Visitor) -> None:
    path = owner.embed_url(dashboard=38727)
    before = age_the_secret(stack, 40 * DAYS)
    fire_the_schedule(stack)
    assert until(lambda: len(keyset(stack)["keys"]) == len(before["keys"]) + 1)
    assert owner.figure(path, "Flights") > 0
    newest = owner.http.get(url("audit")).json()["entries"][0]
    assert (newest["actor"], newest["action"]) == ("rotate", "secret-rotated")
    assert newest["about"].startswith("rotate:20")  # the schedule's time: the same on each retry


def test_the_schedule_writes_nothing_where_nothing_is_due(stack: Stack, owner: Visitor) -> None:
    before = len(calls_of(stack, "RotateRole"))
    fire_the_schedule(stack)  # both organizations have a secret, and neither is due
    assert until(lambda: len(calls_of(stack, "RotateRole")) >= before + 2)
    assert {call.action for call in calls_of(stack, "RotateRole")[before:]} == {"ssm:GetParameter"}


def test_what_is_revoked_is_refused_until_it_is_undone(owner: Visitor) -> None:
    path = owner.embed_url(dashboard=38727, env={"ORIGIN": ["EWR"]})
    revoked = owner.http.post(url("revocations"), json={"dashboard": 38727}).raise_for_status().json()
    assert owner.http.get(path).status_code == 403
    assert owner.http.get(url("revocations")).json()["revocations"][0]["id"] == revoked["id"]
    assert owner.http.delete(url(f"revocations/{revoked['id']}")).status_code == 204
    assert owner.http.get(path).status_code == 200


def test_a_revoked_viewer_mints_nothing(stack: Stack, owner: Visitor) -> None:
    make_user(stack, "ria@example.com", acct_id="UA", organization="airlines")
    ria = sign_in(stack, "ria@example.com")
    sub = _sub(stack, "ria@example.com")
    assert ria.mint(dashboard=38727).status_code == 201
    revoked = owner.http.post(url("revocations"), json={"viewer": sub}).raise_for_status().json()
    assert until(lambda: ria.mint(dashboard=38727).status_code == 403, seconds=5)
    assert owner.http.delete(url(f"revocations/{revoked['id']}")).status_code == 204
    assert until(lambda: ria.mint(dashboard=38727).status_code == 201, seconds=5)


def test_a_reset_ends_every_embed_at_once(owner: Visitor) -> None:
    path = owner.embed_url(dashboard=38727)
    assert owner.results(path).status_code == 200
    assert owner.http.post(url("secret/reset")).status_code == 409
    died = owner.http.post(url("secret/reset"), json={"confirm": "airlines"}).raise_for_status().json()
    assert died["live_tokens"] > 0
    assert owner.http.get(path).status_code == 401
    # Mint looks for a reset once a second, and may have signed with the dead secret until then.
    assert until(lambda: owner.http.get(owner.embed_url(dashboard=38727)).status_code == 200, seconds=5)


def test_the_audit_says_what_was_done(owner: Visitor) -> None:
    entries = owner.http.get(url("audit"), params={"limit": 100}).raise_for_status().json()["entries"]
    assert {entry["action"] for entry in entries} >= {
        "secret-created",
        "secret-revealed",
        "secret-rotated",
        "secret-reset",
        "revoked",
        "revocation-undone",
    }


def test_example_code_names_the_stacks_own_address(stack: Stack, owner: Visitor) -> None:
    answer = owner.http.get(url("dashboards/38727/example-code"), params={"language": "python"})
    assert f"https://{stack.host}/d/38727" in answer.text


# What the functions asked of AWS for all this

# What no call of a function shows: Lambda writes the logs and hands on what was given up, as the role; and
# the right to list is what lets S3 say that an object is missing, and a pattern be looked for.
LOGS = {"logs:CreateLogStream", "logs:PutLogEvents"}
UNSEEN = {
    "MintRole": LOGS,
    "EmbedRole": LOGS | {"s3:ListBucket"},
    "QueryRole": LOGS | {"s3:ListBucket", "sqs:SendMessage"},
    "RotateRole": LOGS | {"sqs:SendMessage"},
    "OwnerRole": LOGS,
    "RotateScheduleRole": {"sqs:SendMessage"},
}


@pytest.mark.parametrize("role", UNSEEN)
def test_a_role_allows_each_call_of_its_function_and_no_call_that_it_never_makes(
    stack: Stack, owner: Visitor, role: str
) -> None:
    calls = calls_of(stack, role)
    assert [call for call in calls if not call.allowed] == []
    assert granted(stack, role) == {call.action for call in calls} | UNSEEN[role]


def _sub(stack: Stack, email: str) -> str:
    user = stack.account.client("cognito-idp").admin_get_user(
        UserPoolId=stack.outputs["UserPoolId"], Username=email
    )
    return next(str(each["Value"]) for each in user["UserAttributes"] if each["Name"] == "sub")
