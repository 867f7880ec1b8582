"""The token that a session came with, as it stands in `Authorization`.

Nothing is verified here. API Gateway has done so a moment before; `session.py` holds what is read here
against the claims that it verified.
"""

import binascii
import re
from base64 import urlsafe_b64decode
from typing import Any

from msgspec import DecodeError
from msgspec.json import Decoder

from clerestory.json_shape import nests_deeper, repeats_a_name
from clerestory.problems import NO_SESSION, Problem

MAX_CHARACTERS = 10_240
"""All that API Gateway takes of a request's line and headers together."""
MAX_DEPTH = 16

# Two tokens, a list of them or anything beside one is refused: readers differ in which of them they take.
_ONE_TOKEN = re.compile(r"(?i:bearer )?([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.[A-Za-z0-9_-]+", re.ASCII)

_decoder = Decoder(dict[str, Any])


def claims_in(authorization: object) -> dict[str, Any]:
    """The payload of the one compact JWS (RFC 7515 section 7.1) that the header is. Raises 401."""
    if not isinstance(authorization, str) or len(authorization) > MAX_CHARACTERS:
        raise _refused()
    token = _ONE_TOKEN.fullmatch(authorization)
    if token is None:
        raise _refused()
    try:
        _object(token[1])
        return _object(token[2])
    except (binascii.Error, DecodeError, UnicodeDecodeError):
        raise _refused() from None


def _object(part: str) -> dict[str, Any]:
    """What a header or a payload holds."""
    document = urlsafe_b64decode(part + "=" * (-len(part) % 4))
    if nests_deeper(document, MAX_DEPTH):
        raise _refused()
    parsed = _decoder.decode(document)
    if repeats_a_name(document, parsed):
        raise _refused()
    return parsed


def _refused() -> Problem:
    return Problem(NO_SESSION, "Authorization must be one session token, optionally after Bearer.")
