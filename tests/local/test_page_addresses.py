"""What a page asks for, by both forms of its URL: the same, whatever path the pack stands under."""

import json
import re
from urllib.parse import urljoin

import pytest

from tests.pack import Pack

ELSEWHERE = "https://example.com/reports/v1"


@pytest.fixture(scope="module")
def forms(pack: Pack) -> dict[str, str]:
    """The paths of one embed whose results are there."""
    url = pack.embed_url({"dashboard": 38727, "env": {"ORIGIN": ["LGA"]}})
    assert pack.results(url).status_code == 200
    path, token = url.removeprefix(pack.url), url.rpartition("/")[2]
    by_slugs = f"/d/airlines/on-time-performance/?embed_token={token}"
    return {"token": path, "slugs": by_slugs, "slugs, no slash": by_slugs.replace("/?", "?")}


@pytest.mark.parametrize("form", ["token", "slugs", "slugs, no slash"])
def test_a_page_asks_under_whatever_path_it_was_asked_at(
    pack: Pack, forms: dict[str, str], form: str
) -> None:
    html = pack.http.get(forms[form]).text
    data = json.loads(html.partition('id="embed-data">')[2].partition("</script>")[0])
    named = {*re.findall(r'(?:src|href)="([^"]*assets[^"]*)"', html), data["vega_url"], data["results_url"]}
    asked = {urljoin(f"{ELSEWHERE}{forms[form]}", each) for each in named}
    assert len(asked) == 4
    assert f"{ELSEWHERE}{forms['token']}/results" in asked
    for url in asked:
        assert pack.http.get(url.removeprefix(ELSEWHERE)).status_code == 200


def test_pages_that_name_their_files_differently_have_no_etag_in_common(
    pack: Pack, forms: dict[str, str]
) -> None:
    pages = [pack.http.get(path) for path in forms.values()]
    assert len({page.text for page in pages}) == len({page.headers["etag"] for page in pages}) == 2


def test_a_refusal_is_the_same_in_both_forms(pack: Pack) -> None:
    paths = ("/d/38727/forged", "/d/airlines/on-time-performance/?embed_token=forged")
    assert len({pack.http.get(path).text for path in paths}) == 1
