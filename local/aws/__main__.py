"""`python -m local.aws`: the local AWS alone, for functions that run elsewhere, as under SAM."""

import argparse
import signal
import sys
from concurrent.futures import Future
from threading import Event

from local.aws.invocations import Outcome, UnknownFunctionError, forwarded_to, in_process
from local.aws.server import LocalAWS, listen


def main() -> int:
    arguments = _parser().parse_args()
    forward = arguments.lambda_endpoint
    try:
        listener = listen(arguments.host, arguments.port)
    except OSError as error:
        print(f"Port {arguments.port} can't be used: {error.strerror}.", file=sys.stderr)
        return 1
    stop = Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, lambda *_: stop.set())
    with listener, LocalAWS(listener, forwarded_to(forward) if forward else in_process(_no_function)) as aws:
        print(f"The local AWS is ready on {aws.endpoint}", flush=True)
        while not stop.wait(1):  # a signal that another thread took wakes nobody
            pass
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m local.aws", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8788, help="0 takes a free one")
    parser.add_argument("--lambda-endpoint", metavar="URL", help="where functions are invoked")
    return parser


def _no_function(name: str, _: bytes) -> Future[Outcome]:
    raise UnknownFunctionError(name)


if __name__ == "__main__":
    sys.exit(main())
