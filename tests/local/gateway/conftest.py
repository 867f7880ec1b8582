"""A gateway before a function that echoes its event."""

from collections.abc import Iterator

import httpx
import pytest

from local.aws.server import listen
from local.functions import Functions, read_functions
from local.gateway.api import read_api
from local.gateway.app import Gateway
from local.gateway.authorizer import TokenVerifier
from local.issuer import Issuer
from local.serving import Serving
from local.template import Template
from local.web import Web, issuer_pages, site_pages
from tests.local.gateway.echoed import ECHO, ISSUER


@pytest.fixture(scope="module")
def template() -> Template:
    return Template.read(ECHO / "template.yaml", {"JwtIssuer": ISSUER})


@pytest.fixture(scope="module")
def issuer() -> Issuer:
    return Issuer(ISSUER)


@pytest.fixture(scope="module")
def http(
    template: Template, issuer: Issuer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[httpx.Client]:
    site = tmp_path_factory.mktemp("site")
    (site / "index.html").write_text("<h1>Site</h1>")
    (site / "demo.js").write_text("export {};")
    functions = Functions(read_functions(template, ECHO, {}))
    gateway = Gateway(read_api(template), TokenVerifier(issuer.keys()), functions.invoke, "127.0.0.1:8787")
    pages = {**site_pages((site,), {}, "http://127.0.0.1:8787"), **issuer_pages(issuer)}
    with listen("127.0.0.1", 0) as listener, Serving(Web(pages, gateway), listener):
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        yield httpx.Client(base_url=url, trust_env=False)
    functions.close()
