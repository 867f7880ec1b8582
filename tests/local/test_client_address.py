"""Where sites load the client from: a name that stays, and names that change with its content."""

import json

import pytest

from tests.pack import ROOT, Pack

STABLE = "/assets/clerestory.js"


@pytest.fixture
def site(pack: Pack) -> str:
    """Another origin, of those that may call the API."""
    return pack.url.replace("127.0.0.1", "localhost")


def test_the_stable_name_is_asked_for_again_each_time(pack: Pack) -> None:
    answer = pack.http.get(STABLE)
    *code, names_source_map = (ROOT / "site" / "clerestory.js").read_bytes().splitlines(keepends=True)
    assert names_source_map == b"//# sourceMappingURL=clerestory.js.map\n"
    assert answer.content == b"".join(code)
    assert answer.headers["cache-control"] == "public, no-cache"
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    again = pack.http.get(STABLE, headers={"if-none-match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == answer.headers["etag"]


def test_the_hashed_name_is_kept_for_ever(pack: Pack) -> None:
    manifest = json.loads((ROOT / ".build" / "page" / "manifest.json").read_text())
    answer = pack.http.get(f"/assets/{manifest['clerestory.js']}")
    assert "immutable" in answer.headers["cache-control"]
    assert answer.content == pack.http.get(STABLE).content


def test_a_module_of_another_origin_may_be_loaded(pack: Pack, site: str) -> None:
    headers = pack.http.get(STABLE, headers={"origin": site}).headers
    assert headers["access-control-allow-origin"] == site
    assert headers["cross-origin-resource-policy"] == "cross-origin"
