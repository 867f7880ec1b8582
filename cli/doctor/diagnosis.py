"""What can be told of an embed from its URL alone, at a given time: nothing is asked."""

from clerestory.catalog import Catalog
from clerestory.mint.minting import MAX_URL
from clerestory.problems import INVALID_TOKEN
from clerestory.refusals import Refused
from clerestory.tokens import claims_of, read
from cli.doctor.definition import definition_findings
from cli.doctor.finding import Finding
from cli.doctor.life import life_findings
from cli.doctor.link import Link
from cli.doctor.reasons import reason_finding


def diagnose(link: Link, now: float, catalog: Catalog | None) -> list[Finding]:
    """Everything but the signature, which only the server can check. By the verifier's own reasons, which
    it keeps from everybody else."""
    findings = _length(link)
    try:
        unverified = read(link.token)
    except Refused as refused:
        return [*findings, reason_finding(refused, link.token)]
    claims = claims_of(unverified)
    life = life_findings(claims, now, link.token)
    findings += life
    if not any(finding.code == INVALID_TOKEN.code for finding in life):
        findings += definition_findings(link, unverified, dict(claims.env or {}), catalog)
    return findings


def _length(link: Link) -> list[Finding]:
    if link.characters <= MAX_URL:
        return []
    text = f"The URL is too long for some browsers: {link.characters:,} characters; they take {MAX_URL:,}."
    return [Finding("warning", text, "Put fewer or shorter values into env.")]
