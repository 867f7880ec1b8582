"""Somebody's page on another site than the pack's, from a server of its own.

What a test answers in a server's place won't do here: to Chromium that comes from nowhere near, and may not
frame what this machine serves, whatever the pack says about it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from tests.pack import free_port


class Site:
    """Somebody's page on another site than the pack's: `localhost`, where the pack is on 127.0.0.1."""

    def __init__(self, port: int) -> None:
        self.url = f"http://localhost:{port}"
        self.body = b""
        self.isolation = "unsafe-none"

    def answer(self, body: str, isolation: str = "unsafe-none") -> None:
        self.body, self.isolation = body.encode(), isolation


class _Handler(BaseHTTPRequestHandler):
    def __init__(self, site: Site, *arguments: Any) -> None:
        self.site = site
        super().__init__(*arguments)

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/html")
        self.send_header("cross-origin-embedder-policy", self.site.isolation)
        self.send_header("cross-origin-opener-policy", "same-origin")
        self.end_headers()
        self.wfile.write(self.site.body)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def serving() -> Iterator[Site]:
    site = Site(free_port())
    server = ThreadingHTTPServer(("127.0.0.1", int(site.url.rpartition(":")[2])), partial(_Handler, site))
    Thread(target=server.serve_forever, daemon=True).start()
    yield site
    server.shutdown()
