"""A table's files as DuckDB reads them: Parquet, CSV or JSON, one or many, Hive partitions too."""

import re
from urllib.parse import unquote

import duckdb
from duckdb.sqltypes import DuckDBPyType
from msgspec import Struct

from clerestory.dashboards import SourceTable
from clerestory_query.storage import Storage, quoted

Connection = duckdb.DuckDBPyConnection
MAX_FILES = 100_000
_READERS = {"parquet": "read_parquet", "csv": "read_csv", "json": "read_json"}
_PARTITION = re.compile(r"([^/=]+)=([^/]*)/")


class NoFiles(Exception):
    """A path of the table names no file that is there."""


class Reading(Struct, frozen=True):
    """`sql` stands in a FROM and gives all rows of the files; `columns` are theirs. Those `as_written` are
    text, whatever they look like: "7" and "7.0" stay apart."""

    sql: str
    columns: dict[str, DuckDBPyType]
    as_written: frozenset[str]


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
            raise NoFiles(f"there is no {path}")
        files.extend(file for (file,) in rows)
    return list(dict.fromkeys(files))


def partitions(file: str, root: str) -> dict[str, str]:
    """The columns that stand in a file's path below the data's folder, such as `carrier=UA/`."""
    return {column: unquote(value) for column, value in _PARTITION.findall(file.removeprefix(root))}


def reading(
    connection: Connection, table: SourceTable, files: list[str], root: str, owners: frozenset[str]
) -> Reading:
    """`owners` are the columns that say whose a row is. Parquet has types of its own; what the others hold
    would be guessed, by all tenants' values together, so these columns are read as text."""
    in_paths = frozenset(set.intersection(*(set(partitions(file, root)) for file in files)))
    as_written = owners if table.format != "parquet" else owners & in_paths
    options = [f"hive_partitioning = {'true' if in_paths else 'false'}"]
    if as_written & in_paths:
        options.append(f"hive_types = {_types(dict.fromkeys(sorted(as_written & in_paths), 'VARCHAR'))}")
    if table.format != "parquet":
        options.append("sample_size = -1")  # or a later row that differs would fail every query
    in_files = dict.fromkeys(sorted(as_written - in_paths), "VARCHAR")
    if table.format == "csv" and in_files:
        options.append(f"types = {_types(in_files)}")
    read = _call(table, files, options)
    columns = _columns(connection, read)
    if table.format == "json":
        known = {name: str(kind) for name, kind in columns.items() if name not in in_paths}
        options[-1] = f"columns = {_types(known | {each: 'VARCHAR' for each in in_files if each in known})}"
        read = _call(table, files, options)
        columns = _columns(connection, read)
    return Reading(read, columns, as_written)


def _call(table: SourceTable, files: list[str], options: list[str]) -> str:
    return f"{_READERS[table.format]}([{', '.join(map(quoted, files))}], {', '.join(options)})"


def _columns(connection: Connection, read: str) -> dict[str, DuckDBPyType]:
    cursor = connection.execute(f"FROM {read} LIMIT 0")
    return {name: kind for name, kind, *_ in cursor.description or ()}


def _types(types: dict[str, str]) -> str:
    return "{" + ", ".join(f"{quoted(column)}: {quoted(kind)}" for column, kind in types.items()) + "}"
