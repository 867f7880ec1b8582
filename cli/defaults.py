"""The folders that commands work on where none are named: the demo's."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def near(folder: str) -> Path:
    """A folder of the project, as short as messages about it should be."""
    return Path(os.path.relpath(ROOT / folder))


DASHBOARDS = near("demo/dashboards")
DATA = near(".data")
