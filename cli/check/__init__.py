"""Checks `dashboards/` and compiles it into the catalog that the functions read."""

import sys
from importlib.util import find_spec
from pathlib import Path

if find_spec("clerestory") is None:
    sys.path.append(str(Path(__file__).parents[2] / "layers" / "clerestory"))

from cli.check.folder import Compiled, compile_folder
from cli.check.mistakes import Mistake

__all__ = ["Compiled", "Mistake", "compile_folder"]
