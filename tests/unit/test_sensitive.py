"""Personal data that an embed's URL must not carry, and ordinary values that it may."""

from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clerestory.dashboards import Dashboard, Organization, Variable
from clerestory.mint.minting import EmbedRequest, Minter
from clerestory.mint.sensitive import KINDS, sensitive_kind
from clerestory.problems import SENSITIVE_VALUE, Problem
from clerestory.secret.keyset import first_keyset
from tests.sessions import session_with

DEFAULT = ("us-ssn", "payment-card")

# The issuers' own test numbers
CARDS = [
    "4111111111111111",
    "4012888888881881",
    "4222222222222",
    "5555555555554444",
    "5105105105105100",
    "2223003122003222",
    "378282246310005",
    "371449635398431",
    "6011111111111117",
    "6011000990139424",
    "30569309025904",
    "3530111333300000",
    "6200000000000005",
]


def grouped(number: str, separator: str) -> str:
    sizes = (4, 6, 5) if len(number) == 15 else (4, 4, 4, 4)
    starts = [sum(sizes[:place]) for place in range(len(sizes))]
    return separator.join(number[start : start + size] for start, size in zip(starts, sizes, strict=True))


def test_knows_a_payment_card(subtests: pytest.Subtests) -> None:
    for separator, number in product(["", " ", "-"], CARDS):
        with subtests.test(separator=separator, number=number):
            assert sensitive_kind([grouped(number, separator)], DEFAULT) == "payment-card"


@pytest.mark.parametrize(
    "text",
    [
        "card 4111 1111 1111 1111, please",
        "4111 1111 1111 1111 12/27",
        "4111 1111 1111 1111 123",
        "2 4111 1111 1111 1111",
        "4111-1111-1111-1111-123",
        "no.4111111111111111",
    ],
)
def test_knows_a_card_among_other_text(text: str) -> None:
    assert sensitive_kind([text], DEFAULT) == "payment-card"


def test_knows_a_card_that_came_as_a_number() -> None:
    assert sensitive_kind([4111111111111111], DEFAULT) == "payment-card"
    assert sensitive_kind([4111111111111111.0], DEFAULT) == "payment-card"


@pytest.mark.parametrize(
    "text", ["123-45-6789", "078-05-1120", "123 45 6789", "SSN: 123-45-6789.", "(899-99-9999)"]
)
def test_knows_a_social_security_number(text: str) -> None:
    assert sensitive_kind([text], DEFAULT) == "us-ssn"


def test_looks_at_every_value_of_a_list() -> None:
    assert sensitive_kind(["EWR", "JFK", "123-45-6789"], DEFAULT) == "us-ssn"


HARMLESS = [
    "UA",
    "16417",
    "123456789",
    "000-12-3456",
    "666-12-3456",
    "900-12-3456",
    "123-00-4567",
    "123-45-0000",
    "123-45-67890",
    "1234-56-7890",
    "123-45 6789",
    "2013-01-01",
    "2013-01-01 2013-12-31",
    "2013-12-31T23:59:59.999Z",
    "1700000000",
    "1700000000000",
    "1763852663123456",
    "+1 (212) 555-0123",
    "212-555-0123",
    "+44 20 7946 0958",
    "4111111111111112",
    "1111111111111117",
    "40.71274837261539",
    "-74.0059413",
    "192.168.100.200",
    "0f8fad5b-d9cb-469f-a165-70867728950e",
    "٤١١١١١١١١١١١١١١١",
]


NUMBERS: list[Any] = [16417, 0, -1.5, True, 1_700_000_000_000, 2**53]


def test_lets_ordinary_values_through(subtests: pytest.Subtests) -> None:
    for value in [*HARMLESS, *NUMBERS]:
        with subtests.test(value=value):
            assert sensitive_kind([value], DEFAULT) is None


def test_looks_only_for_the_kinds_that_are_set() -> None:
    assert sensitive_kind(["4111111111111111"], ["us-ssn"]) is None
    assert sensitive_kind(["a@example.com"], DEFAULT) is None
    assert sensitive_kind(["a@example.com"], ["email"]) == "email"
    assert sensitive_kind(["GB82 WEST 1234 5698 7654 32"], ["iban"]) == "iban"
    assert sensitive_kind(["GB82 WEST 1234 5698 7654 33"], ["iban"]) is None


@given(text=st.text() | st.from_regex(r"[0-9 -]{0,60}"), kinds=st.permutations(sorted(KINDS)))
def test_any_text_has_a_kind_or_none(text: str, kinds: list[str]) -> None:
    assert sensitive_kind([text], kinds) in (None, *KINDS)


@pytest.mark.parametrize("text", ["1 " * 20_000, "4" * 40_000, "a" * 40_000, "a@" * 20_000, "AA00" * 10_000])
@pytest.mark.timeout(5)
def test_long_values_take_no_long_time(text: str) -> None:
    sensitive_kind([text], sorted(KINDS))


@given(number=st.sampled_from(CARDS), before=st.text("abc ", max_size=3), after=st.text("abc /", max_size=3))
def test_mint_names_the_variable_and_never_the_value(number: str, before: str, after: str) -> None:
    variables = {"NOTE": Variable(type="string", list=True)}
    dashboard = Dashboard(id=1, slug="d", title="D", source="s", charts=(), variables=variables)
    organization = Organization(id=2, slug="o", sources={})
    request = EmbedRequest(dashboard=1, env={"NOTE": ["fine", before + number + after]})
    with pytest.raises(Problem) as refused:
        Minter("https://e.example", DEFAULT).mint(
            organization, dashboard, session_with({"sub": "v"}), request, first_keyset("", 0), 1_700_000_000
        )
    assert refused.value.kind is SENSITIVE_VALUE
    assert [error.variable for error in refused.value.errors] == ["NOTE"]
    assert number not in f"{refused.value.document()}{refused.value!r}"
