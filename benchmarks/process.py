"""Runs in a process of its own, by the runtime's Python, with nothing but the functions' packages.

`process.py cold WHAT EVENT` prints the seconds from here to WHAT's first answer, and those that the processor
worked for it; WHAT is `floor`, or the
folder of a function. `process.py warm WHAT STAGE` prints, as JSON, a pair of medians in seconds: of the
deployed handler, and of a bare one that does with PyJWT what can't be left out.
"""

import time

began = time.perf_counter()

import sys  # noqa: E402  the clock runs before anything is imported
from typing import Any  # noqa: E402


def floor() -> None:
    import boto3

    session = boto3.Session()
    session.client("ssm"), session.client("dynamodb")


def first_answer(function: str, event: str) -> None:
    import json

    handler = handler_of(function)
    if handler(json.loads(event), context())["statusCode"] not in (200, 201):
        raise SystemExit(f"{function} refused the event")


def handler_of(function: str) -> Any:
    sys.path.insert(0, function)
    return __import__("app").handler


def context() -> object:
    from types import SimpleNamespace

    return SimpleNamespace(
        function_name="f", memory_limit_in_mb="512", invoked_function_arn="arn", aws_request_id="r"
    )


def main(temperature: str, what: str, given: str) -> None:
    if temperature == "warm":
        from benchmarks.warm_process import medians

        print(medians(what, given), file=sys.stderr)
        return
    floor() if what == "floor" else first_answer(what, given)
    print(time.perf_counter() - began, time.process_time(), file=sys.stderr)


if __name__ == "__main__":
    main(*sys.argv[1:])
