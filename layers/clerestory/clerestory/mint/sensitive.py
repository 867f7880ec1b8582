"""Values that look like personal data, which a token must not carry: its payload is readable by
anyone who sees the URL (the seed, "Sensitive Data")."""

import re
from collections.abc import Callable, Iterable, Iterator

from clerestory.dashboards import Scalar

_SSN = re.compile(r"(?<!\d)(?!000|666|9\d\d)\d{3}([- ])(?!00)\d{2}\1(?!0000)\d{4}(?!\d)", re.ASCII)
# Groups of digits, but not a fraction: coordinates are long numbers too.
_DIGITS = re.compile(r"(?<!\d)(?<!\d\.)\d+(?:[ -]\d+)*", re.ASCII)
# How long card numbers are, and what issuers' begin with: neither a year of ours nor a time in milliseconds.
_CARD = re.compile(r"(?=\d{13,19}$)(?:2[2-7]|3[04-9]|[456])", re.ASCII)
_LONGEST_CARD = 19
_EMAIL = re.compile(r"(?<![^\s@])[^\s@]+@[^\s@]+\.[A-Za-z]{2,}")
_IBAN = re.compile(r"(?<![A-Z0-9])[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?(?![A-Z0-9])")


def _us_ssn(text: str) -> bool:
    return _SSN.search(text) is not None


def _payment_card(text: str) -> bool:
    return any(
        _CARD.match(number) and _luhn([int(digit) for digit in number])
        for run in _DIGITS.findall(text)
        for number in _numbers(re.split("[ -]", run))
    )


def _numbers(groups: list[str]) -> Iterator[str]:
    """What neighbouring groups make together: a card's number may stand next to other digits."""
    for start in range(len(groups)):
        number = ""
        for group in groups[start : start + _LONGEST_CARD]:
            number += group
            if len(number) > _LONGEST_CARD:
                break
            yield number


def _luhn(digits: list[int]) -> bool:
    """ISO/IEC 7812-1 annex B."""
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[-2::-2]]
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def _email(text: str) -> bool:
    return _EMAIL.search(text) is not None


def _iban(text: str) -> bool:
    return any(_mod97(iban.group().replace(" ", "")) for iban in _IBAN.finditer(text))


def _mod97(iban: str) -> bool:
    """ISO 13616 with the check of ISO 7064."""
    return int("".join(str(int(character, 36)) for character in iban[4:] + iban[:4])) % 97 == 1


KINDS: dict[str, Callable[[str], bool]] = {
    "us-ssn": _us_ssn,
    "payment-card": _payment_card,
    "email": _email,
    "iban": _iban,
}


def sensitive_kind(values: Iterable[Scalar], kinds: Iterable[str]) -> str | None:
    """The first of `kinds` that one of the values looks like."""
    texts = [str(value) for value in values if not isinstance(value, bool)]
    return next((kind for kind in kinds if any(KINDS[kind](text) for text in texts)), None)
