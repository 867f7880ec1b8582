"""One embed from click to chart, through the handlers that are deployed."""

from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import duckdb
import httpx
import jwt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.local.counting import embeds, stored_results
from tests.pack import ROOT, Pack

FLIGHTS = ROOT / ".data" / "flights.parquet"


def chart(results: httpx.Response, title: str) -> Any:
    (found,) = [chart for chart in results.json()["charts"] if chart["title"] == title]
    return found


def flights(carrier: str, origins: tuple[str, ...] = ("EWR", "JFK", "LGA")) -> int:
    """What DuckDB says over the raw data."""
    sql = "SELECT count(*) FROM read_parquet($file) WHERE carrier = $carrier AND origin IN $origins"
    values = {"file": str(Path(FLIGHTS)), "carrier": carrier, "origins": list(origins)}
    row = duckdb.connect().execute(sql, values).fetchone()
    assert row is not None
    return int(row[0])


def env_of(url: str) -> Any:
    return jwt.decode(url.rsplit("/", 1)[1], options={"verify_signature": False})["env"]


@pytest.mark.parametrize(("carrier", "expected"), [("UA", 58_665), ("HA", 342), ("OO", 32)])
def test_each_carrier_sees_its_own_flights(pack: Pack, carrier: str, expected: int) -> None:
    results = pack.results(pack.embed_url({"dashboard": 38727}, carrier))
    assert chart(results, "Flights")["rows"] == [[expected]]
    assert expected == flights(carrier)


def test_the_visitors_values_filter(pack: Pack) -> None:
    results = pack.results(pack.embed_url({"dashboard": 38727, "env": {"ORIGIN": ["JFK"]}}))
    assert chart(results, "Flights")["rows"] == [[flights("UA", ("JFK",))]]


def test_every_chart_of_the_dashboards_has_rows(pack: Pack) -> None:
    for dashboard in (38727, 231):
        charts = pack.results(pack.embed_url({"dashboard": dashboard})).json()["charts"]
        assert [each["title"] for each in charts if not each.get("rows")] == []


def test_the_weather_dashboard_counts_all_observations(pack: Pack) -> None:
    results = pack.results(pack.embed_url({"dashboard": 231}))
    assert chart(results, "Observations")["rows"] == [[26_115]]


def test_the_weather_of_one_airport_is_a_part(pack: Pack) -> None:
    results = pack.results(pack.embed_url({"dashboard": 231, "env": {"ORIGIN": "JFK"}}))
    assert 0 < chart(results, "Observations")["rows"][0][0] < 26_115


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


def test_the_next_window_counts_again(pack: Pack) -> None:
    before = embeds(pack, 16417, 38727)
    seen: set[str] = set()
    while len(seen) < 2:
        seen.add(url := pack.embed_url({"dashboard": 38727, "lifetime": 8}, "VX"))
        pack.http.get(url)
    assert embeds(pack, 16417, 38727) == before + 2


def test_a_new_url_opened_50_times_runs_once_and_counts_once(pack: Pack) -> None:
    counted = embeds(pack, 16417, 38727)
    url = pack.embed_url({"dashboard": 38727}, "WN")
    with ThreadPoolExecutor(20) as viewers:
        answers = list(viewers.map(lambda _: httpx.get(url, trust_env=False, timeout=30), range(50)))
    assert {answer.status_code for answer in answers} == {200}
    computed = {pack.results(url).json()["computed_at"] for _ in range(3)}
    assert (embeds(pack, 16417, 38727), len(computed)) == (counted + 1, 1)
    token = sha256(url.rsplit("/", 1)[1].encode()).hexdigest()
    assert len([key for key in stored_results(pack) if token in key]) == 1


def test_the_page_says_loading_and_then_holds_the_charts(pack: Pack) -> None:
    url = pack.embed_url({"dashboard": 38727}, "DL")
    first = pack.http.get(url)
    assert "Loading" in first.text
    assert "etag" not in first.headers
    pack.results(url)
    second = pack.http.get(url)
    assert '"results":{"dashboard":38727' in second.text
    assert "Loading" not in second.text


def test_a_run_that_takes_long_shows_its_first_charts(pack: Pack) -> None:
    """As one that has computed two and is not done: its record is told so."""
    url = pack.embed_url({"dashboard": 38727}, "FL")
    whole = pack.results(url).json()
    key = {"pk": {"S": f"TOKEN#{sha256(url.rsplit('/', 1)[1].encode()).hexdigest()}"}, "sk": {"S": "TOKEN"}}
    pack.client("dynamodb").update_item(
        TableName=pack.client("dynamodb").list_tables()["TableNames"][0],
        Key=key,
        UpdateExpression="SET #state = :running",
        ExpressionAttributeNames={"#state": "state"},
        ExpressionAttributeValues={":running": {"S": "running"}},
    )
    answer = pack.http.get(f"{url}/results")
    assert (answer.status_code, answer.headers["retry-after"]) == (202, "1")
    assert answer.json() == {"state": "running", "charts": whole["charts"]}


def test_a_page_that_is_still_good_is_not_sent_again(pack: Pack) -> None:
    url = pack.embed_url({"dashboard": 38727}, "AA")
    pack.results(url)
    etag = pack.http.get(url).headers["etag"]
    again = pack.http.get(url, headers={"if-none-match": f'"other", W/{etag}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)


def test_head_records_and_counts_nothing(pack: Pack) -> None:
    before = embeds(pack, 16417, 231)
    url = pack.embed_url({"dashboard": 231, "env": {"ORIGIN": "LGA"}, "lifetime": 3000})
    assert pack.http.head(url).status_code == 200
    assert embeds(pack, 16417, 231) == before


def test_the_slug_form_opens_the_same_embed(pack: Pack) -> None:
    url = pack.embed_url({"dashboard": 38727}, "MQ")
    before = embeds(pack, 16417, 38727)
    token = url.rsplit("/", 1)[1]
    for slash in ("/", ""):
        form = f"{pack.url}/d/airlines/on-time-performance{slash}"
        assert pack.http.get(form, params={"embed_token": token}).status_code == 200
    assert pack.results(url).status_code == 200
    assert embeds(pack, 16417, 38727) == before + 1


def test_the_pages_headers(pack: Pack) -> None:
    url = pack.embed_url({"dashboard": 38727})
    ours, anybody = "frame-ancestors https://app.example.com ", "frame-ancestors *"
    for address, framed_by in ((url, ours), (f"{url}x", anybody), (f"{pack.url}/d/38727/nonsense", anybody)):
        headers = pack.http.get(address).headers
        policy = headers["content-security-policy"]
        assert framed_by in policy
        assert "unsafe" not in policy
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "private, no-cache"


def test_assets_are_immutable_under_their_hashed_names(pack: Pack) -> None:
    page = pack.http.get(pack.embed_url({"dashboard": 38727})).text
    script = page.split('<script type="module" src="')[1].split('"')[0]
    answer = pack.http.get(script)
    assert answer.status_code == 200
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["content-encoding"] == "gzip"
    plain = pack.http.get(script, headers={"accept-encoding": "identity"})
    assert plain.text == answer.text


@pytest.mark.parametrize("name", ["page.js", "manifest.json", "..%2f..%2fetc%2fpasswd", "%2e%2e"])
def test_no_other_file_is_served(pack: Pack, name: str) -> None:
    assert pack.http.get(f"/assets/{name}").status_code == 404


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


@pytest.mark.parametrize(("body", "status"), BAD_BODIES, ids=[str(body[:60]) for body, _ in BAD_BODIES])
def test_a_bad_body_is_refused_as_a_problem(pack: Pack, body: bytes, status: int) -> None:
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


@settings(max_examples=60, deadline=None)
@given(text=st.text(st.characters(exclude_characters="/", exclude_categories=["Cs"]), max_size=300))
def test_whatever_stands_for_a_token_is_refused_the_same_way(pack: Pack, text: str) -> None:
    before = embeds(pack, 16417, 38727)
    # the first letter keeps "." and ".." from being steps of the path
    answer = pack.http.get(f"/d/38727/x{quote(text, safe='')}", headers={"accept": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (401, "invalid-token")
    assert embeds(pack, 16417, 38727) == before


def test_no_token_at_all_is_refused_like_a_wrong_one(pack: Pack) -> None:
    for path in ("/d/38727/", "/d/airlines/on-time-performance/"):
        answer = pack.http.get(path, headers={"accept": "application/json"})
        assert (answer.status_code, answer.json()["code"]) == (401, "invalid-token")


def test_nothing_secret_is_logged(pack: Pack) -> None:
    url = pack.embed_url({"dashboard": 38727, "env": {"ORIGIN": ["EWR"]}})
    pack.results(url)
    pack.http.get(f"{url}x")
    token = urlsplit(url).path.rsplit("/", 1)[1]
    log = pack.log()
    assert token.rsplit(".", 1)[1] not in log
    assert token.split(".")[1] not in log
    assert "58665" not in log
