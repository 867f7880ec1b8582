"""Marks of a list's pages: the list that gave one takes it, and no other does."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clerestory.owner.marks import mark_of, place_of
from clerestory.problems import INVALID_REQUEST, Problem

places = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)
MARK = mark_of(16417, "revocations", "REVOKED#viewer#ana")


@given(place=places)
def test_a_list_takes_its_own_mark(place: str) -> None:
    assert place_of(16417, "audit", mark_of(16417, "audit", place)) == place


def refused(mark: str) -> bool:
    with pytest.raises(Problem) as problem:
        place_of(16417, "revocations", mark)
    return problem.value.kind is INVALID_REQUEST


@given(place=places)
def test_it_takes_no_other_lists_and_no_other_organizations(place: str) -> None:
    assert refused(mark_of(16417, "audit", place))
    assert refused(mark_of(19852, "revocations", place))


FOREIGN = {
    "nothing": "",
    "no base64": "!",
    "no UTF-8": base64.urlsafe_b64encode(b"\xff" * 20).decode(),
    "a place alone": base64.urlsafe_b64encode(b"REVOKED#viewer#ana").decode(),
    "another place": MARK[:12] + base64.urlsafe_b64encode(b"REVOKED#viewer#bob").decode(),
    "cut off": MARK[:-4],
    "with more behind it": MARK + "====",
    "with a space in it": f"{MARK[:8]} {MARK[8:]}",
    "other letters": MARK[:-1] + "ä",
}


@pytest.mark.parametrize("mark", FOREIGN.values(), ids=FOREIGN.keys())
def test_nor_one_that_was_made_up(mark: str) -> None:
    assert refused(mark)


@given(mark=st.text())
def test_any_text_is_a_mark_or_refused(mark: str) -> None:
    assert refused(mark)
