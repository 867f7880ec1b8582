"""Sessions as real issuers send them, with dashboards of one's own, through the deployed handlers."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.pack import Pack, running_pack

ORGANIZATION = """\
id: {id}
slug: {slug}
sources:
  flights:
    type: duckdb
    tables: {{flights: {{files: flights.parquet, tenant: {{carrier: TENANT}}}}}}
"""
DASHBOARD = """\
id: {id}
slug: traffic
title: Traffic
source: flights
variables:
  TENANT: {{type: string, claim: app_metadata.tenant_id}}
charts:
  - title: Flights
    sql: SELECT count(*) FROM flights
    number: {{format: ",d"}}
"""
LISTED = """\
id: 7002
slug: several
title: Several
source: flights
variables:
  TENANT: {type: string, list: true, claim: "https://example.com/tenants"}
charts:
  - title: Flights
    sql: SELECT count(*) FROM flights
    number: {format: ",d"}
"""


def written(folder: Path, slug: str, id: int) -> None:
    (folder / slug).mkdir(parents=True)
    (folder / slug / "organization.yaml").write_text(ORGANIZATION.format(slug=slug, id=id))
    (folder / slug / "traffic.yaml").write_text(DASHBOARD.format(id=id + 1))


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pack]:
    """A pack of one organization."""
    folder = tmp_path_factory.mktemp("dashboards")
    written(folder, "acme", 7000)
    (folder / "acme" / "several.yaml").write_text(LISTED)
    with running_pack("--dashboards", str(folder)) as running:
        yield running


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pack]:
    """A pack of two, neither of them the demo's."""
    folder = tmp_path_factory.mktemp("dashboards")
    written(folder, "acme", 7000)
    written(folder, "globex", 8000)
    with running_pack("--dashboards", str(folder)) as running:
        yield running


def mint(pack: Pack, claims: dict[str, Any], dashboard: int = 7001) -> httpx.Response:
    headers = {"Authorization": f"Bearer {pack.session(**claims)}"}
    return pack.http.post("/embeds", json={"dashboard": dashboard}, headers=headers)


def flights(pack: Pack, minted: httpx.Response) -> Any:
    return pack.results(minted.raise_for_status().json()["url"]).json()["charts"][0]["rows"]


def refusal(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_a_nested_claim_alone_gets_its_dashboard(own: Pack) -> None:
    assert flights(own, mint(own, {"app_metadata": {"tenant_id": "UA"}})) == [[58_665]]


def test_a_list_under_a_url_gets_all_of_its_tenants(own: Pack) -> None:
    assert flights(own, mint(own, {"https://example.com/tenants": ["HA", "OO"]}, 7002)) == [[342 + 32]]


@pytest.mark.parametrize(
    "metadata",
    [
        *({}, None, "UA", ["UA"], "map[tenant_id:UA]", {"tenant_id": None}, {"tenant_id": ["UA"]}),
        *({"tenant_id": {"UA": "UA"}}, {"tenant_id": ""}, {"tenant": "UA"}),
    ],
)
def test_no_other_shape_of_it_does(own: Pack, metadata: Any) -> None:
    claims = {"app_metadata": metadata, "user_metadata": {"tenant_id": "UA"}}
    assert refusal(mint(own, claims)) == (403, "claim-missing")


def test_text_in_brackets_is_a_name_of_its_own(own: Pack) -> None:
    assert flights(own, mint(own, {"app_metadata": {"tenant_id": "[UA]"}})) == [[0]]
    assert flights(own, mint(own, {"https://example.com/tenants": "[HA OO]"}, 7002)) == [[0]]


def test_the_list_of_dashboards_has_those_whose_claims_are_there(own: Pack) -> None:
    headers = {"Authorization": own.session(app_metadata={"tenant_id": "UA"})}
    listed = own.http.get("/dashboards", headers=headers).raise_for_status().json()["dashboards"]
    assert [each["slug"] for each in listed] == ["traffic"]


def test_two_tokens_are_no_session(own: Pack) -> None:
    one, other = (own.session(app_metadata={"tenant_id": each}) for each in ("UA", "AA"))
    for sent in (f"Bearer {one} {other}", f"Bearer {one}, Bearer {other}", f"{one},{other}"):
        answer = own.http.post("/embeds", json={"dashboard": 7001}, headers={"Authorization": sent})
        assert refusal(answer) == (401, "no-session")


@pytest.mark.parametrize("claims", [{}, {"custom:organization": None}])
def test_among_several_organizations_a_session_says_which_it_is_of(two: Pack, claims: dict[str, Any]) -> None:
    headers = {"Authorization": f"Bearer {two.session(**claims)}"}
    assert refusal(two.http.get("/dashboards", headers=headers)) == (403, "organization-missing")
    session = {"app_metadata": {"tenant_id": "UA"}}
    assert refusal(mint(two, session | claims)) == (403, "organization-missing")
    assert flights(two, mint(two, session | {"custom:organization": "globex"}, 8001)) == [[58_665]]
    assert refusal(mint(two, session | {"custom:organization": "globex"})) == (404, "unknown-dashboard")


def test_the_demos_sessions_are_of_the_airlines_where_those_are_served(pack: Pack) -> None:
    assert pack.mint({"dashboard": 38727}).status_code == 201
