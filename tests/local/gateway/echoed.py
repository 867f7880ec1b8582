"""What a function that echoes its event saw, and what the gateway refused."""

from pathlib import Path
from typing import Any

import httpx

from local.issuer import Issuer

ECHO = Path(__file__).parents[1] / "echo"
ISSUER = "http://127.0.0.1:1"
SITE = {"Origin": "https://app.example.com"}


def event(answer: httpx.Response) -> dict[str, Any]:
    assert answer.status_code == 200
    seen: dict[str, Any] = answer.json()["event"]
    return seen


def signed(issuer: Issuer, **claims: Any) -> dict[str, str]:
    return {"Authorization": f"Bearer {issuer.token({'aud': 'one', **claims})}"}


def problem(answer: httpx.Response) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    document = answer.json()
    assert document["status"] == answer.status_code
    return answer.status_code, document["code"]
