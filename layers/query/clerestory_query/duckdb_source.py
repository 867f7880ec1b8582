"""DuckDB over files on disk or in S3, that reaches nothing else.

The connection is read-only by having nothing to write to: a tenant's rows are copied out of the source's
files, what is shared is views over them, and once they are made, outside access is cut down to those files
and the configuration is locked.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import duckdb
from msgspec import Struct

from clerestory.dashboards import Source, SourceTable
from clerestory_query.duckdb_files import NoFiles, expanded, rows_of
from clerestory_query.duckdb_tables import DuckDBTables
from clerestory_query.duckdb_tenants import WrongTenant, read_as, tenant_rows
from clerestory_query.engine import Scope, SourceUnavailable
from clerestory_query.storage import Storage, quoted

# What it knows of a whole column, other tenants' rows with it: plans and functions would show it.
_WITHOUT = "statistics_propagation"


class Limits(Struct, frozen=True):
    memory: str = "1GB"
    threads: int = 2


class DuckDB:
    """The engine. `storage` is asked for anew by each run, for its credentials end."""

    def __init__(self, storage: Callable[[], Storage], limits: Limits) -> None:
        self._storage = storage
        self._limits = limits

    @contextmanager
    def opened(
        self, source: Source, tables: tuple[str, ...], scope: Scope, unscoped: bool
    ) -> Iterator[DuckDBTables]:
        """A connection in which those tables, and only they, can be read. One for each run: nothing of one
        viewer's run can be seen by another's."""
        connection = _connected(self._limits)
        try:
            named = {name: source.tables[name] for name in tables}
            try:
                unreadable = _expose(connection, named, self._storage(), None if unscoped else scope)
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
            "disabled_optimizers": _WITHOUT,
        },
    )


def _expose(
    connection: duckdb.DuckDBPyConnection,
    tables: Mapping[str, SourceTable],
    storage: Storage,
    scope: Scope | None,
) -> dict[str, str]:
    """Makes the tables and shuts the connection in. Answers those that can't be read, and why."""
    storage.prepare(connection)
    reachable: list[str] = []
    unreadable: dict[str, str] = {}
    for name, table in tables.items():
        try:
            files = expanded(connection, table, storage)
            types = read_as(table.tenant, scope) if scope else {}
            rows = rows_of(connection, table, files, storage.location(""), types)
            if scope and table.tenant:
                # A view would let functions, and plans, see into the Parquet files' dictionaries and sizes
                tenant_rows(rows, table.tenant, scope).create(name)
            else:
                rows.create_view(name)
            reachable.extend(files)
        except (NoFiles, WrongTenant) as why:
            unreadable[name] = str(why)
        except duckdb.Error as error:
            unreadable[name] = type(error).__name__
    connection.execute(f"SET allowed_paths = [{', '.join(map(quoted, reachable))}]")
    connection.execute("SET errors_as_json = true")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return unreadable
