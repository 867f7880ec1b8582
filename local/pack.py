"""The whole pack in this process: the local AWS, the functions, and the gateway before them."""

import json
import os
import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

import boto3
from msgspec.structs import replace

from clerestory.aws import clients
from clerestory.catalog import Catalog
from cli.site import SHARED, SITE
from local.aws.environment import point_at
from local.aws.invocations import in_process
from local.aws.server import LocalAWS, listen_to_containers
from local.demo import Demo
from local.forker import forker
from local.functions import Functions, read_functions, share_environment
from local.gateway.api import Api, Cors, read_api
from local.gateway.app import Gateway
from local.gateway.authorizer import TokenVerifier
from local.issuer import AUDIENCE, Issuer
from local.personas import personas
from local.resources import create_resources
from local.serving import Serving
from local.sign_in import SignIn
from local.sign_in_pages import sign_in_pages
from local.template import Template
from local.web import Web, issuer_pages, settings_pages, site_pages

ROOT = Path(__file__).resolve().parent.parent


class Made(NamedTuple):
    """What is made before the pack can start. `dashboards` is the folder of their files, if it has an author
    who watches."""

    catalog: Catalog
    data: Path
    page: Path
    demo: Demo = Demo()
    dashboards: Path | None = None


class FirstSecretError(RuntimeError):
    """The function that makes the first secrets failed."""


@contextmanager
def running(
    made: Made, web: socket.socket, aws: socket.socket, public_url: str | None = None
) -> Iterator[None]:
    """The pack answers on `web` and its AWS on `aws`, and to containers, for as long as this lasts.
    Embeds are minted at `public_url`, if that isn't the pack's own address."""
    port, endpoint = web.getsockname()[1], f"http://127.0.0.1:{aws.getsockname()[1]}"
    url = f"http://127.0.0.1:{port}"
    origins = (url, f"http://localhost:{port}")
    point_at(endpoint)
    os.environ.setdefault("POWERTOOLS_METRICS_DISABLED", "true")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="clerestory-")))
        template = Template.read(ROOT / "template.yaml", {"JwtIssuer": url, "JwtAudience": AUDIENCE})
        variables = _variables(made, folder, origins, endpoint) | {
            "PUBLIC_URL": public_url or url,
            "QUERY_FORKER": stack.enter_context(forker(folder)),
        }
        sources = read_functions(template, ROOT, variables)
        share_environment(sources)
        functions = Functions(sources)
        stack.callback(functions.close)
        bridge = listen_to_containers(aws.getsockname()[1])
        others = [stack.enter_context(bridge)] if bridge else []
        stack.enter_context(LocalAWS(aws, in_process(functions.invoke), *others))
        create_resources(template, boto3.Session(), endpoint)
        _make_clients()
        _create_secrets(functions, made.catalog)
        issuer, api = Issuer(url), _with_origins(read_api(template), origins)
        gateway = Gateway(api, TokenVerifier(issuer.keys()), functions.invoke, f"127.0.0.1:{port}")
        sign_in = SignIn(issuer, personas(made.catalog), time.time)
        pages = {
            **site_pages((SITE, made.demo.page), SHARED, url),
            **settings_pages(url, made.catalog, made.demo.viewers),
            **issuer_pages(issuer),
            **sign_in_pages(sign_in),
        }
        stack.enter_context(Serving(Web(pages, gateway), web))
        yield


def _variables(made: Made, folder: Path, origins: tuple[str, ...], endpoint: str) -> dict[str, str]:
    """The functions' variables that differ from the template's."""
    _embeddable_at(made.catalog, origins).write(folder / "dashboards")
    return {
        "AWS_ENDPOINT_URL": endpoint,
        "DASHBOARDS": str(folder / "dashboards"),
        "DATA": str(made.data.resolve()),
        "AUTHOR_FOLDER": str(made.dashboards or ""),
        "DEFAULT_ORGANIZATION": made.demo.organization,
        "PAGE": str(made.page.resolve()),
        "POWERTOOLS_LOG_LEVEL": os.environ.get("POWERTOOLS_LOG_LEVEL", "WARNING"),
        "FLOOR_LIFETIME": "0",  # here a look at the table costs nothing
    }


def _embeddable_at(catalog: Catalog, origins: tuple[str, ...]) -> Catalog:
    """The demo frames every organization's dashboards, on whichever port it is served."""
    return Catalog.of(
        *(
            (
                replace(each, embed_origins=tuple(dict.fromkeys([*each.embed_origins, *origins]))),
                tuple(catalog.definitions(each)),
            )
            for each in catalog.organizations()
        )
    )


def _with_origins(api: Api, origins: tuple[str, ...]) -> Api:
    rules = api.cors or Cors()
    return api._replace(cors=rules._replace(origins=tuple(dict.fromkeys([*rules.origins, *origins]))))


def _make_clients() -> None:
    """Before any function runs: here they share one session, and boto3's isn't safe to make clients
    from on two threads at once."""
    for make in (clients.dynamodb_client, clients.lambda_client, clients.s3_client, clients.ssm_client):
        make()


def _create_secrets(functions: Functions, catalog: Catalog) -> None:
    for organization in catalog.organizations():
        event = {"operation": "create", "organization": str(organization.id)}
        outcome = functions.invoke("Rotate", json.dumps(event).encode()).result()
        if outcome.failed:
            raise FirstSecretError(f"the first secret of {organization.slug} could not be made")
