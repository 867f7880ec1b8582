"""An API that is not the pack's, on an origin of its own. It lets all in, and keeps what it was asked."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, NamedTuple

from tests.pack import free_port

OPEN = {
    "access-control-allow-origin": "*",
    "access-control-allow-headers": "authorization, content-type",
    "access-control-allow-private-network": "true",
    "content-type": "application/json",
}


class Asked(NamedTuple):
    method: str
    path: str
    authorization: str | None


class ForeignApi:
    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.asked: list[Asked] = []
        minted = {"url": f"{self.url}/d/1/t", "title": "Foreign", "dashboard": 1, "refresh_in": 900}
        self.link = json.dumps(minted).encode()


class _Handler(BaseHTTPRequestHandler):
    def __init__(self, api: ForeignApi, *arguments: Any) -> None:
        self.api = api
        super().__init__(*arguments)

    def do_GET(self) -> None:
        self._answer(200)

    def do_OPTIONS(self) -> None:
        self._answer(200)

    def do_POST(self) -> None:
        self._answer(201)

    def _answer(self, status: int) -> None:
        self.api.asked.append(Asked(self.command, self.path, self.headers["authorization"]))
        self.send_response(status)
        for name, value in OPEN.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(self.api.link)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def foreign_api() -> Iterator[ForeignApi]:
    port = free_port()
    api = ForeignApi(port)
    server = ThreadingHTTPServer(("127.0.0.1", port), partial(_Handler, api))
    Thread(target=server.serve_forever, daemon=True).start()
    yield api
    server.shutdown()
