"""One event through `sam local invoke`, in a stack of its own, and what came of it."""

import base64
import gzip
import json
import subprocess
import tempfile
import time
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from msgspec import convert, to_builtins

from tests.sam import cli
from tests.sam.cases import Case, Expectation, filled
from tests.sam.published import publish
from tests.sam.stack import Stack
from tests.sam.tokens import blanks, catalog_in

SECONDS = 200


class Trial(NamedTuple):
    """`answer` is what the function returned, `log` what it and SAM CLI wrote beside that; the
    expectation has its blanks filled in, as the event had."""

    stack: Stack
    expectation: Expectation
    event: Any
    answer: Any
    log: str
    hidden: list[str]
    """What no log may hold: the token and the secrets."""


def tried(case: Case, aws: str, inside: str, data: str) -> Trial:
    expectation, now = case.expectation, int(time.time())
    stack = Stack(case, aws, inside, data)
    stack.create()
    given = expectation.given
    keysets = {} if given.secret_age is None else stack.put_secrets(now - given.secret_age)
    built = cli.built()
    fill = blanks(case.event, given, keysets, catalog_in(built), built / "PageLayer/page", now)
    stack.put_items(filled(given.items, fill, now))
    stack.put_objects(filled(given.objects, fill, now))
    event = filled(case.event, fill, now)
    answer, log = invoke(template_id(case.function), event, stack.variables, aws)
    secrets = [key.secret for keyset in keysets.values() for key in keyset.keys]
    hidden = [*secrets, *([fill["token"]] if "token" in fill else [])]
    return Trial(stack, _filled(expectation, fill, now), event, answer, log, hidden)


def template_id(function: str) -> str:
    return function.capitalize()


def invoke(function: str, event: Any, variables: Mapping[str, str], aws: str) -> tuple[Any, str]:
    """What the function answered, and what was written beside it."""
    with tempfile.TemporaryDirectory() as folder:
        event_file, variables_file = Path(folder, "event.json"), Path(folder, "variables.json")
        event_file.write_text(json.dumps(event), encoding="utf-8")
        variables_file.write_text(json.dumps({"Parameters": dict(variables)}), encoding="utf-8")
        template, layers = published()
        given = ["--event", str(event_file), "--layer-cache-basedir", str(layers)]
        command = cli.local("invoke", function, *given, template=template, variables=variables_file)
        done = subprocess.run(
            command, env=cli.environment(aws), capture_output=True, text=True, check=False, timeout=SECONDS
        )
    assert done.stdout.strip(), done.stderr
    return json.loads(done.stdout), done.stderr


@cache
def published() -> tuple[Path, Path]:
    return publish(cli.built())


def body(answer: dict[str, Any]) -> str:
    """The body of an HTTP API's answer, as a browser has it."""
    raw = answer.get("body") or ""
    content = base64.b64decode(raw) if answer.get("isBase64Encoded") else raw.encode()
    if answer["headers"].get("content-encoding") == "gzip":
        content = gzip.decompress(content)
    return content.decode()


def claims_of(url: str) -> Any:
    """Those of the token at the end of an embed's URL."""
    part = url.rpartition("/")[2].split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def _filled(expectation: Expectation, fill: Mapping[str, str], now: int) -> Expectation:
    return convert(filled(to_builtins(expectation), fill, now), Expectation)
