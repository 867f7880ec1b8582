"""Where the emulator leaves what tests look at."""

import json
import os
import threading
from pathlib import Path
from typing import Any

_lock = threading.Lock()


def write_call(call: dict[str, Any]) -> None:
    """One line for each call that a role has made."""
    with _lock, (_folder() / "calls.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(call) + "\n")


def write_credentials(name: str, credentials: dict[str, str]) -> None:
    """Those that a function or schedule works with, as boto3 takes them."""
    folder = _folder() / "credentials"
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.json").write_text(json.dumps(credentials), encoding="utf-8")


def _folder() -> Path:
    return Path(os.environ["EMULATOR_FOLDER"])
