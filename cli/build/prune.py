"""Takes away what the functions never read: most of botocore describes services that they don't call."""

import shutil
from pathlib import Path

from cli.build.models import Operations, prune_models

# Never imported by the functions; duckdb's are its Spark imitation and a drawing of query plans.
UNUSED = (
    "_duckdb-stubs",
    "adbc_driver_duckdb",
    "anyio/pytest_plugin.py",
    "bin",
    "boto3/examples",
    "duckdb/experimental",
    "duckdb/query_graph",
)
# pip's own notes; METADATA and the licences stay.
NOTES = ("RECORD", "INSTALLER", "REQUESTED", "WHEEL", "direct_url.json", "top_level.txt", "entry_points.txt")
MODELS = ("botocore/data", "boto3/data")


def prune(packages: Path, operations: Operations) -> None:
    """Leaves what runs, and of botocore's models what these operations need."""
    for name in UNUSED:
        _remove(packages / name)
    for note in packages.glob("*.dist-info/*"):
        if note.name in NOTES:
            note.unlink()
    for stub in [*packages.rglob("*.pyi"), *packages.rglob("py.typed")]:
        stub.unlink()
    for models in MODELS:
        for folder in (packages / models).glob("*/"):
            if folder.name not in operations:
                shutil.rmtree(folder)
    if (packages / MODELS[0]).is_dir():
        prune_models(packages / MODELS[0], operations)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
