"""What the server's answer means, beside what was found without asking."""

from typing import NamedTuple

from clerestory import problems
from clerestory.problems import Kind
from cli.doctor.asking import Answer
from cli.doctor.finding import Finding, duration, shown

SKEW = 5
"""Seconds that two clocks may differ before it is worth a word."""


class _Meaning(NamedTuple):
    text: str
    advice: str


def _by_code(meanings: dict[Kind, _Meaning]) -> dict[str, _Meaning]:
    return {kind.code: meaning for kind, meaning in meanings.items()}


_REFUSALS = _by_code(
    {
        problems.INVALID_TOKEN: _Meaning(
            "was signed with none of the organization's secrets: with a wrong secret, one from before a "
            "reset, one whose grace is over, another organization's, or that of one that isn't there",
            "Compare your program's secret with the settings page's: the whole text, without a line end, and "
            "not decoded from base64.",
        ),
        problems.TOKEN_EXPIRED: _Meaning("has expired", "Make a new token whenever the page is shown."),
        problems.TOKEN_NOT_YET_VALID: _Meaning(
            "isn't valid yet", "Set the clock of the program that makes it."
        ),
        problems.REVOKED: _Meaning(
            "was revoked: this token, its viewer or the whole dashboard",
            "An owner can undo it under revocations.",
        ),
        problems.OTHER_DASHBOARD: _Meaning(
            "is for another dashboard", "Use one dashboard in the URL and the token."
        ),
        problems.UNKNOWN_DASHBOARD: _Meaning(
            "is for a dashboard that isn't there",
            "Check the dashboard's id, and that the pack with it is deployed.",
        ),
        problems.LOCKED_VARIABLE_MISSING: _Meaning(
            "has no value for a locked variable", "Fill it from your user's session."
        ),
        problems.INVALID_VARIABLES: _Meaning("has wrong values for variables", "Change their values."),
    }
)
_FAILURES = _by_code(
    {
        problems.RUN_FAILED: _Meaning(
            "its queries failed.", "Look at the query function's log; it tries again by itself."
        ),
        problems.UNAVAILABLE: _Meaning(
            "AWS didn't answer it in time.", "Try again; if it stays, look at the alarms."
        ),
        problems.INTERNAL_ERROR: _Meaning("it has a fault.", "Look at the embed function's log."),
        problems.NOT_FOUND: _Meaning("it has no such route.", "Check the URL's beginning, or give --api."),
    }
)


def with_answer(findings: list[Finding], answer: Answer, opened: bool) -> list[Finding]:
    """The server has the last word: what it takes has no cause to fail. A refusal that was explained
    without it is said once."""
    if not answer.refused:
        taken = [each._replace(weight="warning") if each.weight == "cause" else each for each in findings]
        return [*taken, _taken(answer, opened)]
    if any(answer.code and answer.code == each.code for each in findings if each.weight == "cause"):
        return [*findings, Finding("ok", f"The server says the same: {answer.status}, {answer.code}.")]
    return [*findings, _refusal(answer)]


def _refusal(answer: Answer) -> Finding:
    if meaning := _REFUSALS.get(answer.code):
        names = ", ".join(shown(name) for name in answer.variables)
        text = f"The server says: the token {meaning.text}{f' ({names})' if names else ''}."
        return Finding("cause", text, meaning.advice, answer.code)
    if meaning := _FAILURES.get(answer.code):
        return Finding("cause", f"The server says: {meaning.text}", meaning.advice, answer.code)
    return _foreign(answer.status)


def clock_finding(answer: Answer) -> list[Finding]:
    if abs(answer.skew) < SKEW:
        return []
    way = "ahead of" if answer.skew > 0 else "behind"
    text = f"This machine's clock is {duration(answer.skew)} {way} the server's."
    return [Finding("warning", text, "Set it, or judge the times by the server's: --clock-from-server.")]


def _taken(answer: Answer, opened: bool) -> Finding:
    if answer.computed:
        return Finding("ok", "The server takes the token, and its results are there.")
    if opened:
        return Finding(
            "warning", "The server takes the token, and its queries run still.", "Ask again later."
        )
    return Finding(
        "ok",
        "The server takes the token; it was never opened, its queries run, or they failed.",
        "--open tells, and counts as an embed.",
    )


def _foreign(status: int) -> Finding:
    if 300 <= status < 400:
        text = f"The server redirects ({status}), and that isn't followed: the token would go along."
        return Finding("cause", text, "Use the URL that embeds are served at, or give it as --api.")
    if status in (413, 414, 431):
        return Finding(
            "cause", f"What stands before the pack finds the URL too long ({status}).", "Shorten env."
        )
    if status == 503:
        meaning = _FAILURES[problems.UNAVAILABLE.code]
        return Finding("cause", f"The server answers 503: {meaning.text}", meaning.advice)
    text = f"The server answers {status}, without a reason that Clerestory gives."
    return Finding("cause", text, "Check that the pack answers there, and what stands before it.")
