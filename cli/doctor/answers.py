"""What the server's answer means, beside what was told without asking."""

from clerestory import problems
from cli.doctor.asking import Answer
from cli.doctor.finding import Finding, duration, shown

SKEW = 5
"""Seconds that two clocks may differ before it is worth a word."""
UNAVAILABLE = ("AWS didn't answer it in time", "Try again; if it stays, look at the alarms.")

_MEANINGS = {
    problems.INVALID_TOKEN.code: (
        "the token was signed with none of the organization's secrets: with a wrong secret, one from before "
        "a reset, one whose grace is over, another organization's, or that of one that isn't there",
        "Compare your program's secret with the settings page's: the whole text, without a line end, and "
        "not decoded from base64.",
    ),
    problems.TOKEN_EXPIRED.code: ("the token has expired", "Make a new token whenever the page is shown."),
    problems.TOKEN_NOT_YET_VALID.code: (
        "the token isn't valid yet",
        "Set the clock of the program that makes it.",
    ),
    problems.REVOKED.code: (
        "the token was revoked: this token, its viewer or the whole dashboard",
        "An owner can undo it under revocations.",
    ),
    problems.OTHER_DASHBOARD.code: (
        "the token is for another dashboard",
        "Use one dashboard in the URL and the token.",
    ),
    problems.UNKNOWN_DASHBOARD.code: (
        "the token is for a dashboard that isn't there",
        "Check the dashboard's id, and that the pack with it is deployed.",
    ),
    problems.LOCKED_VARIABLE_MISSING.code: (
        "the token has no value for a locked variable",
        "Fill it from your user's session.",
    ),
    problems.INVALID_VARIABLES.code: ("the token has wrong values for variables", "Change their values."),
    problems.RUN_FAILED.code: (
        "its queries failed",
        "Look at the query function's log; it tries again by itself.",
    ),
    problems.UNAVAILABLE.code: UNAVAILABLE,
    problems.INTERNAL_ERROR.code: ("it has a fault", "Look at the embed function's log."),
    problems.NOT_FOUND.code: ("it has no such route", "Check the URL's beginning, or give --api."),
}


def with_answer(findings: list[Finding], answer: Answer, opened: bool) -> list[Finding]:
    """The server has the last word: what it takes has no cause to fail. A refusal that was explained
    without it is told once."""
    if not answer.refused:
        taken = [each._replace(weight="warning") if each.weight == "cause" else each for each in findings]
        return [*taken, _taken(answer, opened)]
    if any(answer.code and answer.code == each.code for each in findings if each.weight == "cause"):
        return [*findings, Finding("ok", f"The server says the same: {answer.status}, {answer.code}.")]
    return [*findings, _refusal(answer)]


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
        text = "The server takes the token, and its queries run still."
        return Finding("warning", text, "Ask again later.")
    text = "The server takes the token; it was never opened, its queries run, or they failed."
    return Finding("ok", text, "--open tells, and counts as an embed.")


def _refusal(answer: Answer) -> Finding:
    if meaning := _MEANINGS.get(answer.code):
        names = ", ".join(map(shown, answer.variables))
        text = f"The server says: {meaning[0]}{f' ({names})' if names else ''}."
        return Finding("cause", text, meaning[1], answer.code)
    return Finding("cause", *_foreign(answer.status))


def _foreign(status: int) -> tuple[str, str]:
    """Of an answer that gives no reason of Clerestory's."""
    if 300 <= status < 400:
        text = f"The server redirects ({status}), and that isn't followed: the token would go along."
        return text, "Use the URL that embeds are served at, or give it as --api."
    if status in (413, 414, 431):
        return f"What stands before the pack finds the URL too long ({status}).", "Shorten env."
    if status == 503:
        why, advice = UNAVAILABLE
        return f"The server answers 503: {why}.", advice
    text = f"The server answers {status}, without a reason that Clerestory gives."
    return text, "Check that the pack answers there, and what stands before it."
