"""Which route takes a request, by API Gateway's rules."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from local.gateway.api import ANY, Route

_VARIABLE = re.compile(r"\{(\w+)(\+?)\}")


class Match(NamedTuple):
    route: Route
    parameters: dict[str, str]


class NoRouteError(Exception):
    """No route takes the path."""


class WrongMethodError(Exception):
    """Routes take the path, but only with other methods: `allowed`, as a header's value."""

    def __init__(self, allowed: str) -> None:
        self.allowed = allowed


class Router:
    """Picks the most specific path: text before a variable, a variable before a greedy one, and
    `$default` last. The same path with the method itself goes before one with any method."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._routes = [(route, _pattern(route.path)) for route in sorted(routes, key=_specificity)]

    def match(self, method: str, path: str) -> Match:
        """Raises NoRouteError and WrongMethodError."""
        matches = [
            Match(route, path_match.groupdict())
            for route, pattern in self._routes
            if (path_match := pattern.fullmatch(path))
        ]
        for match in matches:
            if match.route.method in (method, ANY):
                return match
        if not matches:
            raise NoRouteError
        raise WrongMethodError(", ".join(sorted({match.route.method for match in matches})))


def _pattern(path: str) -> re.Pattern[str]:
    if path == "$default":
        return re.compile(".*", re.DOTALL)
    parts, end = [], 0
    for variable in _VARIABLE.finditer(path):
        name, greedy = variable.groups()
        parts += [re.escape(path[end : variable.start()]), f"(?P<{name}>{'.+' if greedy else '[^/]+'})"]
        end = variable.end()
    return re.compile("".join([*parts, re.escape(path[end:])]), re.DOTALL)


def _specificity(route: Route) -> tuple[object, ...]:
    """Sorts the more specific route first."""
    if route.path == "$default":
        return (True, (), True)
    kinds = tuple(_kind(segment) for segment in route.path.split("/"))
    return (False, kinds, route.method == ANY)


def _kind(segment: str) -> int:
    variable = _VARIABLE.fullmatch(segment)
    return 0 if not variable else 2 if variable[2] else 1
