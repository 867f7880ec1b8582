"""The embed token: a JWS (RFC 7515) in compact form, HS256 (RFC 7518 section 3.2) and nothing else.

Two stages, as in RFC 7519 section 7.2: the signature, then the claims. PyJWT computes and compares
the signature; what it lets through and must not is refused before it (form, header) and after it
(the claims' types). A token that was not signed by the organization gets one and the same refusal.
"""

import binascii
import hashlib
import math
import re
import secrets
from base64 import urlsafe_b64decode
from typing import Annotated, Any

from jwt.algorithms import HMACAlgorithm
from jwt.api_jws import PyJWS
from jwt.exceptions import PyJWTError
from msgspec import UNSET, DecodeError, Meta, Struct, UnsetType, ValidationError
from msgspec.json import Decoder, encode

from clerestory.json_shape import nests_deeper
from clerestory.problems import TOKEN_EXPIRED, TOKEN_NOT_YET_VALID
from clerestory.refusals import Refused
from clerestory.secret.keyset import Key, Keyset
from clerestory.token_life import LEEWAY, MAX_LIFE

MAX_CHARACTERS = 8_192
MAX_DEPTH = 16
MOST_KEYS = 28
"""No keyset has room for more."""

# The last character of 32 bytes in base64url carries two bits; the other four spellings of the same
# signature are refused (RFC 4648 section 3.5), so that a token has one text and one hash.
_SIGNATURE = re.compile(r"[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]", re.ASCII)
_BASE64URL = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)
# Parameters that ask the verifier to fetch or obey something (RFC 7515 section 4.1, RFC 7797).
_REFUSED_PARAMETERS = frozenset({"crit", "b64", "zip", "jku", "jwk", "x5u", "x5c", "x5t", "x5t#S256"})

# Where msgspec finds a mistake, at the end of what it says.
_MISSING = re.compile(r"missing required field `(\w+)`\Z")
_WRONG = re.compile(r"`\$\.(\w+)`\Z")

_jws = PyJWS(algorithms=["HS256"])
_hs256 = HMACAlgorithm(HMACAlgorithm.SHA256)
_NOBODYS_SECRET = secrets.token_bytes(32)


class UnknownKey(Exception):
    """The token names a key, or was signed with one, that the keyset at hand doesn't hold."""


class Claims(Struct, frozen=True):
    """What a token may claim, of which nothing is known to be true."""

    organization: str | int | float
    dashboard: str | int | float
    # PHP writes an empty array for both, an empty list and an empty map.
    env: dict[str, Any] | Annotated[list[Any], Meta(max_length=0)] | None = None
    iat: int | float | UnsetType = UNSET
    nbf: int | float | UnsetType = UNSET
    exp: int | float | UnsetType = UNSET
    sub: str | int | None = None


class Unverified(Struct, frozen=True):
    """A token of the right form, of which nothing is known to be true yet."""

    text: str
    kid: str | None
    organization: str
    dashboard: str
    viewer: str | None

    @property
    def hash(self) -> str:
        """Names the token wherever the token itself must not stand."""
        return hashlib.sha256(self.text.encode()).hexdigest()


class Token(Struct, frozen=True):
    """A token whose signature and claims hold. `env` is as it was sent; `ends_at` is when its life
    ends."""

    text: str
    hash: str
    kid: str
    organization: str
    dashboard: str
    env: dict[str, Any]
    ends_at: int
    viewer: str | None


_claims_decoder = Decoder(Claims)
_header_decoder = Decoder(dict[str, Any])


def sign(claims: dict[str, Any], key: Key) -> str:
    """Equal claims and key give equal tokens: the payload is serialized canonically."""
    payload = encode(claims, order="deterministic")
    return _jws.encode(payload, key.secret.encode(), algorithm="HS256", headers={"kid": key.kid})


def read(text: str) -> Unverified:
    """Checks the form, so that `verify` can be told which organization's keyset to use."""
    if len(text) > MAX_CHARACTERS:
        raise Refused("length")
    parts = text.split(".")
    if len(parts) != 3:
        raise Refused("parts")
    header = _decode("header", parts[0], _header_decoder)
    if header.get("alg") != "HS256":
        raise Refused("algorithm")
    if refused := _REFUSED_PARAMETERS.intersection(header):
        raise Refused("parameters", min(refused))
    if not isinstance(header.get("kid", ""), str):
        raise Refused("kid")
    # After the algorithm, which says how long a signature is.
    if not _SIGNATURE.fullmatch(parts[2]):
        raise Refused("form", "signature")
    claims = _decode("payload", parts[1], _claims_decoder)
    return Unverified(
        text=text,
        kid=header.get("kid"),
        organization=_name("organization", claims.organization),
        dashboard=_name("dashboard", claims.dashboard),
        viewer=None if claims.sub is None else str(claims.sub),
    )


def verify(unverified: Unverified, keyset: Keyset, now: float, *, early: bool = False) -> Token:
    """Both stages. Raises UnknownKey where a newer keyset might know better, and Problem for good."""
    return accept(unverified, verify_signature(unverified, keyset, now), now, early=early)


def verify_signature(unverified: Unverified, keyset: Keyset, now: float) -> Key:
    """The key that signed the token. Old programs send no `kid`: every key that verifies is tried. To refuse
    a token costs the same however many those are, so that no time tells what an organization has."""
    message, _, signature = unverified.text.encode().rpartition(b".")
    signed = urlsafe_b64decode(signature + b"=")
    keys = [key for key in keyset.verifying_keys(now) if unverified.kid in (None, key.kid)]
    for key in keys:
        if _hs256.verify(message, key.secret.encode(), signed) and _takes(key, unverified):
            return key
    for _ in range(len(keys), MOST_KEYS):
        _hs256.verify(message, _NOBODYS_SECRET, signed)
    raise UnknownKey


def accept(signed: Unverified, key: Key, now: float, *, early: bool = False) -> Token:
    """The second stage, for a token that the key has signed: what it says of its own life. `early`
    takes one that isn't valid yet, too."""
    claims = claims_of(signed)
    return Token(
        text=signed.text,
        hash=signed.hash,
        kid=key.kid,
        organization=signed.organization,
        dashboard=signed.dashboard,
        env=dict(claims.env or {}),
        ends_at=end_of_life(claims, now, early=early),
        viewer=signed.viewer,
    )


def claims_of(unverified: Unverified) -> Claims:
    claims: Claims = _decode("payload", unverified.text.split(".")[1], _claims_decoder)
    return claims


def end_of_life(claims: Claims, now: float, *, early: bool = False) -> int:
    """The earliest of `exp` and `iat` + 24 h (the seed, "JWT Expiration"), in seconds since 1970."""
    issued, starts, expires = _date("iat", claims.iat), _date("nbf", claims.nbf), _date("exp", claims.exp)
    if issued is None and (expires is None or expires > now + MAX_LIFE):
        raise Refused("undated") if expires is None else Refused("unissued", "exp")
    if not early and max(issued or 0, starts or 0) > now + LEEWAY:
        raise Refused("early", "iat" if (issued or 0) >= (starts or 0) else "nbf", TOKEN_NOT_YET_VALID)
    by_exp = math.inf if expires is None else expires
    by_iat = math.inf if issued is None else issued + MAX_LIFE
    end = min(by_exp, by_iat)
    if end <= now:
        raise Refused("expired", "iat" if end == by_iat else "exp", TOKEN_EXPIRED)
    return math.ceil(end)


def _takes(key: Key, unverified: Unverified) -> bool:
    """Whether PyJWT takes the token as a whole."""
    try:
        _jws.decode_complete(unverified.text, key.secret.encode(), algorithms=["HS256"])
    except PyJWTError:
        return False
    return True


def _decode(name: str, part: str, decoder: Decoder[Any]) -> Any:
    if not _BASE64URL.fullmatch(part):
        raise Refused("form", name)
    try:
        document = urlsafe_b64decode(part + "=" * (-len(part) % 4))
        if nests_deeper(document, MAX_DEPTH):
            raise Refused("unreadable", name)
        return decoder.decode(document)
    except ValidationError as error:
        raise _misfit(name, str(error)) from None
    except (binascii.Error, DecodeError, UnicodeDecodeError):
        raise Refused("object", name) from None


def _misfit(name: str, mistake: str) -> Refused:
    if missing := _MISSING.search(mistake):
        return Refused("missing", missing[1])
    if wrong := _WRONG.search(mistake):
        return Refused("type", wrong[1])
    return Refused("unreadable" if "$" in mistake else "object", name)


def _name(claim: str, value: str | int | float) -> str:
    """Ids are compared as text; a number that went through a float is still that number."""
    if isinstance(value, float):
        if not value.is_integer():
            raise Refused("type", claim)
        value = int(value)
    return str(value)


def _date(claim: str, moment: int | float | UnsetType) -> int | float | None:
    """A NumericDate (RFC 7519 section 2), which may be a float; None where there is none."""
    if moment is UNSET:
        return None
    if isinstance(moment, float) and not math.isfinite(moment):
        raise Refused("type", claim)
    return moment
