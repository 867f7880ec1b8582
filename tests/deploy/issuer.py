"""A site's own OpenID provider, which an operator names instead of a user pool."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

from local.issuer import Issuer

AUDIENCE = "site"


class SiteIssuer(NamedTuple):
    """`address` is where it really listens."""

    issuer: Issuer
    address: str

    def session(self, **claims: Any) -> str:
        return self.issuer.token({"aud": AUDIENCE, **claims})


@contextmanager
def issuing(url: str) -> Iterator[SiteIssuer]:
    issuer = Issuer(url)
    documents = {
        "/.well-known/openid-configuration": issuer.configuration(),
        "/.well-known/jwks.json": issuer.keys(),
    }

    class Documents(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # noqa: N802 (the base class's name)
            document = documents.get(self.path)
            self.send_response(404 if document is None else 200)
            self.end_headers()
            self.wfile.write(json.dumps(document).encode())

        def log_message(self, *_: object) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Documents) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield SiteIssuer(issuer, f"http://127.0.0.1:{server.server_port}")
        server.shutdown()
