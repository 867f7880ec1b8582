"""The owner's route for example code."""

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response

from clerestory.answers import json_answer
from clerestory.catalog import Catalog
from clerestory.owner.example_code import LANGUAGES, example_code
from clerestory.owner.routes.request import owned_organization
from clerestory.problems import INVALID_REQUEST, UNKNOWN_DASHBOARD, Problem
from clerestory.session.session import SessionRules
from clerestory.web import read_request

DEFAULT_LANGUAGE = "python"


class OwnerExamples:
    """`public_base` gives the URL that embeds are served under, from the API's address."""

    def __init__(self, catalog: Catalog, rules: SessionRules, public_base: Callable[[str], str]) -> None:
        self._catalog = catalog
        self._rules = rules
        self._public_base = public_base

    async def show(self, request: Request) -> Response:
        """`GET …/dashboards/{dashboard}/example-code?language=`: Python by default. Holds no secret."""
        call = await read_request(request)
        organization, _ = owned_organization(call, self._catalog, self._rules)
        dashboard = self._catalog.dashboard(organization, call.names["dashboard"])
        if dashboard is None:
            raise Problem(UNKNOWN_DASHBOARD)
        language = call.query.get("language", DEFAULT_LANGUAGE)
        if language not in LANGUAGES:
            raise Problem(INVALID_REQUEST, f"language must be one of {', '.join(LANGUAGES)}.")
        public_url = self._public_base(call.address)
        return json_answer(example_code(language, organization, dashboard, public_url))
