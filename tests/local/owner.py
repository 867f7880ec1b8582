"""An owner at the settings API of a pack that runs."""

import time
from collections.abc import Callable
from typing import Any

import httpx
import jwt

from tests.pack import Pack

OWNER = {"sub": "olga", "custom:organization": "airlines", "cognito:groups": ["owners", "editors"]}
HARBORS = {"sub": "hugo", "custom:organization": "harbor", "cognito:groups": ["owners"]}
VIEWER = {"sub": "ana", "custom:acct_id": "UA"}
EDITOR = OWNER | {"cognito:groups": ["editors"]}
PARAMETER = "/clerestory/local/organizations/16417/embed-secret"
CLAIMLESS = {"sub": "olga", "cognito:groups": ["owners"]}


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


def within_a_second(question: Callable[[], Any], answer: Any) -> None:
    end = time.monotonic() + 1.5
    while (said := question()) != answer and time.monotonic() < end:
        time.sleep(0.05)
    assert said == answer


def revoked(owner: Owner, **what: Any) -> Any:
    answer = owner.ask("POST", "/revocations", json=what)
    assert answer.status_code == 201
    return answer.json()
