"""No library writes a secret or a token into a log, however much the root logger is told to let through."""

import logging
from collections.abc import Callable, Iterator
from io import StringIO
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from starlette.responses import Response
from starlette.routing import Route

from clerestory.aws.keysets import Keysets, parameter_name
from clerestory.aws.observation import LIBRARIES, Observation
from clerestory.aws.parameters import SSMParameters
from clerestory.dashboards import Organization
from clerestory.secret.keyset import first_keyset, new_key
from clerestory.tokens import sign
from clerestory.web import application
from tests.aws.clock import Clock

AIRLINES = Organization(16417, "airlines", sources={})


@pytest.fixture
def log() -> Iterator[StringIO]:
    """All that reaches the root logger, which lets everything through."""
    written, root = StringIO(), logging.getLogger()
    handler, level = logging.StreamHandler(written), root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    Observation()
    root.setLevel(logging.DEBUG - 1)
    yield written
    root.removeHandler(handler)
    root.setLevel(level)


def test_the_secret_that_parameter_store_answers_is_in_no_log(
    client: Callable[[str], Any], clock: Clock, log: StringIO
) -> None:
    ssm, prefix, keyset = client("ssm"), f"/clerestory/{uuid4()}", first_keyset("first", clock())
    assert SSMParameters(ssm, prefix).create(AIRLINES.id, keyset)
    assert Keysets(ssm, prefix, clock).current(AIRLINES) == keyset
    logging.getLogger("a test's own").debug("written")
    assert log.getvalue() == "written\n"
    assert keyset.keys[0].secret not in log.getvalue()


def test_nor_is_it_where_the_call_fails(client: Callable[[str], Any], log: StringIO) -> None:
    ssm, name = client("ssm"), parameter_name("/clerestory", 1)
    with pytest.raises(ssm.exceptions.ClientError):
        ssm.put_parameter(Name=name, Value="c0ffee", Type="nonsense")
    assert "c0ffee" not in log.getvalue()


def test_the_token_in_a_requests_path_is_in_no_log(log: StringIO) -> None:
    async def answer(_: Any) -> Response:
        return Response("fine")

    token = sign({"organization": 16417, "dashboard": 38727}, new_key(0))
    path = f"/d/38727/{token}"
    event = {
        "version": "2.0",
        "rawPath": path,
        "rawQueryString": f"embed_token={token}",
        "headers": {"host": "example.com"},
        "requestContext": {"http": {"method": "GET", "path": path, "sourceIp": "192.0.2.1"}},
        "isBase64Encoded": False,
    }
    handler = application([Route("/d/{dashboard}/{token}", answer)], lambda *_: None)
    assert handler(event, SimpleNamespace(aws_request_id="r"))["statusCode"] == 200
    assert not any(part in log.getvalue() for part in token.split("."))


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_library_says_nothing_even_where_a_part_of_it_is_turned_up(library: str, log: StringIO) -> None:
    part = logging.getLogger(f"{library}.part")
    part.setLevel(logging.DEBUG)
    for level in (logging.DEBUG, logging.CRITICAL):
        part.log(level, "c0ffee")
        logging.getLogger(library).log(level, "c0ffee")
    part.setLevel(logging.NOTSET)
    assert log.getvalue() == ""
