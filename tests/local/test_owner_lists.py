"""Usage and the audit, and how any list of an owner is paged."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.local.owner import HARBORS, Owner, revoked
from tests.local.secrets import secret


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
