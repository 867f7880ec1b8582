"""What AWS may do to a call, done to a boto3 client by botocore's own hooks."""

import io
import json
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from botocore.awsrequest import AWSResponse
from botocore.exceptions import ReadTimeoutError
from botocore.httpsession import URLLib3Session

Fault = Callable[[Any], AWSResponse | None]


class Faults:
    """Counts what a client sends, and answers the next calls of an operation in AWS's place."""

    def __init__(self, client: Any) -> None:
        self.sent: Counter[str] = Counter()
        self._next: dict[str, list[Fault]] = {}
        self._always: dict[str, Fault] = {}
        client.meta.events.register(f"before-send.{client.meta.service_model.service_name}", self._send)

    def next(self, operation: str, *faults: Fault) -> None:
        self._next.setdefault(operation, []).extend(faults)

    def always(self, operation: str, fault: Fault) -> None:
        self._always[operation] = fault

    def end(self) -> None:
        self._next.clear()
        self._always.clear()

    def _send(self, event_name: str, request: Any, **_: Any) -> AWSResponse | None:
        operation = event_name.rpartition(".")[2]
        self.sent[operation] += 1
        queued = self._next.get(operation)
        fault = queued.pop(0) if queued else self._always.get(operation)
        return fault(request) if fault else None


def unacknowledged(request: Any) -> None:
    """It is done, and the answer is lost."""
    URLLib3Session().send(request)
    raise ReadTimeoutError(endpoint_url=request.url)


def lost(request: Any) -> None:
    """It never arrives."""
    raise ReadTimeoutError(endpoint_url=request.url)


def error(code: str, status: int = 400, **members: Any) -> Fault:
    body = json.dumps({"__type": f"com.amazonaws#{code}", "message": "c0ffee", **members}).encode()

    def answer(request: Any) -> AWSResponse:
        headers: Any = {"content-type": "application/x-amz-json-1.0", "content-length": str(len(body))}
        return AWSResponse(request.url, status, headers, _Raw(body))

    return answer


def conflict(*codes: str) -> Fault:
    """A transaction that was cancelled, with a reason for each of its writes."""
    return error("TransactionCanceledException", CancellationReasons=[{"Code": code} for code in codes])


class _Raw(io.BytesIO):
    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self.read()
