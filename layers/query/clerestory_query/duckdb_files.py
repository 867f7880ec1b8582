"""A table's files as DuckDB reads them: Parquet, CSV or JSON, one or many, Hive partitions too."""

import re

import duckdb

from clerestory.dashboards import SourceTable
from clerestory_query.storage import Storage, quoted

Connection = duckdb.DuckDBPyConnection
MAX_FILES = 100_000
_READERS = {"parquet": "read_parquet", "csv": "read_csv", "json": "read_json"}
_PARTITION = re.compile(r"([^/=]+)=[^/]*/")


class NoFiles(Exception):
    """A path of the table names no file that is there."""


def expanded(connection: Connection, table: SourceTable, storage: Storage) -> list[str]:
    """The table's files, each by its whole path, in a fixed order. Raises NoFiles."""
    files: list[str] = []
    for path in table.files:
        location = storage.location(path)
        if "*" not in path:
            files.append(location)
            continue
        matching = connection.execute("SELECT file FROM glob(?) ORDER BY file LIMIT ?", [location, MAX_FILES])
        rows = matching.fetchall()
        if not rows:
            raise NoFiles(path)
        files.extend(file for (file,) in rows)
    return list(dict.fromkeys(files))


def rows_of(
    connection: Connection, table: SourceTable, files: list[str], root: str, types: dict[str, str]
) -> duckdb.DuckDBPyRelation:
    """All rows of the files. `types` are SQL types of columns which a reader must not guess from the values
    that it meets: "007" would become a number. `root` is where the data's folder begins in the paths."""
    partitions = _partitions(files, root)
    in_paths = {column: kind for column, kind in types.items() if column in partitions}
    in_files = {column: kind for column, kind in types.items() if column not in partitions}
    options = f"hive_partitioning = {'true' if partitions else 'false'}"
    if in_paths:
        options += f", hive_types = {_struct(in_paths)}"
    if in_files and table.format == "csv":
        options += f", types = {_struct(in_files)}"
    listed = ", ".join(map(quoted, files))
    return connection.sql(f"FROM {_READERS[table.format]}([{listed}], {options})")


def _partitions(files: list[str], root: str) -> frozenset[str]:
    """The columns that stand in every file's path below the data's folder: `carrier=UA/`."""
    columns = [set(_PARTITION.findall(file.removeprefix(root))) for file in files]
    return frozenset(set.intersection(*columns)) if columns else frozenset()


def _struct(types: dict[str, str]) -> str:
    return "{" + ", ".join(f"{quoted(column)}: {quoted(kind)}" for column, kind in types.items()) + "}"
