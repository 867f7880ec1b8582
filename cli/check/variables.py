"""A dashboard's variables: `variables:` in its file."""

import re
from datetime import date, datetime
from typing import get_args

from msgspec.structs import replace

from clerestory.bounds import broken_bound
from clerestory.dashboards import Scalar, Variable, VariableType
from clerestory.session.claims import users_own
from clerestory.variables import MAX_NUMBER
from cli.check.fields import Fields, described
from cli.check.mistakes import Mistakes, did_you_mean
from cli.check.yaml_nodes import Broken, Node, ScalarNode, Sequence

KEYS = ("type", "list", "claim", "choices", "default", "min", "max", "title")
TYPES: tuple[VariableType, ...] = get_args(VariableType)
_NAME = re.compile(r"[A-Z][A-Z0-9_]*", re.ASCII)
_CLAIM = re.compile(r"[!-~]+", re.ASCII)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_NOUN = {"string": "text", "number": "a number", "boolean": "true or false", "date": "a date"}


def read_variables(dashboard: Fields, mistakes: Mistakes) -> dict[str, Variable]:
    variables: dict[str, Variable] = {}
    seen: dict[str, str] = {}
    entries = dashboard.entries("variables")
    for name, node in entries.items():
        if not _NAME.fullmatch(name):
            advice = f': write "{name.upper()}"' if _NAME.fullmatch(name.upper()) else ""
            mistakes.add(node.line, f'variable "{name}": a name is upper-case letters, digits and _{advice}')
        if name.upper() in seen:
            mistakes.add(node.line, f'variable "{name}" is "{seen[name.upper()]}" again: case doesn\'t count')
        seen[name.upper()] = name
        variables[name] = _variable(Fields(node, mistakes, f'variable "{name}"', KEYS))
    return variables


def _variable(fields: Fields) -> Variable:
    kind = _type(fields)
    is_list = fields.flag("list")
    # One that can't be read is noted, and still locked: nothing else follows from the mistake
    claim = fields.text("claim") if fields.has("claim") else None
    if claim and not _CLAIM.fullmatch(claim):
        fields.wrong_at("claim", f"can't be \"{claim}\": a claim's name has no blanks")
    if claim and (part := users_own(claim)):
        fields.wrong_at("claim", f'can\'t be "{claim}": users write {part} themselves')
    variable = Variable(kind or "string", is_list, claim, title=fields.text("title") or None)
    variable = _bounded(fields, variable, kind)
    if fields.has("claim"):
        for key in ("default", "choices"):
            if fields.has(key):
                fields.wrong_at(key, "isn't for a locked variable: only the session's claim fills it")
        return variable
    variable = replace(variable, choices=_choices(fields, variable, kind))
    return replace(variable, default=_default(fields, variable, kind))


def _type(fields: Fields) -> VariableType | None:
    name = fields.text("type", required=True)
    for kind in TYPES:
        if kind == name:
            return kind
    if name:
        fields.wrong_at("type", f'"{name}" isn\'t known{did_you_mean(name, TYPES)}')
    return None


def _bounded(fields: Fields, variable: Variable, kind: VariableType | None) -> Variable:
    """The variable with its `min` and `max`, as far as they can be read."""
    if kind in ("string", "boolean"):
        for key in ("min", "max"):
            if fields.has(key):
                fields.wrong_at(key, "is for a date or a number only")
        return variable
    bounded = replace(variable, min=_bound(fields, "min", kind), max=_bound(fields, "max", kind))
    if bounded.min is not None and broken_bound(bounded, bounded.min):
        fields.wrong_at("max", "must not be less than min")
        return variable
    return bounded


def _bound(fields: Fields, key: str, kind: VariableType | None) -> Scalar | None:
    node = fields.node(key)
    return None if node is None else _typed(fields, key, node, kind)


def _choices(fields: Fields, variable: Variable, kind: VariableType | None) -> tuple[Scalar, ...] | None:
    if fields.node("choices") is None:
        return None
    items = fields.items("choices")
    if not items and isinstance(fields.node("choices"), Sequence):
        fields.wrong_at("choices", "must not be empty")
    choices: list[Scalar] = []
    for item in items:
        value = _typed(fields, "choices", item, kind)
        if value is not None and value in choices:
            fields.wrong(item.line, f"choices has {described(item)} twice")
        elif value is not None:
            choices.append(value)
            _note_broken_bound(fields, "choices", item, variable, value)
    return tuple(choices)


def _default(
    fields: Fields, variable: Variable, kind: VariableType | None
) -> Scalar | tuple[Scalar, ...] | None:
    node = fields.node("default")
    if node is None:
        return None
    if variable.list != isinstance(node, Sequence):
        must = "must be one value, for the variable doesn't say list: true"
        fields.wrong_at(
            "default", "must be a list, for the variable says list: true" if variable.list else must
        )
        return None
    nodes = node.items if isinstance(node, Sequence) else (node,)
    values = tuple(_default_value(fields, each, variable, kind) for each in nodes)
    readable = tuple(value for value in values if value is not None)
    return readable if variable.list else next(iter(readable), None)


def _default_value(
    fields: Fields, node: Node, variable: Variable, kind: VariableType | None
) -> Scalar | None:
    value = _typed(fields, "default", node, kind)
    if value is not None and variable.choices and value not in variable.choices:
        fields.wrong(node.line, f"default {described(node)} isn't one of the choices")
    elif value is not None:
        _note_broken_bound(fields, "default", node, variable, value)
    return value


def _note_broken_bound(fields: Fields, key: str, node: Node, variable: Variable, value: Scalar) -> None:
    if broken := broken_bound(variable, value):
        fields.wrong(node.line, f"{key} {broken}, not {described(node)}")


def _typed(fields: Fields, key: str, node: Node, kind: VariableType | None) -> Scalar | None:
    """The value in the variable's type; None where that is noted as a mistake, or the type is wrong."""
    if kind is None or isinstance(node, Broken):
        return None
    value = _value(node, kind)
    if value is None:
        fields.wrong(node.line, f"{key} must be {_NOUN[kind]}, not {described(node)}{_advice(node, kind)}")
    return value


def _advice(node: Node, kind: VariableType) -> str:
    value = node.value if isinstance(node, ScalarNode) else None
    if kind == "string" and value is not None:
        return ": put it in quotes"
    if kind == "number" and isinstance(value, int | float) and not isinstance(value, bool):
        return ": 2^53 is the largest"
    return ""


def _value(node: Node, kind: VariableType) -> Scalar | None:
    value = node.value if isinstance(node, ScalarNode) else None
    if kind == "boolean":
        return value if isinstance(value, bool) else None
    if kind == "number":
        return _number(value)
    if kind == "date":
        return _iso(value)
    return value if isinstance(value, str) else None


def _number(value: object) -> int | float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if abs(value) <= MAX_NUMBER else None


def _iso(value: object) -> str | None:
    if isinstance(value, date):
        return None if isinstance(value, datetime) else value.isoformat()
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        return None
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError:
        return None
