"""A token for each rule that a token can break, with the part that breaks it, each rightly signed."""

import json
from typing import Any

from tests.unit.forging import DAY, jws

Broken = tuple[str, str, str]
"""The rule, the part, and the token."""


def unreadable(secret: str, now: float) -> list[Broken]:
    """Those that are refused whoever signed them."""
    right = _signed(secret, now)
    claims = {"organization": 16417, "dashboard": 38727, "env": {"ACCT_ID": "UA"}, "iat": now}
    no_dashboard = jws(b'{"alg": "HS256"}', json.dumps({"organization": 16417}).encode(), secret)
    return [
        ("length", "", right + "x" * 8_192),
        ("parts", "", right.rpartition(".")[0]),
        ("parts", "", f"{right}."),
        ("form", "header", f"{{{right}"),
        ("form", "payload", right.replace(".", ".=", 1)),
        ("form", "signature", right[:-3]),
        ("form", "signature", f"{right[:-1]}B"),
        (
            "unreadable",
            "header",
            jws(b'{"alg": "HS256", "x": ' + b"[" * 20 + b"]" * 20 + b"}", b"{}", secret),
        ),
        ("unreadable", "payload", _signed(secret, now, deep=json.loads("[" * 20 + "]" * 20))),
        ("unreadable", "payload", _written(secret, json.dumps(claims).replace('"UA"', "1e999"))),
        ("object", "header", jws(b"[]", json.dumps(claims).encode(), secret)),
        ("object", "payload", _written(secret, "[]")),
        ("object", "payload", _written(secret, "not JSON")),
        ("algorithm", "", _headed(secret, claims, alg="HS512")),
        ("algorithm", "", _headed(secret, claims, alg="RS256") + "x" * 299),
        ("parameters", "jku", _headed(secret, claims, jku="https://a.example")),
        ("kid", "", _headed(secret, claims, kid=7)),
        ("missing", "organization", _written(secret, "{}")),
        ("missing", "dashboard", no_dashboard),
        ("type", "organization", _signed(secret, now, organization=1.5)),
        ("type", "dashboard", _signed(secret, now, dashboard=[38727])),
        ("type", "env", _signed(secret, now, env=["UA"])),
        ("type", "sub", _signed(secret, now, sub=True)),
        ("type", "iat", _signed(secret, now, iat="now")),
        ("type", "nbf", _signed(secret, now, nbf=None)),
        ("type", "exp", _signed(secret, now, exp={})),
    ]


def lifeless(secret: str, now: float) -> list[Broken]:
    """Those that are refused for what they say of their life, to whoever has the secret."""
    undated = {"organization": 16417, "dashboard": 38727, "env": {"ACCT_ID": "UA"}}
    return [
        ("undated", "", _written(secret, json.dumps(undated))),
        ("unissued", "exp", _written(secret, json.dumps(undated | {"exp": now + 2 * DAY}))),
    ]


def untimely(secret: str, now: float) -> list[Broken]:
    return [
        ("early", "iat", _signed(secret, now, iat=now + 3_600)),
        ("early", "nbf", _signed(secret, now, nbf=now + 3_600)),
        ("expired", "iat", _signed(secret, now, iat=now - 2 * DAY, exp=now + DAY)),
        ("expired", "exp", _signed(secret, now, exp=now - 1)),
    ]


def _signed(secret: str, now: float, **changed: Any) -> str:
    claims = {"organization": 16417, "dashboard": 38727, "env": {"ACCT_ID": "UA"}, "iat": now}
    return _headed(secret, claims | changed)


def _headed(secret: str, claims: dict[str, Any], **header: Any) -> str:
    return jws(json.dumps({"alg": "HS256"} | header).encode(), json.dumps(claims).encode(), secret)


def _written(secret: str, payload: str) -> str:
    return jws(b'{"alg": "HS256"}', payload.encode(), secret)
