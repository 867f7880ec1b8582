"""Lambda's Invoke, for functions that run in this process or behind another endpoint."""

import json
import re
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from email.message import Message
from typing import NamedTuple
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from werkzeug.wrappers import Request, Response

_PATH = re.compile(r"/2015-03-31/functions/(?P<name>[^/]+)/invocations/?")
_ARN = re.compile(r"arn:[^:]*:lambda:[^:]*:[^:]*:function:")
_FORWARDED = ("X-Amz-Invocation-Type", "X-Amz-Client-Context", "X-Amz-Log-Type", "Content-Type")
_LONGEST_RUN = 900  # seconds that Lambda lets a function run


class Outcome(NamedTuple):
    """What a function answered: JSON, and whether it is an error that nobody caught."""

    payload: bytes
    failed: bool = False


class UnknownFunctionError(Exception):
    """No function has that name."""


Invoke = Callable[[str, bytes], "Future[Outcome]"]


class Invocations:
    """WSGI middleware that answers Invoke and passes everything else on."""

    def __init__(self, application: WSGIApplication, answer: Callable[[str, Request], Response]) -> None:
        self._application = application
        self._answer = answer

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = _PATH.fullmatch(environ.get("PATH_INFO", ""))
        if not path or environ.get("REQUEST_METHOD") != "POST":
            return self._application(environ, start_response)
        return self._answer(function_name(path["name"]), Request(environ))(environ, start_response)


def function_name(reference: str) -> str:
    """The name in a function's ARN, partial ARN or name, without its qualifier."""
    return _ARN.sub("", reference).split(":function:")[-1].split(":")[0]


def in_process(invoke: Invoke) -> Callable[[str, Request], Response]:
    """Answer Invoke by running the function here."""

    def answer(name: str, request: Request) -> Response:
        event = request.get_data() or b"{}"
        try:
            json.loads(event)
        except ValueError:
            return _error(400, "InvalidRequestContentException", "Could not parse request body into json")
        kind = request.headers.get("X-Amz-Invocation-Type", "RequestResponse")
        try:
            return Response(status=204) if kind == "DryRun" else _run(invoke, name, event, kind)
        except UnknownFunctionError:
            return _error(404, "ResourceNotFoundException", f"Function not found: {name}")

    return answer


def forwarded_to(endpoint: str) -> Callable[[str, Request], Response]:
    """Answer Invoke by asking another endpoint, such as `sam local start-lambda`."""

    def answer(name: str, request: Request) -> Response:
        onward = urllib.request.Request(
            f"{endpoint.rstrip('/')}/2015-03-31/functions/{name}/invocations",
            data=request.get_data(),
            headers={key: request.headers[key] for key in _FORWARDED if key in request.headers},
        )
        try:
            with urllib.request.urlopen(onward, timeout=_LONGEST_RUN) as reply:
                return _copy(reply.status, reply.read(), reply.headers)
        except urllib.error.HTTPError as reply:
            return _copy(reply.code, reply.read(), reply.headers)
        except OSError:
            return _error(502, "ServiceException", "The endpoint that runs the functions doesn't answer")

    return answer


def _run(invoke: Invoke, name: str, event: bytes, kind: str) -> Response:
    running = invoke(name, event)
    if kind == "Event":
        return Response(status=202)
    outcome = running.result()
    response = Response(outcome.payload, content_type="application/json")
    response.headers["X-Amz-Executed-Version"] = "$LATEST"
    if outcome.failed:
        response.headers["X-Amz-Function-Error"] = "Unhandled"
    return response


def _error(status: int, kind: str, message: str) -> Response:
    body = json.dumps({"Type": "User", "Message": message, "message": message})
    return Response(body, status, {"X-Amzn-ErrorType": kind}, content_type="application/json")


def _copy(status: int, body: bytes, headers: Message) -> Response:
    kept = {key: value for key, value in headers.items() if key.lower().startswith(("x-amz", "content-type"))}
    return Response(body, status, kept)
