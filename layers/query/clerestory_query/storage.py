"""Where a pack's data files lie, and what DuckDB needs to read them there."""

import os
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

import duckdb
from msgspec import Struct


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
        connection.execute(f"LOAD {quoted(httpfs())}")
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
        stated = ", ".join(f"{name} {quoted(value)}" for name, value in options.items() if value)
        connection.execute(f"CREATE SECRET pack (TYPE s3, {stated}, SCOPE {quoted(self._url)})")

    def _has_host_of_its_own(self, s3: str) -> bool:
        """AWS gives each bucket one, below s3.REGION.SUFFIX; its certificate covers no name with a dot."""
        return s3.startswith("s3.") and "." not in urlsplit(self._url).netloc


def quoted(text: str) -> str:
    """An SQL string. Only the pack's own settings come through here, never a variable's value."""
    return "'" + text.replace("'", "''") + "'"


def httpfs() -> str:
    import duckdb_extension_httpfs

    package = Path(os.fspath(duckdb_extension_httpfs.__file__)).parent
    return str(package / "extensions" / f"v{duckdb.__version__}" / "httpfs.duckdb_extension")
