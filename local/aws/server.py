"""The server of the local AWS."""

import os
import socket
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
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from local.aws.dynamodb import DynamoDB
from local.aws.invocations import Invocations


class QuietHandler(MotoRequestHandler):
    """Logs nothing: a request's line and body can hold tokens and secrets."""

    def log(self, *_: Any, **__: Any) -> None:
        pass


class LocalAWS:
    """moto's server on a thread, listening on `listener`, which stays the caller's to close."""

    def __init__(self, listener: socket.socket, invoke: Callable[[str, Request], Response]) -> None:
        moto = DomainDispatcherApplication(create_backend_app)
        host, port = listener.getsockname()[:2]
        self._server = make_server(
            host,
            port,
            Invocations(DynamoDB(moto), invoke),
            threaded=True,
            request_handler=QuietHandler,
            fd=listener.fileno(),
        )
        self._thread = Thread(target=self._server.serve_forever, name="aws", daemon=True)
        self.endpoint = f"http://{host}:{port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def listen(host: str, port: int) -> socket.socket:
    """A listening socket. Raises OSError where the port is taken; port 0 takes a free one."""
    return socket.create_server((host, port), backlog=128)
