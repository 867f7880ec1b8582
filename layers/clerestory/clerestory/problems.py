"""What can go wrong, each with its HTTP status and stable code, as RFC 9457 problem details.

A problem's text never holds a token, a secret or a variable's value: it goes into pages and logs.
"""

from typing import Any

from msgspec import Struct

MEDIA_TYPE = "application/problem+json"


class Kind(Struct, frozen=True):
    """One sort of problem. `code` is what programs match on and never changes."""

    code: str
    status: int
    title: str


# Requests and sessions
INVALID_JSON = Kind("invalid-json", 400, "The body is not JSON")
NO_SESSION = Kind("no-session", 401, "Sign in first")
CLAIM_MISSING = Kind("claim-missing", 403, "The session lacks a claim that this dashboard needs")
LOCKED_VARIABLE = Kind("locked-variable", 403, "Only the session can set a locked variable")
NOT_FOUND = Kind("not-found", 404, "There is nothing here")
NOT_OWNER = Kind("not-owner", 403, "Only an owner of the organization can do this")
ORGANIZATION_MISSING = Kind(
    "organization-missing", 403, "The session doesn't say which organization it is of"
)
UNKNOWN_DASHBOARD = Kind("unknown-dashboard", 404, "There is no such dashboard")
UNKNOWN_REVOCATION = Kind("unknown-revocation", 404, "There is no such revocation")
METHOD_NOT_ALLOWED = Kind("method-not-allowed", 405, "This route has no such method")
CONFIRMATION_NEEDED = Kind("confirmation-needed", 409, "A reset must be confirmed")
KEYSET_FULL = Kind("keyset-full", 409, "There are too many secrets whose grace still runs")
TOO_LARGE = Kind("too-large", 413, "The body is too large")
INVALID_REQUEST = Kind("invalid-request", 422, "The request has not the form that this route takes")
INVALID_VARIABLES = Kind("invalid-variables", 422, "Some variables are wrong")
SENSITIVE_VALUE = Kind("sensitive-value", 422, "A value looks like personal data")
URL_TOO_LONG = Kind("url-too-long", 422, "The embed's URL would be too long")

# Embed tokens. One answer for whatever was not signed by this organization: an attacker learns nothing.
INVALID_TOKEN = Kind("invalid-token", 401, "This embed's link is not valid")
TOKEN_EXPIRED = Kind("token-expired", 401, "This embed's link has expired")
TOKEN_NOT_YET_VALID = Kind("token-not-yet-valid", 401, "This embed's link is not valid yet")
REVOKED = Kind("revoked", 403, "This embed was revoked")
OTHER_DASHBOARD = Kind("other-dashboard", 403, "This embed's link is for another dashboard")
LOCKED_VARIABLE_MISSING = Kind("locked-variable-missing", 422, "A locked variable has no value")

# The pack itself
INTERNAL_ERROR = Kind("internal-error", 500, "Something went wrong here")
UNAVAILABLE = Kind("unavailable", 503, "The service is busy")
RUN_FAILED = Kind("run-failed", 503, "The dashboard could not be computed")


class VariableError(Struct, frozen=True):
    """What is wrong with one variable, by its name."""

    variable: str
    detail: str


class Problem(Exception):
    """A refusal or failure on its way to the caller. `retry_after` is seconds from now. What is `expected` is
    no failure of ours, whatever its status: no alarm is to go off."""

    def __init__(
        self,
        kind: Kind,
        detail: str = "",
        *,
        errors: tuple[VariableError, ...] = (),
        retry_after: int | None = None,
        expected: bool = False,
        **extensions: Any,
    ) -> None:
        super().__init__(kind.code)
        self.kind = kind
        self.detail = detail
        self.errors = errors
        self.retry_after = retry_after
        self.expected = expected or kind.status < 500
        self.extensions = extensions

    def document(self) -> dict[str, Any]:
        """RFC 9457 section 3, with `code`, and `errors` where variables are wrong."""
        document: dict[str, Any] = {
            "type": f"urn:clerestory:problem:{self.kind.code}",
            "title": self.kind.title,
            "status": self.kind.status,
            "code": self.kind.code,
        }
        if self.detail:
            document["detail"] = self.detail
        if self.errors:
            document["errors"] = [
                {"variable": error.variable, "detail": error.detail} for error in self.errors
            ]
        return document | self.extensions


def unavailable(detail: str, retry_after: int = 2) -> Problem:
    """AWS could not answer; the same request may do better in a moment."""
    return Problem(UNAVAILABLE, detail, retry_after=retry_after)
