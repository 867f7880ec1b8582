"""A stack on the local AWS for one case alone: its own table, bucket and secrets."""

import gzip
import json
from concurrent.futures import Future
from typing import Any

import boto3

from clerestory.aws.items import attributes, plain
from clerestory.secret.keyset import Keyset, write_keyset
from local.aws.environment import REGION
from local.aws.invocations import Outcome
from local.resources import create_resources
from local.template import Template, parse
from tests.sam.cases import ROOT, Case
from tests.sam.tokens import ORGANIZATIONS, known_keyset

PUBLIC_URL = "http://127.0.0.1:8787"


class Recorder:
    """Answers Invoke by noting it down."""

    def __init__(self) -> None:
        self._invoked: list[tuple[str, Any]] = []

    def invoke(self, name: str, event: bytes) -> "Future[Outcome]":
        self._invoked.append((name, json.loads(event)))
        done: Future[Outcome] = Future()
        done.set_result(Outcome(b"{}"))
        return done

    def of(self, stack: str) -> list[tuple[str, Any]]:
        """The functions of that stack, without its name, each with its event."""
        named = ((name.rpartition("-"), event) for name, event in self._invoked)
        return [(function, event) for (of, _, function), event in named if of == stack]


class _Named(Template):
    """The template as a stack of another name would have it."""

    stack: str

    def physical_name(self, resource: str) -> str:
        return f"{self.stack}-{resource.lower()}"


class Stack:
    """`endpoint` is the local AWS as this machine sees it, `inside` as a container does."""

    def __init__(self, case: Case, endpoint: str, inside: str, data: str) -> None:
        self.name = f"{case.function}-{case.name}"
        self._endpoint = endpoint
        self._inside = inside
        self._data = data
        self._session = boto3.Session("local", "local", region_name=REGION)

    @property
    def variables(self) -> dict[str, str]:
        """Those of the functions that say where the stack is."""
        return {
            "AWS_ENDPOINT_URL": self._inside,
            "TABLE": f"{self.name}-table",
            "SECRET_PREFIX": f"/clerestory/{self.name}",
            "RESULTS_BUCKET": f"{self.name}-resultsbucket",
            "DATA": self._data,
            "DEFAULT_ORGANIZATION": "airlines",
            "QUERY_FUNCTION": f"{self.name}-query",
            "ROTATE_FUNCTION": f"{self.name}-rotate",
            "PUBLIC_URL": PUBLIC_URL,
        }

    def create(self) -> None:
        template = _Named(parse(ROOT / "template.yaml"))
        template.stack = self.name
        create_resources(template, self._session, self._endpoint)

    def put_secrets(self, made_at: int) -> dict[int, Keyset]:
        keysets = {each: known_keyset(each, made_at) for each in ORGANIZATIONS}
        for organization, keyset in keysets.items():
            self.put_secret(organization, keyset)
        return keysets

    def put_secret(self, organization: int, keyset: Keyset) -> None:
        name = self._parameter(organization)
        self._client("ssm").put_parameter(Name=name, Value=write_keyset(keyset), Type="SecureString")

    def secret(self, organization: int) -> Any:
        """The keyset as it stands, as JSON."""
        found = self._client("ssm").get_parameter(Name=self._parameter(organization), WithDecryption=True)
        return json.loads(found["Parameter"]["Value"])

    def put_items(self, items: list[dict[str, Any]]) -> None:
        for item in items:
            self._client("dynamodb").put_item(TableName=self.variables["TABLE"], Item=attributes(item))

    def items(self) -> list[dict[str, Any]]:
        """Everything in the table; numbers are whole."""
        found = self._client("dynamodb").scan(TableName=self.variables["TABLE"])["Items"]
        return [
            {name: value if isinstance(value, str) else int(value) for name, value in plain(item).items()}
            for item in found
        ]

    def put_objects(self, objects: dict[str, Any]) -> None:
        for key, document in objects.items():
            body = gzip.compress(json.dumps(document).encode())
            self._client("s3").put_object(Bucket=self.variables["RESULTS_BUCKET"], Key=key, Body=body)

    def object(self, key: str) -> Any:
        """What an object of the results bucket holds."""
        found = self._client("s3").get_object(Bucket=self.variables["RESULTS_BUCKET"], Key=key)
        return json.loads(gzip.decompress(found["Body"].read()))

    def _client(self, service: Any) -> Any:
        return self._session.client(service, endpoint_url=self._endpoint)

    def _parameter(self, organization: int) -> str:
        return f"{self.variables['SECRET_PREFIX']}/organizations/{organization}/embed-secret"
