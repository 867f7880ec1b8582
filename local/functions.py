"""The functions of `template.yaml`, run in this process as Lambda runs them.

An execution environment is a thread with an event loop and an instance of the function's module of
its own. It handles one event at a time and is kept for the next one; more are started when all are
busy, up to a limit, and then events wait.
"""

import asyncio
import importlib.util
import json
import os
import sys
import threading
import time
import traceback
import uuid
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

from local.aws.environment import ACCOUNT, REGION
from local.aws.invocations import Outcome, UnknownFunctionError
from local.template import Template

CONCURRENCY = 16
# What functions may differ in: Powertools reads it while the function's module is loaded.
SERVICE_NAME = "POWERTOOLS_SERVICE_NAME"
LARGEST_EVENT = 6 * 1024 * 1024

Handler = Callable[[Any, Any], Any]
_loading = threading.Lock()


class Source(NamedTuple):
    """Where a function's code lies, and what the template sets for it."""

    name: str
    folder: Path
    handler: str
    environment: dict[str, str]
    memory: int
    timeout: int


class Context:
    """What Lambda passes beside the event."""

    function_version = "$LATEST"
    identity = None
    client_context = None

    def __init__(self, source: Source) -> None:
        self.function_name = source.name
        self.memory_limit_in_mb = str(source.memory)
        self.invoked_function_arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{source.name}"
        self.aws_request_id = str(uuid.uuid4())
        self.log_group_name = f"/aws/lambda/{source.name}"
        self.log_stream_name = "local"
        self._end = time.monotonic() + source.timeout

    def get_remaining_time_in_millis(self) -> int:
        return max(0, int((self._end - time.monotonic()) * 1000))


class Function:
    """One function and its execution environments."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._environment = threading.local()
        self._instances = count(1)
        self._threads = ThreadPoolExecutor(CONCURRENCY, thread_name_prefix=source.name)

    def invoke(self, event: bytes) -> "Future[Outcome]":
        return self._threads.submit(self._run, event)

    def close(self) -> None:
        """Take no more events and drop those that wait; what runs is not waited for."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _run(self, event: bytes) -> Outcome:
        try:
            answer = self._handler()(json.loads(event), Context(self._source))
            return Outcome(json.dumps(answer).encode())
        except Exception as error:
            traceback.print_exc()
            failure = {"errorMessage": str(error), "errorType": type(error).__name__}
            return Outcome(json.dumps(failure).encode(), failed=True)

    def _handler(self) -> Handler:
        """This environment's handler. A module that fails to load is tried again with the next event."""
        if not hasattr(self._environment, "handler"):
            asyncio.set_event_loop(asyncio.new_event_loop())
            self._environment.handler = load(self._source, f"_{self._source.name}_{next(self._instances)}")
        handler: Handler = self._environment.handler
        return handler


class Functions:
    """All of the pack's functions by name."""

    def __init__(self, sources: Iterable[Source]) -> None:
        self._functions = {source.name: Function(source) for source in sources}

    def invoke(self, name: str, event: bytes) -> "Future[Outcome]":
        """Run a function with a JSON event. Raises UnknownFunctionError."""
        if name not in self._functions:
            raise UnknownFunctionError(name)
        return self._functions[name].invoke(event)

    def close(self) -> None:
        for function in self._functions.values():
            function.close()


def load(source: Source, instance: str) -> Handler:
    """A fresh instance of the function's module, and the handler in it."""
    with _loading:
        os.environ[SERVICE_NAME] = source.environment.get(SERVICE_NAME, source.name)
        return _load(source, instance)


def _load(source: Source, instance: str) -> Handler:
    file, _, attribute = source.handler.rpartition(".")
    spec = importlib.util.spec_from_file_location(instance, source.folder / f"{file}.py")
    if spec is None or spec.loader is None:
        raise ImportError(f"{source.name} has no module {file}")
    module = importlib.util.module_from_spec(spec)
    sys.modules[instance] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[instance]
        raise
    handler: Handler = getattr(module, attribute)
    return handler


def read_functions(template: Template, root: Path, local: Mapping[str, str]) -> list[Source]:
    """The template's functions. `local` replaces their variables and adds to them."""
    return [
        Source(
            name=function.name,
            folder=root / function.properties["CodeUri"],
            handler=function.properties.get("Handler", "app.handler"),
            environment=_environment(function.properties, local),
            memory=int(function.properties.get("MemorySize", 128)),
            timeout=int(function.properties.get("Timeout", 3)),
        )
        for function in template.resources("AWS::Serverless::Function")
    ]


def share_environment(sources: Iterable[Source]) -> None:
    """Set every function's variables in this process, which is one environment for all of them.

    Raises ValueError where functions disagree on a variable.
    """
    merged: dict[str, str] = {}
    for source in sources:
        for name, value in source.environment.items():
            if merged.setdefault(name, value) != value and name != SERVICE_NAME:
                raise ValueError(f"{source.name} sets {name} to something else than another function does")
    os.environ.update(merged)


def _environment(properties: Mapping[str, Any], local: Mapping[str, str]) -> dict[str, str]:
    declared = properties.get("Environment", {}).get("Variables", {})
    return {**{name: str(value) for name, value in declared.items()}, **local}
