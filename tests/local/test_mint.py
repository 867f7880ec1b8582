"""What a session may have minted and is offered, and how anything else is refused."""

import pytest

from tests.pack import Pack


@pytest.mark.parametrize("name", ["ACCT_ID", "acct_id", "Acct_Id"])
def test_a_session_cannot_ask_for_another_carrier(pack: Pack, name: str) -> None:
    answer = pack.mint({"dashboard": 38727, "env": {name: "UA"}}, "HA")
    assert (answer.status_code, answer.json()["code"]) == (403, "locked-variable")


def test_a_session_without_the_claim_is_refused(pack: Pack) -> None:
    answer = pack.mint({"dashboard": 38727}, account=None)
    assert (answer.status_code, answer.json()["code"]) == (403, "claim-missing")


def test_equal_requests_get_equal_urls(pack: Pack) -> None:
    request = {"dashboard": 38727, "env": {"ORIGIN": ["JFK", "EWR"]}}
    reordered = {"env": {"origin": ["EWR", "JFK"]}, "dashboard": "on-time-performance"}
    assert pack.embed_url(request) == pack.embed_url(reordered, sub="bob")


def test_dashboards_offers_what_the_visitor_may_set(pack: Pack) -> None:
    answer = pack.http.get("/dashboards", headers=pack.signed_in()).json()
    offered = {dashboard["id"]: dashboard for dashboard in answer["dashboards"]}
    assert set(offered) == {38727, 231}
    assert set(offered[38727]["variables"]) == {"DATE_RANGE", "ORIGIN"}
    assert offered[38727]["variables"]["ORIGIN"]["choices"] == ["EWR", "JFK", "LGA"]


def test_dashboards_leaves_out_what_the_session_lacks_claims_for(pack: Pack) -> None:
    answer = pack.http.get("/dashboards", headers=pack.signed_in(account=None)).json()
    assert [dashboard["id"] for dashboard in answer["dashboards"]] == [231]


def test_organizations_are_apart(pack: Pack) -> None:
    harbor = {"custom:organization": "harbor"}
    own = pack.http.get("/dashboards", headers=pack.signed_in(**harbor)).json()["dashboards"]
    assert own
    assert pack.mint({"dashboard": own[0]["id"]}, **harbor).status_code == 201
    assert pack.mint({"dashboard": 38727}, **harbor).status_code == 404
    assert pack.mint({"dashboard": own[0]["id"]}).status_code == 404


def test_a_dashboard_of_another_organization_is_as_if_it_were_not_there(pack: Pack) -> None:
    own = pack.http.get("/dashboards", headers=pack.signed_in(**{"custom:organization": "harbor"})).json()
    there, nowhere = (pack.mint({"dashboard": name}) for name in (own["dashboards"][0]["id"], 999_999))
    assert (there.status_code, there.json()) == (nowhere.status_code, nowhere.json())


BAD_BODIES: list[tuple[bytes, int]] = [
    (b"", 400),
    (b"{", 400),
    (b"\xff\xfe", 400),
    (b"[" * 60_000, 400),
    (b"null", 422),
    (b"[]", 422),
    (b'"38727"', 422),
    (b"{}", 422),
    (b'{"dashboard": true}', 422),
    (b'{"dashboard": 38727.5}', 422),
    (b'{"dashboard": null}', 422),
    (b'{"dashboard": 38727, "env": []}', 422),
    (b'{"dashboard": 38727, "lifetime": 0}', 422),
    (b'{"dashboard": 38727, "lifetime": "3600"}', 422),
    (b'{"dashboard": 38727, "surprise": 1}', 422),
    (b'{"dashboard": 38727, "env": {"ORIGIN": ["LHR"]}}', 422),
    (b'{"dashboard": 38727, "env": {"ORIGIN": [["JFK"]]}}', 422),
    (b'{"dashboard": 38727, "env": {"ORIGIN": {}}}', 422),
    (b'{"dashboard": 38727, "env": {"ORIGIN": []}}', 422),
    (b'{"dashboard": 38727, "env": {"ORIGIN": null}}', 422),
    (b'{"dashboard": 38727, "env": {"DATE_RANGE": ["2013-02-30"]}}', 422),
    (b'{"dashboard": 38727, "env": {"NOPE": 1}}', 422),
    (b'{"dashboard": 38727, "env": {"ORIGIN": "JFK", "origin": "JFK"}}', 422),
    (b'{"dashboard": 38727, "env": {"ORIGIN": "' + b"x" * 1_000_000 + b'"}}', 413),
    (b'{"dashboard": "nope"}', 404),
    (b'{"dashboard": 1e400}', 400),
    (b'{"dashboard": 99999999999999999999999999}', 404),
]


def test_a_bad_body_is_refused_as_a_problem(pack: Pack, subtests: pytest.Subtests) -> None:
    for body, status in BAD_BODIES:
        with subtests.test(body=body[:60], status=status):
            answer = pack.http.post("/embeds", content=body, headers=pack.signed_in())
            assert answer.status_code == status
            assert answer.headers["content-type"] == "application/problem+json"
            assert {"type", "title", "status", "code"} <= set(answer.json())


def test_each_wrong_variable_is_named(pack: Pack) -> None:
    answer = pack.mint({"dashboard": 38727, "env": {"origin": 5, "DATE_RANGE": "soon", "X": 1}})
    assert {error["variable"] for error in answer.json()["errors"]} == {"ORIGIN", "DATE_RANGE", "X"}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "/embeds"),
        ("GET", "/embeds"),
        ("POST", "/dashboards"),
        ("POST", "/d/38727/x"),
        ("DELETE", "/d/38727/x/results"),
        ("POST", "/assets/page.js"),
    ],
)
def test_a_wrong_method_is_a_problem(pack: Pack, method: str, path: str) -> None:
    answer = pack.http.request(method, path, headers=pack.signed_in() | {"accept": "application/json"})
    assert answer.status_code in (404, 405)
    assert answer.headers["content-type"] == "application/problem+json"


def test_no_session_no_embed(pack: Pack) -> None:
    answer = pack.http.post("/embeds", json={"dashboard": 38727})
    assert answer.status_code == 401


def test_too_long_a_url_says_how_long_it_is(pack: Pack) -> None:
    dates = [f"2013-{month:02}-{day:02}" for month in range(1, 13) for day in range(1, 20)]
    problem = pack.mint({"dashboard": 38727, "env": {"DATE_RANGE": dates}}).json()
    assert (problem["code"], problem["limit"]) == ("url-too-long", 2038)
    assert problem["length"] > 2038
    assert str(problem["length"]) in problem["detail"]
