"""What the server's answer means, beside what was told without asking."""

from clerestory.problems import UNAVAILABLE
from cli.doctor.advice import ADVICE
from cli.doctor.asking import Answer
from cli.doctor.finding import Finding, duration, shown

SKEW = 5
"""Seconds that two clocks may differ before it is worth a word."""

_KINDS = {kind.code: kind for kind in ADVICE}
# Given by what stands before the pack, too.
_FOREIGN = {
    503: ADVICE[UNAVAILABLE],
    **dict.fromkeys((413, 414, 431), "What stands before the pack finds the URL too long: shorten env."),
    **dict.fromkeys(
        range(300, 400),
        "Redirects aren't followed, for the token would go along: use the URL that embeds are served at, or "
        "give it as --api.",
    ),
}


def with_answer(findings: list[Finding], answer: Answer, opened: bool) -> list[Finding]:
    """The server has the last word: what it takes has no cause to fail. A refusal that was explained
    without it is told once."""
    if answer.status == 200:
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
    if kind := _KINDS.get(answer.code):
        names = ", ".join(map(shown, answer.variables))
        text = f"The server answers {answer.status}: {kind.title}{f' ({names})' if names else ''}."
        return Finding("cause", text, ADVICE[kind], kind.code)
    text = f"The server answers {answer.status}, without a reason that Clerestory gives."
    elsewhere = "Check that the pack answers there, and what stands before it."
    return Finding("cause", text, _FOREIGN.get(answer.status, elsewhere))
