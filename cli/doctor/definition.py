"""The token against the URL, and against the dashboard's definition where `dashboards/` has it."""

from collections.abc import Iterator
from typing import Any

from clerestory.catalog import Catalog
from clerestory.dashboards import Dashboard, Organization
from clerestory.problems import INVALID_TOKEN, LOCKED_VARIABLE_MISSING, OTHER_DASHBOARD, Problem
from clerestory.refusals import Refused
from clerestory.tokens import Unverified
from clerestory.variables import token_env
from cli.doctor.finding import Finding, Weight, shown
from cli.doctor.link import Link


def definition_findings(
    link: Link, token: Unverified, env: dict[str, Any], catalog: Catalog | None
) -> list[Finding]:
    organization = catalog.organization(token.organization) if catalog else None
    dashboard = catalog.dashboard(organization, token.dashboard) if catalog and organization else None
    of_url = catalog.dashboard(organization, link.dashboard) if catalog and organization else None
    findings = [*_organization(link, token, organization), *_dashboard(link, token, of_url or dashboard)]
    if dashboard is not None:
        return [*findings, *_viewer(dashboard, token), *_variables(dashboard, env)]
    if catalog is not None:
        findings.append(_unknown(token, organization))
    return [*findings, *_odd_values(env)]


def _organization(link: Link, signed: Unverified, known: Organization | None) -> Iterator[Finding]:
    """The URL has a slug where tokens have an id: only what is known can be compared."""
    url, token = link.organization, signed.organization
    if url is None or url == token or (known is not None and known.named(url)):
        return
    text = f"The token is of the organization {shown(token)}, and the URL names {shown(url)}."
    if known is not None or url.isdigit() == token.isdigit():
        yield Finding("cause", text, "Use the URL of the token's organization.", INVALID_TOKEN.code)
    else:
        yield Finding("warning", text, "Check that these are the same one's id and slug.")


def _dashboard(link: Link, signed: Unverified, known: Dashboard | None) -> Iterator[Finding]:
    url, token = link.dashboard, signed.dashboard
    if url == token or (known is not None and known.named(url) and known.named(token)):
        return
    text = f"The token is for the dashboard {shown(token)}, and the URL names {shown(url)}."
    if known is not None or url.isdigit() == token.isdigit():
        yield Finding("cause", text, "Use one dashboard in both.", OTHER_DASHBOARD.code)
    else:
        yield Finding("warning", text, "Check that these are the same one's id and slug.")


def _unknown(token: Unverified, organization: Organization | None) -> Finding:
    what, name = (
        ("organization", token.organization) if organization is None else ("dashboard", token.dashboard)
    )
    text = f"The {what} {shown(name)} isn't in dashboards/, so its variables weren't checked."
    return Finding("warning", text, "Check the id, if this pack should have it.")


def _viewer(dashboard: Dashboard, token: Unverified) -> Iterator[Finding]:
    if dashboard.embed.viewer_bound and not token.viewer:
        text = "The dashboard is bound to its viewer, and the token has no sub."
        yield Finding("cause", text, "Put your user's id into sub.", INVALID_TOKEN.code)


def _variables(dashboard: Dashboard, env: dict[str, Any]) -> Iterator[Finding]:
    """By the rules of the server itself, whose words hold no value."""
    try:
        token_env(dashboard, env)
    except Refused as refused:
        yield _odd_value("cause", refused.part)
        return
    except Problem as problem:
        advice = (
            "Fill it from your user's session."
            if problem.kind is LOCKED_VARIABLE_MISSING
            else "Change its value."
        )
        for error in problem.errors:
            text = f"The variable {shown(error.variable)}: {error.detail}."
            yield Finding("cause", text, advice, problem.kind.code)
    ignored = sorted(name.upper() for name in env if name.upper() not in dashboard.variables)
    if ignored:
        names = ", ".join(shown(name) for name in ignored)
        yield Finding("warning", f"The dashboard has no variable {names}.", "Values for it are ignored.")


def _odd_values(env: dict[str, Any]) -> Iterator[Finding]:
    """Of a dashboard whose variables aren't known."""
    for name, value in env.items():
        elements = value if isinstance(value, list) else [value]
        if any(isinstance(each, dict | list) for each in elements):
            yield _odd_value("warning", name)


def _odd_value(weight: Weight, variable: str) -> Finding:
    text = f"The variable {shown(variable)} has an object or a list of lists for a value."
    advice = "Use text, a number, true, false, or a list of those."
    return Finding(weight, text, advice, INVALID_TOKEN.code)
