"""One embed from its URL to its charts, through the handlers that are deployed."""

from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from urllib.parse import quote, urlsplit

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.local.counting import embeds, stored_results
from tests.local.flights import chart, flights
from tests.pack import Pack


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
