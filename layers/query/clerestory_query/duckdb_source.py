"""DuckDB over Parquet files, on disk or in S3, that reaches nothing else.

The connection is read-only by having nothing to write to: tables are views over the source's files,
and once they are made, outside access is cut down to those files and the configuration is locked.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

import duckdb
from msgspec import Struct

from clerestory.dashboards import Source


class SourceUnavailable(Exception):
    """The source's files cannot be read just now."""


class Limits(Struct, frozen=True):
    memory: str = "1GB"
    threads: int = 2


class S3Access(Struct, frozen=True):
    """What DuckDB's httpfs extension needs to read from S3. `endpoint` is the region's URL of S3, which
    DuckDB would guess wrongly outside of AWS's first partition."""

    key_id: str
    secret: str
    session_token: str
    region: str
    endpoint: str

    def __repr__(self) -> str:
        return f"S3Access(region={self.region!r})"


class Storage(Protocol):
    """Where a pack's data files lie."""

    def location(self, file: str) -> str: ...
    def prepare(self, connection: duckdb.DuckDBPyConnection) -> None: ...


class Folder:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def location(self, file: str) -> str:
        return str(self._folder.resolve() / file)

    def prepare(self, connection: duckdb.DuckDBPyConnection) -> None:
        """A folder needs nothing."""


class Bucket:
    """`url` is `s3://bucket/prefix`."""

    def __init__(self, url: str, access: S3Access) -> None:
        self._url = url.rstrip("/")
        self._access = access

    def location(self, file: str) -> str:
        return f"{self._url}/{file}"

    def prepare(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Loads httpfs from the layer (nothing is downloaded) and gives it the function's role."""
        connection.execute(f"LOAD {_quoted(httpfs())}")
        for setting in ("s3_access_key_id", "s3_secret_access_key", "s3_session_token"):
            # httpfs takes them from the environment, and any query can read a setting
            connection.execute(f"SET {setting} = ''")
        access, endpoint = self._access, urlsplit(self._access.endpoint)
        options = {
            "KEY_ID": access.key_id,
            "SECRET": access.secret,
            "SESSION_TOKEN": access.session_token,
            "REGION": access.region,
            "ENDPOINT": endpoint.netloc,
            "URL_STYLE": "vhost" if self._has_host_of_its_own(endpoint.netloc) else "path",
            "USE_SSL": "true" if endpoint.scheme == "https" else "false",
        }
        stated = ", ".join(f"{name} {_quoted(value)}" for name, value in options.items() if value)
        connection.execute(f"CREATE SECRET pack (TYPE s3, {stated}, SCOPE {_quoted(self._url)})")

    def _has_host_of_its_own(self, s3: str) -> bool:
        """AWS gives each bucket one, below s3.REGION.SUFFIX; its certificate covers no name with a dot."""
        return s3.startswith("s3.") and "." not in urlsplit(self._url).netloc


@contextmanager
def opened(source: Source, storage: Storage, limits: Limits) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection in which the source's tables, and only they, can be read. One for each run:
    nothing of one viewer's run can be seen by another's."""
    connection = duckdb.connect(
        ":memory:",
        config={
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "allow_community_extensions": False,
            "memory_limit": limits.memory,
            "threads": limits.threads,
            "temp_directory": "",
        },
    )
    try:
        try:
            _expose(connection, source, storage)
        except duckdb.Error as error:
            raise SourceUnavailable(type(error).__name__) from None  # its text may quote credentials
        yield connection
    finally:
        connection.close()


def _expose(connection: duckdb.DuckDBPyConnection, source: Source, storage: Storage) -> None:
    storage.prepare(connection)
    locations = {table: storage.location(file) for table, file in source.files.items()}
    for table, location in locations.items():
        connection.read_parquet(location).create_view(table)
    connection.execute(f"SET allowed_paths = [{', '.join(map(_quoted, locations.values()))}]")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")


def httpfs() -> str:
    """The path of DuckDB's extension for S3, as the layer brings it."""
    import duckdb_extension_httpfs

    package = Path(os.fspath(duckdb_extension_httpfs.__file__)).parent
    return str(package / "extensions" / f"v{duckdb.__version__}" / "httpfs.duckdb_extension")


def _quoted(text: str) -> str:
    """An SQL string. Only the pack's own settings come through here, never a variable's value."""
    return "'" + text.replace("'", "''") + "'"
