"""What an example program's token says: each variable of the dashboard with a value to begin with, and the
viewer."""

from collections.abc import Iterator, Mapping

from clerestory.bounds import broken_bound
from clerestory.dashboards import Embed, Scalar, Value, Variable
from clerestory.owner.example_code.syntax import Syntax

LOCKED = "Locked: take it from your user's session, never from what the browser sends."
VIEWER = "Bound to its viewer: who is signed in, by your session."
NO_VARIABLES = "This dashboard has no variables."
MAX_CHOICES = 10
"""How many choices a comment names."""
_TYPICAL: dict[str, Scalar] = {"string": "1", "number": 1, "boolean": True, "date": "2026-01-31"}
_TYPES = {"string": "text", "number": "a number", "boolean": "true or false", "date": "a date, YYYY-MM-DD"}
_LISTS = {"string": "texts", "number": "numbers", "boolean": "true and false", "date": "dates, YYYY-MM-DD"}


def env_lines(variables: Mapping[str, Variable], syntax: Syntax) -> Iterator[str]:
    """Lines for between the braces. A variable that may go without a value is commented out."""
    if not variables:
        yield f"{syntax.indent}{syntax.comment} {NO_VARIABLES}"
    for name, variable in variables.items():
        entry = syntax.entry.format(name=syntax.text(name), value=syntax.value(example_value(variable)))
        left_out = variable.default is None and not variable.locked
        yield f"{syntax.indent}{syntax.comment} {_described(variable, syntax)}"
        yield f"{syntax.indent}{syntax.comment} {entry}" if left_out else syntax.indent + entry


def viewer_lines(embed: Embed, syntax: Syntax) -> Iterator[str]:
    """The payload's `sub`, where a token without one is refused."""
    if embed.viewer_bound:
        yield f"{syntax.indent}{syntax.comment} {VIEWER}"
        yield syntax.indent + syntax.entry.format(name=syntax.text("sub"), value=syntax.text("1"))


def example_value(variable: Variable) -> Value:
    """The default; else the first choice; else what a value of that type may look like, within bounds."""
    if variable.default is not None:
        return variable.default
    value = variable.choices[0] if variable.choices else _typical(variable)
    return (value,) if variable.list else value


def _typical(variable: Variable) -> Scalar:
    typical = _TYPICAL[variable.type]
    bounds = [bound for bound in (variable.min, variable.max) if bound is not None]
    return bounds[0] if bounds and broken_bound(variable, typical) else typical


def _described(variable: Variable, syntax: Syntax) -> str:
    if variable.locked:
        return LOCKED
    taken = _taken(variable, syntax)
    return f"Optional: {taken}" if variable.default is None else taken[0].upper() + taken[1:]


def _taken(variable: Variable, syntax: Syntax) -> str:
    """What values the variable takes, in words. The choices are literals, which stay on the line."""
    if variable.choices is None:
        kind = f"a list of {_LISTS[variable.type]}" if variable.list else _TYPES[variable.type]
        return kind + _bounds(variable)
    named = ", ".join(syntax.value(choice) for choice in variable.choices[:MAX_CHOICES])
    more = " …" if len(variable.choices) > MAX_CHOICES else ""
    return f"{'any' if variable.list else 'one'} of {named}{more}"


def _bounds(variable: Variable) -> str:
    least = "" if variable.min is None else f", at least {variable.min}"
    return least if variable.max is None else f"{least}, at most {variable.max}"
