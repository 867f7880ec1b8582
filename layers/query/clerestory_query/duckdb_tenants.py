"""Whose rows a table has: the filter that stands between a table's files and every chart.

The engine gets the variable's value bound, as a constant of the variable's own type. Equality is byte for
byte, so a column must have exactly a type for which it is: anything that would be converted first (text
compared with numbers, fractions, collations) is refused.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

import duckdb
from duckdb import ColumnExpression, ConstantExpression, Expression

from clerestory.dashboards import Value, Variable
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
SQL_TYPES = {"string": "VARCHAR", "number": "BIGINT", "boolean": "BOOLEAN", "date": "DATE"}
"""What a tenant's column is read as, where its file doesn't say."""

Relation = duckdb.DuckDBPyRelation


class WrongTenant(Exception):
    """The table has no such column, or one that can't be compared byte for byte. Says which."""


def read_as(tenant: Mapping[str, str], scope: Scope) -> dict[str, str]:
    """What each of a table's tenant columns is read as. Raises WrongTenant."""
    return {column: SQL_TYPES[_locked(scope, name).type] for column, name in tenant.items()}


def tenant_rows(relation: Relation, tenant: Mapping[str, str], scope: Scope) -> Relation:
    """Only the rows of the scope's tenant. Raises WrongTenant."""
    for column, name in tenant.items():
        variable = _locked(scope, name)
        operand = _operand(relation, column, variable)
        relation = relation.filter(_equals(operand, variable, scope.env.get(name)))
    return relation


def _locked(scope: Scope, name: str) -> Variable:
    variable = scope.locked(name)
    if variable is None:
        raise WrongTenant(f"{name} isn't a locked variable")
    return variable


def _operand(relation: Relation, column: str, variable: Variable) -> Expression:
    """The column, where it is of a type that can be compared."""
    kinds = dict(zip(relation.columns, relation.types, strict=True))
    if column not in kinds:
        raise WrongTenant(f'there is no column "{column}"')
    kind = kinds[column]
    if str(kind) == "JSON" or kind.id not in FITTING[variable.type]:
        raise WrongTenant(f'"{column}" is {kind}, which no {variable.type} equals byte for byte')
    expression = ColumnExpression(f'"{column}"')
    # An ENUM or UUID by its text, which is one for one.
    return expression.cast("VARCHAR") if kind.id in ("enum", "uuid") else expression


def _equals(operand: Expression, variable: Variable, value: Value | None) -> Expression:
    """Nothing equals no value."""
    values = value if isinstance(value, tuple | list) else () if value is None else (value,)
    bound = (_constant(variable, each) for each in values)
    constants = [ConstantExpression(each) for each in bound if each is not None]
    if not constants:
        return ConstantExpression(False)
    return operand.isin(*constants)


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
