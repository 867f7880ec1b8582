"""DuckDB over files on disk or in S3, that reaches nothing else.

The connection is read-only by having nothing to write to: a tenant's rows are copied out of the source's
files, what is shared is views over them, and once they are made, outside access is cut down to those files
and the configuration is locked.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import duckdb

from clerestory.dashboards import Source, SourceTable
from clerestory_query.duckdb_files import NoFiles, Reading, expanded, partitions, reading
from clerestory_query.duckdb_tables import DuckDBTables
from clerestory_query.duckdb_tenants import Owners, WrongTenant, identifier
from clerestory_query.engine import EngineError, Limits, Needed, QueryFailed, Scope, SourceUnavailable
from clerestory_query.results import DATA_UNREADABLE, OUT_OF_MEMORY
from clerestory_query.storage import Folder, Storage, quoted


class DuckDB:
    """The engine. `storage` is asked for anew by each run, for its credentials end."""

    def __init__(self, storage: Callable[[], Storage], limits: Limits) -> None:
        self._storage = storage
        self._limits = limits

    @contextmanager
    def opened(self, source: Source, tables: Needed, scope: Scope, unscoped: bool) -> Iterator[DuckDBTables]:
        """A connection in which those tables, and only they, can be read. One for each run: nothing of one
        viewer's run can be seen by another's."""
        connection = _connected(self._limits)
        try:
            opening = _Opening(connection, self._storage(), None if unscoped else scope)
            try:
                unreadable = opening.expose(source, tables)
            except duckdb.Error as error:
                raise SourceUnavailable(type(error).__name__) from None  # its text may quote credentials
            yield DuckDBTables(connection, unreadable, scope)
        finally:
            connection.close()


def _connected(limits: Limits) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(
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


class _Opening:
    """Without a scope, tables have all rows."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, storage: Storage, scope: Scope | None) -> None:
        self._connection = connection
        self._storage = storage
        self._scope = scope

    def expose(self, source: Source, tables: Needed) -> dict[str, QueryFailed]:
        """Makes the tables and shuts the connection in. Answers why those can't be read that can't."""
        self._storage.prepare(self._connection)
        reachable: list[str] = []
        unreadable: dict[str, QueryFailed] = {}
        for name, columns in tables.items():
            table = source.tables[name]
            try:
                files = expanded(self._connection, table, self._storage)
                if not self._copied(name, table, files, columns):
                    reachable.extend(files)
            except (NoFiles, WrongTenant, duckdb.Error) as why:
                unreadable[name] = _unreadable(name, why, self._storage)
        self._connection.execute(f"SET allowed_paths = [{', '.join(map(quoted, reachable))}]")
        self._connection.execute("SET errors_as_json = true")
        self._connection.execute("SET enable_external_access = false")
        self._connection.execute("SET lock_configuration = true")
        return unreadable

    def _copied(
        self, name: str, table: SourceTable, files: list[str], columns: frozenset[str] | None
    ) -> bool:
        """Makes the table, and says whether its rows are copied: then its files are out of reach.

        A tenant's rows are, as much of them as charts name: over a view, functions see a Parquet file's whole
        dictionary, and plans its size, with other tenants' values in them. What is shared is a view where it
        is Parquet, of which a query reads no more than it needs; CSV and JSON are copied where there is
        memory for them, or each query would parse them from end to end."""
        root = self._storage.location("")
        if self._scope is not None and table.tenant:
            self._copy_tenants(name, table, files, columns)
            return True
        rows = reading(self._connection, table, files, root, frozenset(table.tenant))
        if table.format != "parquet" and self._kept(name, rows, columns):
            return True
        self._connection.execute(f"CREATE VIEW {identifier(name)} AS FROM {rows.sql}")
        return False

    def _copy_tenants(
        self, name: str, table: SourceTable, files: list[str], columns: frozenset[str] | None
    ) -> None:
        owners, root = Owners(table.tenant, self._scope or Scope({}, {})), self._storage.location("")
        # Other tenants' files aren't even opened; without one of its own, a tenant has no rows of any.
        own = [file for file in files if owners.owns(partitions(file, root))] or files[:1]
        _check_alike(self._connection, table, own, owners, root)
        rows = reading(self._connection, table, own, root, owners.columns)
        condition = owners.condition(rows)
        chosen = ", ".join(owners.shown(rows, column) for column in _named(rows, columns))
        copied = f"SELECT {chosen} FROM {rows.sql} WHERE {condition.sql}"  # noqa: S608  the pack's own names
        self._connection.execute(f"CREATE TABLE {identifier(name)} AS {copied}", list(condition.values))

    def _kept(self, name: str, rows: Reading, columns: frozenset[str] | None) -> bool:
        chosen = ", ".join(map(identifier, _named(rows, columns)))
        copied = f"SELECT {chosen} FROM {rows.sql}"  # noqa: S608  the pack's own names
        try:
            self._connection.execute(f"CREATE TABLE {identifier(name)} AS {copied}")
        except duckdb.OutOfMemoryException:
            return False
        return True


def _named(rows: Reading, names: frozenset[str] | None) -> list[str]:
    """At least one column: a table needs it, also where its rows are only counted."""
    columns = list(rows.columns)
    return [each for each in columns if names is None or each.lower() in names] or columns[:1]


def _check_alike(
    connection: duckdb.DuckDBPyConnection, table: SourceTable, files: list[str], owners: Owners, root: str
) -> None:
    """Parquet files of one table are read as the first one's types: a tenant's column must have it in all."""
    columns = {each.lower() for each in owners.columns - partitions(files[0], root).keys()}
    if table.format != "parquet" or len(files) == 1 or not columns:
        return
    listed = ", ".join(map(quoted, files))
    kinds = "count(DISTINCT (type, converted_type, logical_type::VARCHAR))"
    schema = f"SELECT lower(name), {kinds} FROM parquet_schema([{listed}]) GROUP BY 1"  # noqa: S608
    for column, count in connection.execute(schema).fetchall():
        if column in columns and count > 1:
            raise WrongTenant(f'"{column}" has not the same type in each file')


def _unreadable(name: str, why: Exception, storage: Storage) -> QueryFailed:
    """What S3 says may quote credentials: it isn't repeated."""
    if isinstance(why, duckdb.OutOfMemoryException):
        return QueryFailed(
            OUT_OF_MEMORY, EngineError("OutOfMemoryException", f"{name}: {OUT_OF_MEMORY.title}")
        )
    is_ours = isinstance(why, NoFiles | WrongTenant) or isinstance(storage, Folder)
    stated = str(why) if is_ours else type(why).__name__
    return QueryFailed(DATA_UNREADABLE, EngineError("UnreadableTable", f"{name}: {stated}"))
