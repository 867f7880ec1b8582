"""The HTTP API as the template declares it: its routes, authorizers and CORS rules."""

from typing import Any, NamedTuple

from local.template import Template

ANY = "ANY"


class Authorizer(NamedTuple):
    """A JWT authorizer's settings."""

    issuer: str
    audience: tuple[str, ...]


class Route(NamedTuple):
    """`$default` as the path takes whatever no other route takes."""

    method: str
    path: str
    function: str
    authorizer: Authorizer | None

    @property
    def key(self) -> str:
        return self.path if self.path == "$default" else f"{self.method} {self.path}"


class Cors(NamedTuple):
    origins: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    exposed: tuple[str, ...] = ()
    max_age: int | None = None
    credentials: bool = False


class Api(NamedTuple):
    routes: tuple[Route, ...]
    cors: Cors | None


def read_api(template: Template) -> Api:
    """Every `HttpApi` event of every function. The pack has one HTTP API."""
    declared = next(template.resources("AWS::Serverless::HttpApi"), None)
    properties = declared.properties if declared else {}
    authorizers = properties.get("Auth", {})
    routes = tuple(
        _route(function.name, event.get("Properties", {}), authorizers)
        for function in template.resources("AWS::Serverless::Function")
        for event in function.properties.get("Events", {}).values()
        if event["Type"] == "HttpApi"
    )
    cors = properties.get("CorsConfiguration")
    return Api(routes, _cors(cors) if isinstance(cors, dict) else None)


def _route(function: str, event: dict[str, Any], auth: dict[str, Any]) -> Route:
    wanted = event.get("Auth", {}).get("Authorizer", auth.get("DefaultAuthorizer", "NONE"))
    authorizer = None if wanted == "NONE" else _authorizer(auth["Authorizers"][wanted])
    path = event.get("Path", "$default")
    return Route(event.get("Method", ANY).upper(), path, function, authorizer)


def _authorizer(declared: dict[str, Any]) -> Authorizer:
    settings = declared["JwtConfiguration"]
    audience = settings.get("audience", [])
    return Authorizer(settings["issuer"], (audience,) if isinstance(audience, str) else tuple(audience))


def _cors(declared: dict[str, Any]) -> Cors:
    return Cors(
        origins=tuple(declared.get("AllowOrigins", ())),
        methods=tuple(declared.get("AllowMethods", ())),
        headers=tuple(declared.get("AllowHeaders", ())),
        exposed=tuple(declared.get("ExposeHeaders", ())),
        max_age=int(declared["MaxAge"]) if "MaxAge" in declared else None,
        credentials=declared.get("AllowCredentials") in (True, "true"),
    )
