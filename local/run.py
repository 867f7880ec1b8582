"""`clerestory run`: the pack on one machine, until Ctrl-C.

What can't work is said in one sentence, and the exit code is 1.
"""

import argparse
import os
import signal
import socket
import sys
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from cli.defaults import DASHBOARDS, DATA, ROOT
from cli.help import command_parser

if TYPE_CHECKING:
    from collections.abc import Iterator

    from clerestory.catalog import Catalog

OLDEST_PYTHON = (3, 11)


class CannotStartError(Exception):
    """The message tells the user what to do."""


def main(arguments: list[str] | None = None) -> NoReturn:
    chosen = _parser().parse_args(arguments)
    code = 0
    try:
        with _interruptible():
            _run(chosen)
    except CannotStartError as why:
        print(why, file=sys.stderr)
        code = 1
    except KeyboardInterrupt:
        pass
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)  # without waiting for a query that still runs: nobody reads its results


def _run(chosen: argparse.Namespace) -> None:
    # Imports are here because they take a second or two, in which Ctrl-C should be as clean as later.
    _check_python()
    sys.path[:0] = [str(ROOT / "layers" / "clerestory"), str(ROOT / "layers" / "query")]
    from local.demo import demo_of
    from local.pack import Made, running

    catalog = _compile(chosen.dashboards)
    _check_data(catalog, chosen.data)
    made = Made(catalog, chosen.data, _built_page(), demo_of(chosen.dashboards), chosen.dashboards)
    with ExitStack() as stack:
        web = stack.enter_context(_listen(chosen.port))
        aws = stack.enter_context(_listen(chosen.port + 1))
        stack.enter_context(running(made, web, aws, chosen.public_url))
        url, endpoint = (f"http://127.0.0.1:{port}" for port in (chosen.port, chosen.port + 1))
        print(f"Clerestory is ready on {url} (AWS: {endpoint})", flush=True)
        while True:
            time.sleep(1)  # not signal.pause(): a signal just before it would wait for the next one


def _parser() -> argparse.ArgumentParser:
    parser = command_parser(
        "run",
        "Serve the pack on this machine, until Ctrl-C.",
        "--port 9000 --dashboards ../mine --data ../mine/data",
        {0: "it was stopped", 1: "it can't start, and why"},
    )
    parser.add_argument("--port", type=_port, default=8787, help="the local AWS takes the next one (8787)")
    parser.add_argument(
        "--dashboards",
        type=Path,
        default=DASHBOARDS,
        metavar="FOLDER",
        help=f"the dashboards, a folder for each organization ({DASHBOARDS})",
    )
    parser.add_argument(
        "--data",
        type=Path,
        default=DATA,
        metavar="FOLDER",
        help=f"where the files that they name are ({DATA})",
    )
    parser.add_argument("--public-url", metavar="URL", help="where embeds are, if a proxy stands before this")
    return parser


def _port(text: str) -> int:
    if not (text.isdecimal() and 1 <= int(text) <= 65534):
        raise argparse.ArgumentTypeError(f"{text} is no port: choose one from 1 to 65534")
    return int(text)


@contextmanager
def _interruptible() -> "Iterator[None]":
    """The first Ctrl-C or SIGTERM raises KeyboardInterrupt; further ones don't disturb the stopping."""

    def stop(*_: Any) -> None:
        for each in (signal.SIGINT, signal.SIGTERM):
            signal.signal(each, signal.SIG_IGN)
        raise KeyboardInterrupt

    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, stop)
    yield


def _check_python() -> None:
    if sys.version_info < OLDEST_PYTHON:
        raise CannotStartError(
            f"Clerestory needs Python 3.11 or newer, and this is {sys.version.split()[0]}."
        )


def _compile(folder: Path) -> "Catalog":
    from cli.check import compile_folder
    from cli.check.kept import Kept

    compiled = compile_folder(folder, Kept())
    if compiled.catalog is None:
        raise CannotStartError("\n".join(map(str, compiled.mistakes)))
    for note in compiled.passed_over:
        print(note, file=sys.stderr)
    return compiled.catalog


def _check_data(catalog: "Catalog", folder: Path) -> None:
    from cli.data_files import missing_files

    if missing := missing_files(catalog, folder):
        raise CannotStartError(f"The data is missing ({folder / missing[0]}): run make data first.")


def _built_page() -> Path:
    """The embedded page's files. Building them again takes no time: the large one is kept."""
    from cli.page.__main__ import build
    from cli.page.modules import ModuleError
    from cli.page.vega import BundleMissingError

    folder = ROOT / ".build" / "page"
    try:
        build(folder)
    except (BundleMissingError, ModuleError) as failure:
        raise CannotStartError(str(failure)) from failure
    return folder


def _listen(port: int) -> socket.socket:
    try:
        return socket.create_server(("127.0.0.1", port), backlog=128)
    except OSError as error:
        raise CannotStartError(f"Port {port} is in use: choose another with PORT=.") from error


if __name__ == "__main__":
    main()
