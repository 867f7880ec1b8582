"""What the measured processes need: the built layers, two events, and what AWS answers to them."""

import base64
import gzip
import json
import os
import platform
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from msgspec import Struct

from clerestory.aws.items import attributes
from clerestory.catalog import Catalog, read_catalog
from clerestory.dashboards import Dashboard, Organization
from clerestory.records import Run
from clerestory.secret.keyset import first_keyset, write_keyset
from clerestory.tokens import read, sign, verify
from clerestory.variables import token_env
from clerestory_query.failures import Failure
from clerestory_query.jobs import Data
from clerestory_query.lanes import Lanes
from clerestory_query.running import Runner
from cli.build.bytecode import candidates, compile_for_runtime
from cli.build.wheels import RUNTIME, BuildFailed, fetch
from local.gateway.api import Authorizer
from local.gateway.authorizer import TokenVerifier
from local.issuer import AUDIENCE, Issuer

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / ".build/benchmarks"
DASHBOARDS = FOLDER / "dashboards"
CLAIMS = {"sub": "ana", "custom:acct_id": "UA"}


class Stage(Struct, frozen=True):
    """`floor` holds the same packages as `layer`, as they are published. Answers are by the operation's
    name: bodies as they go over the wire, in base64."""

    python: str
    layer: str
    floor: str
    dashboards: str
    page: str
    mint: dict[str, Any]
    embed: dict[str, Any]
    claims: dict[str, Any]
    secret: str
    answers: dict[str, str]

    def environment(self, packages: str) -> dict[str, str]:
        """That of a process which has these packages."""
        return {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": packages,
            "PYTHONDONTWRITEBYTECODE": "1",
            "AWS_LAMBDA_RUNTIME_API": "none",
            "AWS_ACCESS_KEY_ID": "benchmarks",
            "AWS_SECRET_ACCESS_KEY": "benchmarks",
            "AWS_DEFAULT_REGION": "us-east-1",
            "TABLE": "t",
            "SECRET_PREFIX": "/p",
            "RESULTS_BUCKET": "results",
            "DASHBOARDS": self.dashboards,
            "PAGE": self.page,
            "DEFAULT_ORGANIZATION": "airlines",
            "POWERTOOLS_SERVICE_NAME": "benchmarks",
            "POWERTOOLS_METRICS_NAMESPACE": "Clerestory",
        }


def stage() -> Stage:
    """Builds what has to be built; a few seconds on a machine that has the packages."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    layer, floor = FOLDER / "layer", FOLDER / "floor"
    architecture = "arm64" if platform.machine() in ("arm64", "aarch64") else "x86_64"
    _run("cli.build", "packages", "clerestory", architecture, str(layer))
    fetch(ROOT / "layers/clerestory/requirements.txt", floor / "python", architecture)
    if not compile_for_runtime(floor / "python", "/opt/python"):
        raise BuildFailed(f"Python {RUNTIME}, which Lambda runs, is needed to measure with")
    _run("cli.page", str(FOLDER / "page"))
    return _scene(layer, floor)


def _scene(layer: Path, floor: Path) -> Stage:
    now = time.time()
    keyset = first_keyset("benchmarks", now - 3600)
    catalog = compiled()
    organization, dashboard = dashboard_of(catalog)
    claims = {
        "organization": organization.id,
        "dashboard": dashboard.id,
        "env": {"ACCT_ID": "UA", "DATE_RANGE": ["2013-01-01", "2013-12-31"], "ORIGIN": ["EWR", "JFK", "LGA"]},
        "iat": int(now),
        "exp": int(now) + 86_400,
    }
    token = verify(read(sign(claims, keyset.keys[0])), keyset, now)
    run = Run(
        organization=str(organization.id),
        dashboard=str(dashboard.id),
        token=token.hash,
        env=dict(token_env(dashboard, token.env)),
        expires_at=token.ends_at,
        version=dashboard.version,
        fence=1,
    )
    answers = {
        "GetParameter": json.dumps({"Parameter": {"Value": write_keyset(keyset), "Version": 1}}).encode(),
        "GetItem": b"{}",
        "BatchGetItem": json.dumps({"Responses": {"t": [_record(run)]}, "UnprocessedKeys": {}}).encode(),
        "GetObject": gzip.compress(_computed(catalog, run), mtime=0),
    }
    return Stage(
        python=_runtime(),
        layer=str(layer / "python"),
        floor=str(floor / "python"),
        dashboards=str(DASHBOARDS),
        page=str(FOLDER / "page"),
        mint=_signed_in(_event("POST", "/embeds", {"dashboard": dashboard.id}), CLAIMS),
        embed=_event("GET", f"/d/{dashboard.id}/{token.text}"),
        claims=claims,
        secret=keyset.keys[0].secret,
        answers={name: base64.b64encode(body).decode() for name, body in answers.items()},
    )


def _event(method: str, path: str, body: Any = None) -> dict[str, Any]:
    """What API Gateway makes of a browser's request (payload format 2.0)."""
    headers = {"accept": "text/html,*/*", "accept-encoding": "gzip, br", "host": "api.example"}
    return {
        "version": "2.0",
        "rawPath": path,
        "rawQueryString": "",
        "headers": headers | {"user-agent": "Mozilla/5.0", "x-forwarded-proto": "https"},
        "requestContext": {
            "domainName": "api.example",
            "http": {"method": method, "path": path, "sourceIp": "192.0.2.1", "protocol": "HTTP/1.1"},
            "stage": "$default",
        },
        "body": None if body is None else json.dumps(body),
        "isBase64Encoded": False,
    }


def _signed_in(event: dict[str, Any], claims: dict[str, Any]) -> dict[str, Any]:
    """The event of somebody with these claims."""
    issuer = Issuer("https://issuer.example")
    session = f"Bearer {issuer.token(claims)}"
    written = TokenVerifier(issuer.keys()).claims(session, Authorizer(issuer.url, (AUDIENCE,)))
    context = event["requestContext"] | {"authorizer": {"jwt": {"claims": written, "scopes": None}}}
    return event | {"headers": event["headers"] | {"authorization": session}, "requestContext": context}


MEMORY = 1_500 << 20


class _Kept:
    """The records and the results of one run, in memory."""

    document = b""

    def claim(self, token: str, fence: int, runner: str) -> bool:
        return True

    def show(self, token: str, fence: int, results: str) -> bool:
        return True

    def publish(self, token: str, fence: int, results: str) -> bool:
        return True

    def release(self, token: str, fence: int, retry_at: int) -> bool:
        return True

    def write(self, organization: str, token: str, fence: int, document: bytes) -> str:
        self.document = document
        return "results"


def _failed(organization: Organization, failure: Failure) -> str:
    raise BuildFailed(f"{organization.slug}: {failure.chart.title} failed")


def _computed(catalog: Catalog, run: Run) -> bytes:
    """The results of the run, by the demo's data."""
    kept = _Kept()
    data = Data(str(ROOT / ".data"))
    runner = Runner(catalog, lambda: data, kept, kept, lambda job: Lanes(job).answers(), time.time, _failed)
    runner.run(run, "benchmarks", 60, MEMORY)
    return kept.document


def compiled() -> Catalog:
    """The demo's dashboards."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    _run("cli.check", "--compile", str(DASHBOARDS))
    return read_catalog(DASHBOARDS)


def dashboard_of(catalog: Catalog) -> tuple[Organization, Dashboard]:
    """The demo's dashboard that has a locked variable."""
    organization = catalog.organization("airlines")
    dashboard = catalog.dashboard(organization, "on-time-performance") if organization else None
    if organization is None or dashboard is None:
        raise BuildFailed("the demo's dashboards are needed to measure with")
    return organization, dashboard


def _record(run: Run) -> Any:
    return attributes(
        {
            "pk": f"TOKEN#{run.token}",
            "sk": "TOKEN",
            "organization": run.organization,
            "dashboard": run.dashboard,
            "epoch": 1,
            "expires_at": run.expires_at,
            "version": run.version,
            "state": "ready",
            "fence": run.fence,
            "lease_until": 0,
            "results": "16417/results.json.gz",
        }
    )


def _runtime() -> str:
    for python in candidates():
        asked = [python, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
        try:
            if subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip() == RUNTIME:
                return python
        except OSError:
            continue
    raise BuildFailed(f"Python {RUNTIME}, which Lambda runs, is needed to measure with")


def _run(module: str, *arguments: str) -> None:
    path = os.pathsep.join(["layers/clerestory", "layers/query", "."])
    subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": path},
        check=True,
        stdout=subprocess.DEVNULL,
    )
