"""What can be told of an embed from its URL alone, at a given time: nothing is asked."""

from clerestory.dashboards import Catalog
from clerestory.mint.minting import MAX_URL
from clerestory.problems import INVALID_TOKEN, Problem
from clerestory.tokens import read
from cli.doctor.claims import claims_findings
from cli.doctor.definition import definition_findings
from cli.doctor.finding import Finding, has_cause
from cli.doctor.form import MalformedError, form_findings, read_contents
from cli.doctor.link import Link


def diagnose(link: Link, now: float, catalog: Catalog | None) -> list[Finding]:
    """Everything but the signature, which only the server can check."""
    findings = _length(link)
    try:
        contents = read_contents(link.token)
    except MalformedError as malformed:
        return [*findings, malformed.finding]
    findings += form_findings(contents)
    claims = claims_findings(contents.claims, now)
    findings += claims
    if not any(finding.code == INVALID_TOKEN.code for finding in claims):
        findings += definition_findings(link, contents.claims, catalog)
    return findings if has_cause(findings) else [*findings, *_anything_else(link)]


def _length(link: Link) -> list[Finding]:
    if link.characters <= MAX_URL:
        return []
    text = f"The URL is too long for some browsers: {link.characters:,} characters; they take {MAX_URL:,}."
    return [Finding("warning", text, "Put fewer or shorter values into env.")]


def _anything_else(link: Link) -> list[Finding]:
    """What the server refuses and no finding explains."""
    try:
        read(link.token)
    except Problem:
        text = "The token can't be read."
        return [Finding("cause", text, "Let a JWT library make it, from plain values.", INVALID_TOKEN.code)]
    return []
