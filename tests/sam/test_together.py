"""The functions together, each in its container: what one does, the others see."""

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin

import pytest

from clerestory.secret.keyset import read_keyset
from tests.pack import Pack
from tests.sam.cases import Case
from tests.sam.data import URL
from tests.sam.services import Services, running
from tests.sam.stack import Stack
from tests.sam.trial import body, invoke


@pytest.fixture(scope="module")
def services() -> Iterator[Services]:
    with running() as services:
        yield services


def minted_url(services: Services, case: str = "mint/minted") -> str:
    answer = services.invoke(case)
    assert answer["statusCode"] == 201, answer
    url: str = json.loads(body(answer))["url"]
    return url


def embeds_counted(services: Services) -> Any:
    event = Case("owner", "usage").event
    answer = services.invoke("owner/usage", rawQueryString="", headers=event["headers"])
    return json.loads(body(answer))["total"]


def test_an_embed_goes_from_mint_to_its_charts_and_counts_once(services: Services) -> None:
    """Through every function: the first mint has rotate make the secret, the first page starts query."""
    url = minted_url(services)
    loading = services.http.get(url)
    assert loading.status_code == 200
    assert ">Loading<" in loading.text
    results = services.results(url)
    assert results.json()["charts"][0]["rows"] == [[58665]]
    assert ">Loading<" not in services.http.get(url).text
    assert minted_url(services) == url
    assert embeds_counted(services) == 1


def test_the_pages_files_come_through_the_api(services: Services) -> None:
    url = minted_url(services)
    names = re.findall(r'"([./]*/assets/[^"]+)"', services.http.get(url).text)
    assert len(names) >= 3
    assert {services.http.get(urljoin(url, name)).status_code for name in names} == {200}


def test_a_session_that_nobody_has_checked_opens_nothing(services: Services) -> None:
    """SAM CLI lets requests past the authorizer, with no claims: the functions stay closed."""
    headers = {"Authorization": "Bearer forged"}
    answer = services.http.post("/embeds", json={"dashboard": 231}, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "no-session")
    answer = services.http.get("/organizations/airlines/secret", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "no-session")


def test_a_reset_reaches_a_warm_container_at_once(services: Services) -> None:
    before = minted_url(services, "mint/filtered")
    assert services.http.get(before).status_code == 200
    assert services.invoke("owner/reset")["statusCode"] == 200
    assert services.http.get(before).status_code == 401


def test_what_sam_local_invoke_mints_is_accepted_by_make_run(services: Services, pack: Pack) -> None:
    """With the pack's own secret, as where the function is pointed at the pack's AWS."""
    parameter = "/clerestory/local/organizations/16417/embed-secret"
    secret = pack.client("ssm").get_parameter(Name=parameter, WithDecryption=True)["Parameter"]["Value"]
    case = Case("mint", "minted")
    stack = Stack(case, services.aws, services.variables["AWS_ENDPOINT_URL"], URL)
    stack.create()
    stack.put_secret(16417, read_keyset(secret))
    answer, log = invoke("Mint", case.event, stack.variables | {"PUBLIC_URL": pack.url}, services.aws)
    assert answer["statusCode"] == 201, log
    minted = json.loads(body(answer))["url"]
    assert minted.startswith(f"{pack.url}/d/38727/")
    assert pack.results(minted).json()["charts"][0]["rows"] == [[58665]]
