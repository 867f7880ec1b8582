"""A dashboard's variables and the values they may take.

Two readings. What a visitor sends to mint is checked strictly against the definition. What stands in
a signed token is the organization's own word, often from a program that made everything text, so it
is converted where that is possible without doubt.
"""

import math
import re
from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any

from clerestory.bounds import broken_bound
from clerestory.dashboards import Dashboard, DashboardSummary, Scalar, Value, Variable
from clerestory.problems import (
    CLAIM_MISSING,
    INVALID_VARIABLES,
    LOCKED_VARIABLE,
    LOCKED_VARIABLE_MISSING,
    Problem,
    VariableError,
)
from clerestory.refusals import Refused
from clerestory.session.session import Session

Env = dict[str, Value]
MAX_VALUES = 500
MAX_NUMBER = 2**53 - 1
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_DATE_AND_TIME = re.compile(r"\d{4}-\d{2}-\d{2}[T ].*", re.ASCII)
_NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,15})?", re.ASCII)


class WrongValue(Exception):
    """Why a value doesn't fit its variable, in words that don't hold the value."""


class OutOfBounds(WrongValue):
    """The value has the variable's type, and breaks its `min` or `max`."""


class NotPlain(WrongValue):
    """No string, number, boolean or list of those (section 2 of the design), whatever the variable."""


def visitor_env(dashboard: Dashboard, sent: Mapping[str, Any]) -> Env:
    """The visitor's own values, checked. Raises 403 for a locked variable, 422 naming each wrong one."""
    named = _by_upper_name(sent)
    locked = [name for name in named if name in dashboard.variables and dashboard.variables[name].locked]
    if locked:
        errors = tuple(VariableError(name, "only the session can set it") for name in sorted(locked))
        raise Problem(LOCKED_VARIABLE, errors=errors)
    env: Env = {}
    errors = ()
    for name, value in named.items():
        try:
            variable = dashboard.variables.get(name)
            if variable is None:
                raise WrongValue("the dashboard has no such variable")
            env[name] = checked(variable, value)
        except WrongValue as wrong:
            errors += (VariableError(name, str(wrong)),)
    if errors:
        raise Problem(INVALID_VARIABLES, errors=errors)
    return env


def session_env(dashboard: Dashboard | DashboardSummary, session: Session) -> Env:
    """The locked variables, filled from the session's claims. Raises 403 where a claim is missing or
    doesn't fit its variable."""
    env: Env = {}
    for name, variable in dashboard.variables.items():
        if variable.claim is not None:
            try:
                env[name] = _claimed(variable, session.claim(variable.claim))
            except WrongValue as wrong:
                why = str(wrong) if isinstance(wrong, OutOfBounds) else "is missing or has another type"
                error = VariableError(name, f"the session's claim for it {why}")
                raise Problem(CLAIM_MISSING, errors=(error,)) from None
    return env


def token_env(dashboard: Dashboard, sent: Mapping[str, Any]) -> dict[str, Value | None]:
    """Every declared variable's value for the run: the token's, the default, or None. Names that
    the dashboard doesn't declare are ignored: old programs send them."""
    named = _by_upper_name({name: sent[name] for name in sent if name.upper() in dashboard.variables})
    env: dict[str, Value | None] = {}
    errors: tuple[VariableError, ...] = ()
    for name, variable in dashboard.variables.items():
        value = named.get(name)
        try:
            env[name] = variable.default if _is_nothing(value) else converted(variable, value)
        except NotPlain:
            raise Refused("value", name) from None
        except WrongValue as wrong:
            errors += (VariableError(name, str(wrong)),)
    missing = tuple(
        VariableError(name, "the token has no value for it")
        for name, variable in dashboard.variables.items()
        if variable.locked and _is_nothing(named.get(name))
    )
    if missing:
        raise Problem(LOCKED_VARIABLE_MISSING, errors=missing)
    if errors:
        raise Problem(INVALID_VARIABLES, errors=errors)
    return env


def checked(variable: Variable, value: Any) -> Value:
    """The value if it has the variable's type, is one of its choices and within its bounds. A single
    value is taken for a list of one; a list of choices comes back in their order, so that equal sets are
    equal."""
    if not variable.list:
        return _checked_scalar(variable, value)
    values = _elements(value)
    scalars = tuple(dict.fromkeys(_checked_scalar(variable, each) for each in values))
    if variable.choices is not None:
        return tuple(choice for choice in variable.choices if choice in scalars)
    return tuple(_checked_scalar(variable, each) for each in values)


def converted(variable: Variable, value: Any) -> Value:
    """The value in the variable's type, by the one conversion that can be meant, if it is one of the
    variable's choices and within its bounds."""
    values = _elements(value)
    if variable.list:
        return tuple(_fitting(variable, _converted_scalar(variable, each)) for each in values)
    if len(values) > 1:
        raise WrongValue("takes one value, not a list")
    return _fitting(variable, _converted_scalar(variable, values[0]))


def _claimed(variable: Variable, claim: Any) -> Value:
    """The claim in the variable's type. A list fills a list only, and each of its values must be plain:
    what an issuer meant by anything else would be a guess."""
    values = claim if variable.list and isinstance(claim, list) else [claim]
    if any(_is_nothing(each) or not isinstance(each, Scalar) for each in values):
        raise WrongValue("takes plain values only")
    return converted(variable, claim)


def _by_upper_name(sent: Mapping[str, Any]) -> dict[str, Any]:
    twice = [name for name, count in Counter(name.upper() for name in sent).items() if count > 1]
    if twice:
        raise Problem(
            INVALID_VARIABLES, errors=tuple(VariableError(name, "is given twice") for name in twice)
        )
    return {name.upper(): value for name, value in sent.items()}


def _is_nothing(value: Any) -> bool:
    """No value that a locked variable could be run with: absent, null, empty, or a list of nothing."""
    if isinstance(value, list | tuple):
        return all(_is_nothing(each) for each in value)
    return value is None or (isinstance(value, str) and not value.strip())


def _elements(value: Any) -> list[Any]:
    values = list(value) if isinstance(value, list | tuple) else [value]
    if not values:
        raise WrongValue("needs at least one value")
    if len(values) > MAX_VALUES:
        raise WrongValue(f"takes at most {MAX_VALUES} values")
    return values


def _checked_scalar(variable: Variable, value: Any) -> Scalar:
    if isinstance(value, list | tuple):
        raise WrongValue("takes one value, not a list")
    return _fitting(variable, _TYPE_CHECKS[variable.type](value))


def _fitting(variable: Variable, scalar: Scalar) -> Scalar:
    if variable.choices is not None and scalar not in variable.choices:
        raise WrongValue("is none of the choices")
    if broken := broken_bound(variable, scalar):
        raise OutOfBounds(broken)
    return scalar


def _string(value: Any) -> str:
    if not isinstance(value, str):
        raise WrongValue("must be a string")
    if any(ord(character) < 32 and character not in "\t\n\r" for character in value):
        raise WrongValue("holds a control character")
    return value


def _number(value: Any) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise WrongValue("must be a number")
    if abs(value) > MAX_NUMBER:
        raise WrongValue("is too large a number")
    return value


def _boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise WrongValue("must be true or false")
    return value


def _date(value: Any) -> str:
    """ISO 8601, `YYYY-MM-DD`, and a day that exists."""
    try:
        if isinstance(value, str) and _DATE.fullmatch(value):
            return date.fromisoformat(value).isoformat()
    except ValueError:
        pass
    raise WrongValue("must be a date like 2013-01-31")


_TYPE_CHECKS = {"string": _string, "number": _number, "boolean": _boolean, "date": _date}


def _converted_scalar(variable: Variable, value: Any) -> Scalar:
    """Old programs send `str(value)` for everything (the seed's Django example)."""
    if isinstance(value, dict | list | tuple) or value is None:
        raise (NotPlain if isinstance(value, dict) else WrongValue)("takes plain values only")
    text = str(value).lower() if isinstance(value, bool) else str(value)
    if variable.type == "string":
        return _string(str(int(value)) if isinstance(value, float) and value.is_integer() else text)
    if variable.type == "number" and isinstance(value, str) and _NUMBER.fullmatch(value.strip()):
        return _number(float(value) if "." in value else int(value))
    if variable.type == "boolean" and text.lower() in ("true", "false"):
        return text.lower() == "true"
    if variable.type == "date" and _DATE_AND_TIME.fullmatch(text):
        return _date(text[:10])
    return _TYPE_CHECKS[variable.type](value)
