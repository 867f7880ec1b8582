"""The verifier's reasons to refuse a token whatever the time is, in words."""

from clerestory.refusals import Refused, Rule
from clerestory.tokens import MAX_CHARACTERS, REFUSED_PARAMETERS
from cli.doctor.finding import Finding, Words
from cli.doctor.form import algorithm_words, form_words, header_of, object_words

_TYPES = {
    "organization": Words("is neither text nor a whole number", "Use the id as it is shown."),
    "dashboard": Words("is neither text nor a whole number", "Use the id as it is shown."),
    "env": Words("isn't an object", "Map the variables' names to their values."),
    "sub": Words("is neither text nor a whole number", "Write the viewer's id as text."),
}
_DATE = Words("isn't a number", "Write it in seconds since 1970, UTC.")
_ALWAYS: dict[Rule, Words] = {
    "kid": Words("The token's kid isn't text.", "Leave it out, or write the key's id as a string."),
    "undated": Words("The token has neither iat nor exp.", "Set iat to the time when it is made."),
    "unreadable": Words("The token can't be read.", "Let a JWT library make it, from plain values."),
}


def reason_finding(refused: Refused, token: str) -> Finding:
    return Finding("cause", *_words(refused, token), refused.kind.code)


def _words(refused: Refused, token: str) -> Words:
    match refused.rule:
        case "length":
            text = f"it is too long, with {len(token):,} characters, and {MAX_CHARACTERS:,} are the most."
            return Words(f"The token is malformed: {text}", "Put fewer or shorter values into env.")
        case "form":
            return form_words(token)
        case "object":
            return object_words(refused.part)
        case "algorithm":
            return algorithm_words(token)
        case "parameters":
            names = ", ".join(sorted(REFUSED_PARAMETERS.intersection(header_of(token))))
            text = f"The token's header has {names}, which is refused."
            return Words(text, "Leave it out: only alg, typ and kid are needed.")
        case "missing":
            text = f"The token has no {refused.part}."
            return Words(text, f"Put the {refused.part}'s id into the payload.")
        case "type":
            why, advice = _TYPES.get(refused.part, _DATE)
            return Words(f"The token's {refused.part} {why}.", advice)
    return _ALWAYS[refused.rule]
