"""What stands before a pack whose `PublicUrl` has a path: a proxy that takes the path off."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

from tests.browser.asking import is_icon
from tests.pack import Pack, free_port, running_pack

PATH = "/reports/caf%C3%A9"


class Front:
    """`url` is where the pack is served; `asked` are the paths that it was asked for, as they came."""

    def __init__(self, pack: Pack, url: str) -> None:
        self.pack = pack
        self.url = url
        self.asked: list[str] = []


@contextmanager
def fronted_pack() -> Iterator[Front]:
    port = free_port()
    url = f"http://127.0.0.1:{port}{PATH}"
    with running_pack("--public-url", f"{url}/") as pack:
        front = Front(pack, url)
        server = ThreadingHTTPServer(("127.0.0.1", port), _forwarding(front))
        Thread(target=server.serve_forever, daemon=True).start()
        yield front
        server.shutdown()


def _forwarding(front: Front) -> type[BaseHTTPRequestHandler]:
    class Forwarding(BaseHTTPRequestHandler):
        def _forward(self) -> None:
            if not is_icon(self.path):
                front.asked.append(self.path)
            if not self.path.startswith(f"{PATH}/"):
                self.send_error(404)
                return
            behind = HTTPConnection(urlsplit(front.pack.url).netloc, timeout=30)
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            behind.request(self.command, self.path.removeprefix(PATH), body, dict(self.headers))
            answer = behind.getresponse()
            content = answer.read()
            self.send_response(answer.status)
            for name, value in answer.getheaders():
                if name not in ("content-length", "date", "server"):
                    self.send_header(name, value)
            if self.command != "HEAD" and answer.status != 304:
                self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def __getattr__(self, name: str) -> Any:
            """Every method alike."""
            if name.startswith("do_"):
                return self._forward
            raise AttributeError(name)

        def log_message(self, *_: object) -> None:
            pass

    return Forwarding
