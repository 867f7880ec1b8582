"""Bytes that are found by name: exactly those, whatever name is asked for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clerestory.named_bytes import NamedBytes, Unreadable, packed

NAMES = st.text(st.characters(), max_size=40)


def found(named: NamedBytes, name: str) -> bytes | None:
    place = named.find(name)
    return None if place is None else bytes(named.at(place))


@given(st.dictionaries(NAMES, st.binary(max_size=50), max_size=60), st.lists(NAMES))
def test_a_name_finds_its_own_bytes_and_any_other_none(contents: dict[str, bytes], asked: list[str]) -> None:
    named = NamedBytes(packed(([name], content) for name, content in contents.items()))
    for name in [*contents, *asked]:
        assert found(named, name) == contents.get(name)


def test_two_names_of_one_thing_have_one_place() -> None:
    named = NamedBytes(packed([(["id", "slug"], b"it"), (["other"], b"another")]))
    assert named.find("id") == named.find("slug")
    assert found(named, "slug") == b"it"


def test_equal_contents_give_equal_buffers() -> None:
    contents = [([str(number)], b"x") for number in range(100)]
    assert packed(contents) == packed(contents)


def test_a_name_that_two_have_is_refused() -> None:
    with pytest.raises(ValueError, match="'one' is there twice"):
        packed([(["one"], b"1"), (["one"], b"2")])


@given(st.binary(max_size=60) | st.binary(max_size=60).map(lambda rest: packed([])[:8] + rest))
def test_what_was_not_packed_here_is_refused_or_holds_nothing_that_is_asked(buffer: bytes) -> None:
    try:
        named = NamedBytes(buffer)
        found(named, "name")
    except Unreadable:
        pass


@given(st.integers(0, 300))
def test_a_buffer_that_was_cut_in_its_slots_is_refused(length: int) -> None:
    whole = packed([([str(number)], b"") for number in range(5)])
    if length < len(whole):
        with pytest.raises(Unreadable):
            NamedBytes(whole[:length])
