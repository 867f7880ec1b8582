"""An ASGI application on a thread, from ready to stopped."""

import logging
import socket
import time
from threading import Thread
from typing import Self

import uvicorn
from starlette.types import ASGIApp

LONGEST_HEAD = 2 * 1024 * 1024  # so that a token of any length meets the function's own refusal
SECONDS_TO_STOP = 2


class Serving:
    """Serves on `listener`, which stays the caller's to close."""

    def __init__(self, application: ASGIApp, listener: socket.socket) -> None:
        config = uvicorn.Config(
            application,
            http="h11",
            lifespan="off",
            log_level="error",
            access_log=False,  # it would hold paths, and so tokens
            server_header=False,
            h11_max_incomplete_event_size=LONGEST_HEAD,
            timeout_graceful_shutdown=SECONDS_TO_STOP,
        )
        self._server = uvicorn.Server(config)
        self._thread = Thread(target=self._server.run, args=([listener],), name="web", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        while not self._server.started:
            if not self._thread.is_alive():
                raise RuntimeError("the server ended before it was ready")
            time.sleep(0.005)
        return self

    def __exit__(self, *_: object) -> None:
        logging.getLogger("uvicorn.error").disabled = True  # requests that are cut off are no errors now
        self._server.should_exit = True
        self._thread.join()
