"""Tokens as anybody could make them, well or badly, without the library that is tried."""

import base64
import hmac
import json
from typing import Any

import pytest
from hypothesis import strategies as st

from clerestory.problems import Kind, Problem
from clerestory.secret.keyset import Key, Keyset
from clerestory.tokens import Token, read, verify

NOW = 1_700_000_000
DAY = 86_400
SECRET = "an embed secret of more than 32 bytes, as text"
KEY = Key(kid="k1", secret=SECRET, created_at=0, signs_from=0)
KEYSET = Keyset(generation=1, epoch=1, last_operation="test", keys=(KEY,))
CLAIMS: dict[str, Any] = {"organization": 16417, "dashboard": 38727, "iat": NOW}
json_scalars = st.text() | st.integers(-(2**53), 2**53) | st.booleans()


def base64url(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def jws(header: bytes, payload: bytes, secret: str = SECRET) -> str:
    """A JWS with a right signature, whatever the header says."""
    signed = f"{base64url(header)}.{base64url(payload)}"
    return f"{signed}.{base64url(hmac.digest(secret.encode(), signed.encode(), 'sha256'))}"


def token(claims: dict[str, Any] | None = None, **header: Any) -> str:
    payload = CLAIMS if claims is None else claims
    return jws(json.dumps({"alg": "HS256"} | header).encode(), json.dumps(payload).encode())


def opened(text: str, now: float = NOW, keyset: Keyset = KEYSET) -> Token:
    return verify(read(text), keyset, now)


def refusal(text: str, now: float = NOW) -> Kind:
    with pytest.raises(Problem) as refused:
        opened(text, now)
    return refused.value.kind
