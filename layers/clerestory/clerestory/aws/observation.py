"""Logs and metrics of the functions. Nothing here takes a token, a secret or a variable's value."""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

from clerestory.problems import Problem

LIBRARIES = ("boto3", "botocore", "s3transfer", "urllib3", "mangum")
"""What they log holds secrets (botocore: each answer) and tokens (Mangum: each path)."""

Handler = Callable[[dict[str, Any], Any], Any]


class Observation:
    """One function's logger and metrics, so that functions side by side in a process keep apart."""

    def __init__(self) -> None:
        _silence_libraries()
        self.logger = Logger()
        self.metrics = EphemeralMetrics()

    def handler(self, handle: Handler) -> Handler:
        """Publishes what an invocation counted, when it ends."""

        @wraps(handle)
        def observed(event: dict[str, Any], context: Any) -> Any:
            try:
                return handle(event, context)
            finally:
                if self.metrics.metric_set:  # Powertools warns of an empty one
                    self.metrics.flush_metrics()

        return observed

    def count(self, metric: str) -> None:
        self.metrics.add_metric(name=metric, unit=MetricUnit.Count, value=1)

    def problem(self, problem: Problem, error: Exception) -> None:
        """An unforeseen error is logged by its place, not its message, which may quote a value."""
        if problem.expected:
            self.logger.info("refused", code=problem.kind.code)
        else:
            self.logger.error("failed", code=problem.kind.code, cause=_origin(error))
            self.count("Failed")

    def failure(self, message: str, error: Exception, **about: int) -> None:
        self.logger.error(message, extra={"cause": _origin(error), **about})

    def warning(self, message: str) -> None:
        self.logger.warning(message)

    def note(self, message: str, **about: list[int]) -> None:
        self.logger.info(message, extra=about)


def _silence_libraries() -> None:
    """At every level, and whatever the root logger's becomes: Lambda sets that by `LogFormat: JSON`."""
    for name in LIBRARIES:
        logger = logging.getLogger(name)
        logger.setLevel(logging.CRITICAL + 1)
        logger.handlers = [logging.NullHandler()]
        logger.propagate = False  # for a part of it that somebody turns up


def _origin(error: BaseException) -> list[str]:
    """The errors behind the error, outermost first, each with the line that raised it."""
    chain: list[str] = []
    cause: BaseException | None = error
    while cause is not None:
        frame = cause.__traceback__
        while frame is not None and frame.tb_next is not None:
            frame = frame.tb_next
        place = f" at {frame.tb_frame.f_code.co_filename}:{frame.tb_lineno}" if frame else ""
        chain.append(f"{type(cause).__name__}{place}")
        cause = cause.__cause__
    return chain
