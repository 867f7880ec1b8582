"""`python -m local.run`: the pack on one machine, until Ctrl-C.

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
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from clerestory.dashboards import Catalog

ROOT = Path(__file__).resolve().parent.parent
OLDEST_PYTHON = (3, 11)


class CannotStartError(Exception):
    """The message tells the user what to do."""


def main(arguments: list[str] | None = None) -> int:
    chosen = _parser().parse_args(arguments)
    try:
        with _interruptible():
            _run(chosen)
    except CannotStartError as why:
        print(why, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0
    return 0


def _run(chosen: argparse.Namespace) -> None:
    # Imports are here because they take a second or two, in which Ctrl-C should be as clean as later.
    _check_python()
    sys.path[:0] = [str(ROOT / "layers" / "clerestory"), str(ROOT / "layers" / "query")]
    from local.pack import Made, running

    catalog = _compile(chosen.dashboards)
    _check_data(catalog, chosen.data)
    made = Made(catalog, chosen.data, _built_page())
    with ExitStack() as stack:
        web = stack.enter_context(_listen(chosen.port))
        aws = stack.enter_context(_listen(chosen.port + 1))
        stack.enter_context(running(made, web, aws, chosen.public_url))
        url, endpoint = (f"http://127.0.0.1:{port}" for port in (chosen.port, chosen.port + 1))
        print(f"Clerestory is ready on {url} (AWS: {endpoint})", flush=True)
        while True:
            time.sleep(1)  # not signal.pause(): a signal just before it would wait for the next one


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m local.run", description="Serve the pack on this machine."
    )
    parser.add_argument("--port", type=_port, default=8787, help="the local AWS takes the next one (8787)")
    parser.add_argument("--dashboards", type=Path, default=_near("dashboards"), metavar="FOLDER")
    parser.add_argument("--data", type=Path, default=_near(".data"), metavar="FOLDER")
    parser.add_argument("--public-url", metavar="URL", help="where embeds are, if a proxy stands before this")
    return parser


def _near(folder: str) -> Path:
    """A folder of the project, as short as messages about it should be."""
    return Path(os.path.relpath(ROOT / folder))


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
    from local.check import compile_folder

    compiled = compile_folder(folder)
    if compiled.catalog is None:
        raise CannotStartError("\n".join(map(str, compiled.mistakes)))
    return compiled.catalog


def _check_data(catalog: "Catalog", folder: Path) -> None:
    for organization in catalog.organizations:
        for source in organization.sources.values():
            for file in source.files.values():
                if not (folder / file).is_file():
                    raise CannotStartError(f"The data is missing ({folder / file}): run make data first.")


def _built_page() -> Path:
    """The embedded page's files. Building them again takes no time: the large one is kept."""
    from local.page.__main__ import build
    from local.page.modules import ModuleError
    from local.page.vega import BundleMissingError

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
    code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)  # without waiting for a query that still runs: nobody reads its results
