"""The bounds of a date or a number variable: `min` and `max`, both inclusive."""

from clerestory.dashboards import Scalar, Variable


def broken_bound(variable: Variable, value: Scalar) -> str | None:
    """Which bound the value breaks, in words that hold the bound and not the value; None for a value
    within. The value has the variable's type."""
    if variable.min is not None and _less(value, variable.min):
        return f"must be {variable.min} or {'later' if variable.type == 'date' else 'more'}"
    if variable.max is not None and _less(variable.max, value):
        return f"must be {variable.max} or {'earlier' if variable.type == 'date' else 'less'}"
    return None


def _less(one: Scalar, other: Scalar) -> bool:
    """Dates are compared as text: years have four digits."""
    if isinstance(one, str) or isinstance(other, str):
        return str(one) < str(other)
    return one < other
