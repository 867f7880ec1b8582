"""Whose rows a table has: the condition that stands between a table's files and every chart.

The engine gets the variable's value as a bound parameter. Equality is byte for byte, so a column must have
exactly a type for which it is; what is read as written, from CSV, JSON and folders' names, must be spelt as
the value is: 7, true, 2013-01-31.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from duckdb.sqltypes import DuckDBPyType
from msgspec import Struct

from clerestory.dashboards import Value, Variable
from clerestory_query.duckdb_files import Reading
from clerestory_query.engine import Scope

WHOLE = frozenset(
    {"tinyint", "smallint", "integer", "bigint", "hugeint"}
    | {"utinyint", "usmallint", "uinteger", "ubigint", "uhugeint"}
)
FITTING = {
    "string": frozenset({"varchar", "enum", "uuid"}),
    "number": WHOLE,
    "boolean": frozenset({"boolean"}),
    "date": frozenset({"date"}),
}
"""The types of a tenant's column, by its variable's."""
_SQL_TYPES = {"number": "BIGINT", "boolean": "BOOLEAN", "date": "DATE"}


class WrongTenant(Exception):
    """The table has no such column, or one that can't be compared byte for byte. Says which."""


class Condition(Struct, frozen=True):
    """SQL that holds for the tenant's rows, and the values of its parameters."""

    sql: str
    values: tuple[Any, ...]


class Owners:
    """A table's columns that say whose a row is, and the values of whoever may see it."""

    def __init__(self, tenant: Mapping[str, str], scope: Scope) -> None:
        """Raises WrongTenant."""
        self._variables = {column: _locked(scope, name) for column, name in tenant.items()}
        self._values = {column: _listed(scope.env.get(name)) for column, name in tenant.items()}

    @property
    def columns(self) -> frozenset[str]:
        return frozenset(self._variables)

    def owns(self, partitions: Mapping[str, str]) -> bool:
        """Whether a file may have rows of the tenant, by the columns that stand in its path."""
        return all(partitions[column] in self._texts(column) for column in self.columns & partitions.keys())

    def condition(self, reading: Reading) -> Condition:
        """Raises WrongTenant. Nothing equals no value."""
        parts: list[str] = []
        values: list[Any] = []
        for column, variable in self._variables.items():
            operand = self._operand(reading, column, variable)
            allowed = self._texts(column) if column in reading.as_written else self._constants(column)
            values += allowed
            parts.append(f"{operand} IN ({', '.join('?' * len(allowed))})" if allowed else "false")
        return Condition(" AND ".join(parts), tuple(values))

    def shown(self, reading: Reading, column: str) -> str:
        """The column as charts see it: of its variable's type, where it was read as written."""
        name = identifier(column)
        if column not in reading.as_written or column not in self._variables:
            return name
        kind = _SQL_TYPES.get(self._variables[column].type)
        return f"CAST({name} AS {kind}) AS {name}" if kind else name

    def _operand(self, reading: Reading, column: str, variable: Variable) -> str:
        if column not in reading.columns:
            raise WrongTenant(f'there is no column "{column}"')
        kind: DuckDBPyType = reading.columns[column]
        fits = column in reading.as_written or (str(kind) != "JSON" and kind.id in FITTING[variable.type])
        if not fits:
            raise WrongTenant(f'"{column}" is {kind}, which no {variable.type} equals byte for byte')
        # An ENUM or UUID by its text, which is one for one.
        name = identifier(column)
        return f"CAST({name} AS VARCHAR)" if kind.id in ("enum", "uuid") else name

    def _constants(self, column: str) -> list[Any]:
        bound = (_constant(self._variables[column], each) for each in self._values[column])
        return [each for each in bound if each is not None]

    def _texts(self, column: str) -> list[str]:
        return [_text(each) for each in self._constants(column)]


def identifier(column: str) -> str:
    """A column's name in SQL."""
    return '"' + column.replace('"', '""') + '"'


def _locked(scope: Scope, name: str) -> Variable:
    variable = scope.locked(name)
    if variable is None:
        raise WrongTenant(f"{name} isn't a locked variable")
    return variable


def _listed(value: Value | None) -> tuple[Any, ...]:
    return tuple(value) if isinstance(value, tuple | list) else () if value is None else (value,)


def _constant(variable: Variable, value: Any) -> Any:
    """The value as the engine compares it; None where no row can have it."""
    if variable.type == "string":
        return str(value)
    if variable.type == "boolean":
        return value if isinstance(value, bool) else None
    if variable.type == "date":
        return date.fromisoformat(value)
    # As an integer: two large ones that differ may be one and the same floating-point number.
    return int(value) if float(value).is_integer() else None


def _text(value: Any) -> str:
    """The one spelling of it that counts."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, date) else str(value)
