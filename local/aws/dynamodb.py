"""What DynamoDB promises and moto leaves out: isolated transactions, and the client request token.

moto's server runs each request on a thread with nothing between them, and ignores
`ClientRequestToken`. Here one request runs at a time, and a transaction that is sent again with its
token gets the first answer again.
"""

import io
import json
import time
from collections.abc import Callable, Iterable
from hashlib import sha256
from threading import Lock
from typing import NamedTuple
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from werkzeug.wrappers import Request, Response

TOKEN_LIFE = 600  # seconds for which DynamoDB remembers a client request token
TOKEN_LENGTH = 36
_OPERATIONS = "DynamoDB_20120810."
_ERROR_TYPES = "com.amazonaws.dynamodb.v20120810#"
_VALIDATION_TYPES = "com.amazon.coral.validate#"


class Remembered(NamedTuple):
    """The answer that a client request token got, and the request that it was for."""

    request: bytes
    response: Response
    until: float


class DynamoDB:
    """WSGI middleware: DynamoDB's requests go through one at a time, the others straight on."""

    def __init__(self, application: WSGIApplication, clock: Callable[[], float] = time.monotonic) -> None:
        self._application = application
        self._clock = clock
        self._lock = Lock()
        self._answers: dict[str, Remembered] = {}

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        target = environ.get("HTTP_X_AMZ_TARGET", "")
        if not target.startswith("DynamoDB_"):
            return self._application(environ, start_response)
        body = _take_body(environ)
        token = _client_token(body) if target == f"{_OPERATIONS}TransactWriteItems" else None
        with self._lock:
            answer = self._once(token, body, environ) if token else self._run(environ)
        return answer(environ, start_response)

    def _run(self, environ: WSGIEnvironment) -> Response:
        return Response.from_app(self._application, environ, buffered=True)

    def _once(self, token: str, body: bytes, environ: WSGIEnvironment) -> Response:
        """Run the transaction unless its token has succeeded already. A failure isn't remembered."""
        if len(token) > TOKEN_LENGTH:
            return _refusal(_VALIDATION_TYPES, "ValidationException", "clientRequestToken is too long")
        self._forget_old()
        request = sha256(json.dumps(json.loads(body), sort_keys=True).encode()).digest()
        known = self._answers.get(token)
        if known and known.request != request:
            return _refusal(_ERROR_TYPES, "IdempotentParameterMismatchException", "The token was used before")
        if known:
            return known.response
        response = self._run(environ)
        if response.status_code == 200:
            self._answers[token] = Remembered(request, response, self._clock() + TOKEN_LIFE)
        return response

    def _forget_old(self) -> None:
        now = self._clock()
        for token in [token for token, known in self._answers.items() if known.until <= now]:
            del self._answers[token]


def _take_body(environ: WSGIEnvironment) -> bytes:
    """Read the request's body and leave a fresh copy for whoever reads it next."""
    body = Request(environ).get_data(cache=False)
    environ["wsgi.input"] = io.BytesIO(body)
    environ["CONTENT_LENGTH"] = str(len(body))
    return body


def _client_token(body: bytes) -> str | None:
    try:
        token = json.loads(body).get("ClientRequestToken")
    except (ValueError, AttributeError):
        return None  # moto says what is wrong with it
    return token if isinstance(token, str) else None


def _refusal(namespace: str, error: str, message: str) -> Response:
    answer = json.dumps({"__type": f"{namespace}{error}", "message": message})
    return Response(answer, status=400, content_type="application/x-amz-json-1.0")
