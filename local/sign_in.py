"""The local issuer's sign-in: the authorization code flow with PKCE, with a click for a password.

It takes one public client and returns only to pages on this machine. RFC 6749, 7636 and 9207, as far
as a page that signs in needs them.
"""

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple
from urllib.parse import urlencode, urlsplit

from local.issuer import AUDIENCE, LIFETIME, Issuer
from local.personas import Persona

CODE_LIFETIME = 60.0  # seconds
MOST_CODES = 1000
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}", re.ASCII)
_HOSTS = ("127.0.0.1", "localhost")


class SignInError(Exception):
    """`code` is RFC 6749's. With `location` the page that asked is told; without, the person."""

    def __init__(self, code: str, detail: str, location: str | None = None) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.location = location


class AuthorizationRequest(NamedTuple):
    """What a page asked for. All of it has been checked."""

    redirect_uri: str
    challenge: str
    state: str | None
    nonce: str | None


class _Code(NamedTuple):
    request: AuthorizationRequest
    persona: Persona
    ends_at: float


class SignIn:
    def __init__(self, issuer: Issuer, personas: tuple[Persona, ...], clock: Callable[[], float]) -> None:
        self.personas = personas
        self._issuer = issuer
        self._clock = clock
        self._codes: dict[str, _Code] = {}

    def authorization_request(self, query: Mapping[str, str]) -> AuthorizationRequest:
        """The authorization request, checked. Raises SignInError."""
        redirect_uri = query.get("redirect_uri", "")
        if query.get("client_id") != AUDIENCE:
            raise SignInError("unauthorized_client", f"The only client here is {AUDIENCE}.")
        if not is_local(redirect_uri):
            raise SignInError("invalid_request", "redirect_uri must be a page on this machine.")
        request = AuthorizationRequest(
            redirect_uri, query.get("code_challenge", ""), query.get("state"), query.get("nonce")
        )
        mistake = _mistake(query)
        if mistake:
            raise SignInError(*mistake, self._back(request, error=mistake[0], error_description=mistake[1]))
        return request

    def authorized(self, request: AuthorizationRequest, persona: str) -> str:
        """Where to send the browser once somebody was chosen. Raises SignInError."""
        chosen = next((each for each in self.personas if each.id == persona), None)
        if chosen is None:
            raise SignInError("invalid_request", "Nobody of that name may sign in.")
        now, code = self._clock(), secrets.token_urlsafe(32)
        self._codes = {name: kept for name, kept in self._codes.items() if kept.ends_at > now}
        while len(self._codes) >= MOST_CODES:
            del self._codes[next(iter(self._codes))]
        self._codes[code] = _Code(request, chosen, now + CODE_LIFETIME)
        return self._back(request, code=code)

    def tokens(self, form: Mapping[str, str]) -> dict[str, Any]:
        """The token endpoint's answer. Raises SignInError; a code is spent by being tried."""
        if form.get("grant_type") != "authorization_code":
            raise SignInError("unsupported_grant_type", "Only authorization_code is known.")
        if form.get("client_id") != AUDIENCE:
            raise SignInError("invalid_client", f"The only client here is {AUDIENCE}.")
        kept = self._codes.pop(form.get("code", ""), None)
        if kept is None or kept.ends_at <= self._clock():
            raise SignInError("invalid_grant", "The code is unknown, used or too old.")
        if form.get("redirect_uri") != kept.request.redirect_uri:
            raise SignInError("invalid_grant", "redirect_uri is not the one that the code was made for.")
        if not _proves(form.get("code_verifier", ""), kept.request.challenge):
            raise SignInError("invalid_grant", "code_verifier doesn't fit the code_challenge.")
        nonce = {} if kept.request.nonce is None else {"nonce": kept.request.nonce}
        token = self._issuer.token({**kept.persona.claims, **nonce})
        return {"id_token": token, "access_token": token, "token_type": "Bearer", "expires_in": LIFETIME}

    def _back(self, request: AuthorizationRequest, **answer: str) -> str:
        state = {} if request.state is None else {"state": request.state}
        mark = "&" if urlsplit(request.redirect_uri).query else "?"
        return request.redirect_uri + mark + urlencode({**answer, **state, "iss": self._issuer.url})


def is_local(url: str) -> bool:
    """Whether it is a page on this machine, written so that no browser reads it otherwise."""
    if not (url.isascii() and url.isprintable()) or set(url) & set(" \\#"):
        return False
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    hosts = [host if port is None else f"{host}:{port}" for host in _HOSTS]
    return parts.scheme == "http" and parts.netloc in hosts


def _mistake(query: Mapping[str, str]) -> tuple[str, str] | None:
    if query.get("response_type") != "code":
        return "unsupported_response_type", "response_type must be code."
    if "openid" not in query.get("scope", "").split():
        return "invalid_scope", "scope must hold openid."
    if query.get("code_challenge_method") != "S256" or not _CHALLENGE.fullmatch(
        query.get("code_challenge", "")
    ):
        return "invalid_request", "PKCE with S256 is required."
    return None


def _proves(verifier: str, challenge: str) -> bool:
    if not _VERIFIER.fullmatch(verifier):
        return False
    made = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=")
    return hmac.compare_digest(made.decode(), challenge)
