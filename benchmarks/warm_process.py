"""The warm half of `process.py`: AWS answers from memory, inside botocore's own client."""

import base64
import io
import json
import os
import time
from collections.abc import Callable, Iterator
from statistics import median
from typing import Any

import jwt

from benchmarks.process import context, handler_of

ROUNDS, EACH = 25, 100
Handler = Callable[[Any, Any], Any]


class Raw(io.BytesIO):
    """What botocore reads an answer's body from."""

    def stream(self, *_: Any, **__: Any) -> Iterator[bytes]:
        yield self.getvalue()


def medians(function: str, stage_file: str) -> str:
    with open(stage_file, encoding="utf-8") as file:
        stage = json.load(file)
    handler = handler_of(function)
    answer_from_memory(stage["answers"])
    name = os.path.basename(function)
    floors = [bare_mint(stage)] if name == "mint" else [bare_embed(stage), calling_embed(stage)]
    event, called = stage[name], context()
    if handler(event, called)["statusCode"] not in (200, 201):
        raise SystemExit(f"{name} refused the event")
    rounds = [[timed(each, event, called) for each in (handler, *floors)] for _ in range(ROUNDS)]
    return json.dumps([median(times) for times in zip(*rounds, strict=True)])


def answer_from_memory(answers: dict[str, str]) -> None:
    from botocore.awsrequest import AWSResponse

    from clerestory.aws import clients

    bodies = {name: base64.b64decode(body) for name, body in answers.items()}

    def answered(operation: str) -> Callable[..., Any]:
        body = bodies[operation]
        headers: Any = {"content-length": str(len(body)), "content-type": "application/x-amz-json-1.0"}
        return lambda request, **_: AWSResponse(request.url, 200, headers, Raw(body))

    made = {"ssm": clients.ssm_client(), "dynamodb": clients.dynamodb_client(), "s3": clients.s3_client()}
    for service, operation in (
        ("ssm", "GetParameter"),
        ("dynamodb", "GetItem"),
        ("dynamodb", "BatchGetItem"),
        ("s3", "GetObject"),
    ):
        made[service].meta.events.register(f"before-send.{service}.{operation}", answered(operation))


def timed(handle: Handler, event: Any, called: Any) -> float:
    began = time.process_time()  # AWS answers at once, so there is nothing to wait for
    for _ in range(EACH):
        handle(event, called)
    return (time.process_time() - began) / EACH


def bare_mint(stage: Any) -> Handler:
    def handle(event: Any, _: Any) -> Any:
        json.loads(event["body"])
        token = jwt.encode(stage["claims"], stage["secret"], algorithm="HS256", headers={"kid": "benchmarks"})
        return {"statusCode": 201, "body": json.dumps({"url": f"https://api.example/d/38727/{token}"})}

    return handle


def bare_embed(stage: Any) -> Handler:
    def handle(event: Any, _: Any) -> Any:
        token = event["rawPath"].rpartition("/")[2]
        claims = jwt.decode(token, stage["secret"], algorithms=["HS256"])
        return {"statusCode": 200, "body": f"<!doctype html>{claims['dashboard']}"}

    return handle


def calling_embed(stage: Any) -> Handler:
    """One that makes the calls, too, without which there is nothing to show."""
    from clerestory.aws import clients

    verify, dynamodb, s3 = bare_embed(stage), clients.dynamodb_client(), clients.s3_client()
    keys: Any = [{"pk": {"S": "TOKEN#"}, "sk": {"S": each}} for each in ("TOKEN", "FLOOR", "A", "B")]

    def handle(event: Any, called: Any) -> Any:
        answer = verify(event, called)
        dynamodb.batch_get_item(RequestItems={"t": {"Keys": keys, "ConsistentRead": True}})
        s3.get_object(Bucket="results", Key="16417/results.json.gz")["Body"].read()
        return answer

    return handle
