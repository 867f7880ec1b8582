"""The server of the local AWS."""

import os
import socket
import struct
import sys
from collections.abc import Callable
from threading import Thread
from typing import Any, Self

# moto would let any web page that the developer visits read the answers, secrets among them.
os.environ["MOTO_DISABLE_GLOBAL_CORS"] = "true"

from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from werkzeug.serving import BaseWSGIServer, make_server
from werkzeug.wrappers import Request, Response

from local.aws.dynamodb import DynamoDB
from local.aws.invocations import Invocations

_SIOCGIFADDR = 0x8915  # netdevice(7)


class QuietHandler(MotoRequestHandler):
    """Logs nothing: a request's line and body can hold tokens and secrets."""

    def log(self, *_: Any, **__: Any) -> None:
        pass


class LocalAWS:
    """moto's server on threads, listening on `listener` and `others`, which stay the caller's to close."""

    def __init__(
        self, listener: socket.socket, invoke: Callable[[str, Request], Response], *others: socket.socket
    ) -> None:
        # One application for all: its lock is what keeps DynamoDB's transactions apart.
        answers = Invocations(DynamoDB(DomainDispatcherApplication(create_backend_app)), invoke)
        self._servers = [_server(answers, each) for each in (listener, *others)]
        self._threads = [Thread(target=each.serve_forever, name="aws", daemon=True) for each in self._servers]
        host, port = listener.getsockname()[:2]
        self.endpoint = f"http://{host}:{port}"

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        for server, thread in zip(self._servers, self._threads, strict=True):
            server.shutdown()
            thread.join()
            server.server_close()


def _server(answers: Invocations, listener: socket.socket) -> BaseWSGIServer:
    host, port = listener.getsockname()[:2]
    return make_server(host, port, answers, threaded=True, request_handler=QuietHandler, fd=listener.fileno())


def listen(host: str, port: int) -> socket.socket:
    """A listening socket. Raises OSError where the port is taken; port 0 takes a free one."""
    return socket.create_server((host, port), backlog=128)


def listen_to_containers(port: int) -> socket.socket | None:
    """A listening socket on Docker's own bridge, where this machine has one and the port is free there:
    containers reach it, and other machines don't."""
    address = _bridge_address()
    try:
        return listen(address, port) if address else None
    except OSError:
        return None


def _bridge_address() -> str | None:
    if sys.platform != "linux":
        return None  # Docker Desktop passes containers on to 127.0.0.1 by itself
    import fcntl

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        try:
            answer = fcntl.ioctl(asking.fileno(), _SIOCGIFADDR, struct.pack("256s", b"docker0"))
        except OSError:
            return None
    return socket.inet_ntoa(answer[20:24])
