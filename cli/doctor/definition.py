"""The token against the URL, and against the dashboard's definition where it is known."""

from collections.abc import Iterator, Mapping
from typing import Any

from clerestory.catalog import Catalog
from clerestory.dashboards import Dashboard, Organization, Variable
from clerestory.problems import INVALID_TOKEN, OTHER_DASHBOARD, Problem
from clerestory.refusals import Refused
from clerestory.tokens import Claims, Unverified
from clerestory.variables import token_env
from cli.doctor.advice import ADVICE
from cli.doctor.finding import Finding, shown
from cli.doctor.link import Link
from cli.doctor.reasons import reason_finding


def definition_findings(
    link: Link, token: Unverified, claims: Claims, catalog: Catalog | None
) -> Iterator[Finding]:
    owner = catalog.organization(token.organization) if catalog else None
    dashboard = catalog.dashboard(owner, token.dashboard) if catalog and owner else None
    env = dict(claims.env or {})
    yield from _names(link, token, owner, dashboard)
    if dashboard is not None:
        yield from _viewer(dashboard, token)
        yield from _variables(dashboard, env)
        yield from _ignored(dashboard, env)
        return
    if catalog is not None:
        name = f"dashboard {shown(token.dashboard)}" if owner else f"organization {shown(token.organization)}"
        text = f"The {name} isn't in dashboards/, so its variables weren't checked."
        yield Finding("warning", text, "Check the id, if this pack should have it.")
    for finding in _variables(_taking_any(env), env):
        yield finding._replace(weight="warning")


def _names(
    link: Link, token: Unverified, owner: Organization | None, dashboard: Dashboard | None
) -> Iterator[Finding]:
    """The URL may have a slug where the token has an id: only what is known can be compared."""
    for what, url, named, known, kind in (
        ("of the organization", link.organization, token.organization, owner, INVALID_TOKEN),
        ("for the dashboard", link.dashboard, token.dashboard, dashboard, OTHER_DASHBOARD),
    ):
        if url is None or url == named or (known is not None and known.named(url)):
            continue
        text = f"The token is {what} {shown(named)}, and the URL names {shown(url)}."
        if owner is not None or url.isdigit() == named.isdigit():
            yield Finding("cause", text, f"Use one {what.split()[-1]} in both.", kind.code)
        else:
            yield Finding("warning", text, "Check that these are the same one's id and slug.")


def _viewer(dashboard: Dashboard, token: Unverified) -> Iterator[Finding]:
    if dashboard.embed.viewer_bound and not token.viewer:
        text = "The dashboard is bound to its viewer, and the token has no sub."
        yield Finding("cause", text, "Put your user's id into sub.", INVALID_TOKEN.code)


def _variables(dashboard: Dashboard, env: Mapping[str, Any]) -> Iterator[Finding]:
    try:
        token_env(dashboard, env)
    except Refused as refused:
        yield reason_finding(refused)
    except Problem as problem:
        for error in problem.errors:
            text = f"The variable {shown(error.variable)}: {error.detail}."
            yield Finding("cause", text, ADVICE[problem.kind], problem.kind.code)


def _ignored(dashboard: Dashboard, env: Mapping[str, Any]) -> Iterator[Finding]:
    names = ", ".join(shown(name) for name in sorted(map(str.upper, env)) if name not in dashboard.variables)
    if names:
        yield Finding("warning", f"The dashboard has no variable {names}.", "Values for it are ignored.")


def _taking_any(env: Mapping[str, Any]) -> Dashboard:
    """Stands for a dashboard that isn't known: what it doesn't take, no dashboard takes."""
    variables = {name.upper(): Variable(type="string", list=True) for name in env}
    return Dashboard(0, "", "", "", charts=(), variables=variables)
