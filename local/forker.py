"""Starts the process that forks for query: this one has threads, and so can't."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class ForkerError(RuntimeError):
    """It did not start."""


@contextmanager
def forker(folder: Path) -> Iterator[str]:
    """Where its socket is. The folder is for nobody else. It ends with this, and with this process however
    that ends: by then nobody holds its standard input open."""
    path = str(folder / "forker")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, "-m", "clerestory_query.forker", path]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, env=environment) as process:
        if process.stdout is None or process.stdout.readline() != b"ready\n":
            raise ForkerError("the process that runs the queries did not start")
        yield path
