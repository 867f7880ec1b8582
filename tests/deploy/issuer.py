"""A site's own OpenID provider, which an operator names instead of a user pool."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from local.issuer import Issuer
from tests.deploy.documents import Document, serving

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
        "/.well-known/openid-configuration": _json(issuer.configuration()),
        "/.well-known/jwks.json": _json(issuer.keys()),
    }
    with serving(documents) as port:
        yield SiteIssuer(issuer, f"http://127.0.0.1:{port}")


def _json(document: Any) -> Document:
    return Document("application/json", json.dumps(document))
