"""What is ready when a function has started: everything on Lambda, nothing where it is only imported."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from clerestory.catalog import Catalog
from tests.template import FUNCTIONS

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = """
import gc, json, logging, sys
logging.basicConfig(level=logging.DEBUG)
sys.path.insert(0, sys.argv[1])
import app
libraries = "boto3", "botocore.parsers", "botocore.endpoint", "urllib3.connectionpool", "mangum.http"
assert not any(logging.getLogger(name).isEnabledFor(logging.CRITICAL) for name in libraries)
made = next(value for name, value in vars(app).items() if hasattr(value, "cache_info") and name[0] == "_")
print(json.dumps([made.cache_info().currsize, gc.isenabled(), gc.get_freeze_count() > 0]))
"""


def started(function: str, folder: Path, **variables: str) -> Any:
    """How often a function that was just imported has made what its requests share, whether garbage is
    collected, and whether what was made is kept out of that."""
    Catalog.of().write(folder)
    (folder / "manifest.json").write_text("{}")
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.pathsep.join(str(ROOT / layer) for layer in ("layers/clerestory", "layers/query")),
        "AWS_DEFAULT_REGION": "eu-central-1",
        "SECRET_PREFIX": "/p",
        "DASHBOARDS": str(folder),
        "PAGE": str(folder),
        **variables,
    }
    command = [sys.executable, "-c", PROGRAM, str(ROOT / "functions" / function.lower())]
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_on_lambda_a_function_has_made_all_it_needs_when_it_has_started(
    function: str, tmp_path: Path
) -> None:
    assert started(function, tmp_path, AWS_LAMBDA_RUNTIME_API="127.0.0.1:9001") == [1, True, True]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_elsewhere_it_makes_nothing_before_it_is_asked(function: str, tmp_path: Path) -> None:
    assert started(function, tmp_path) == [0, True, False]
