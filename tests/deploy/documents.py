"""A small web server of the tests: what it answers by path."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple


class Document(NamedTuple):
    media_type: str
    text: str


@contextmanager
def serving(documents: Mapping[str, Document]) -> Iterator[int]:
    """On the port that this gives."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            document = documents.get(self.path.partition("?")[0])
            self.send_response(200 if document else 404)
            self.send_header("content-type", document.media_type if document else "text/plain")
            self.end_headers()
            self.wfile.write(document.text.encode() if document else b"")

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()
