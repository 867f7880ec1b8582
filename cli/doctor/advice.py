"""What to do about each problem for which a server refuses an embed, or fails it."""

from clerestory import problems

ADVICE = {
    problems.INVALID_TOKEN: "It was signed with none of the organization's secrets: with a wrong secret, one "
    "from before a reset, one whose grace is over, another organization's, or that of one that isn't there. "
    "Compare your program's secret with the settings page's: the whole text, without a line end, and not "
    "decoded from base64.",
    problems.TOKEN_EXPIRED: "Make a new token whenever the page is shown.",
    problems.TOKEN_NOT_YET_VALID: "Set the clock of the program that makes the token.",
    problems.REVOKED: "That was this token, its viewer or the whole dashboard: an owner can undo it under "
    "revocations.",
    problems.OTHER_DASHBOARD: "Use one dashboard in both, the URL and the token.",
    problems.UNKNOWN_DASHBOARD: "Check the dashboard's id, and that the pack with it is deployed.",
    problems.LOCKED_VARIABLE_MISSING: "Fill it from your user's session.",
    problems.INVALID_VARIABLES: "Change the values.",
    problems.RUN_FAILED: "Look at the query function's log; it tries again by itself.",
    problems.UNAVAILABLE: "AWS didn't answer it in time. Try again; if it stays, look at the alarms.",
    problems.INTERNAL_ERROR: "Look at the embed function's log.",
    problems.NOT_FOUND: "Check the URL's beginning, or give --api.",
}
