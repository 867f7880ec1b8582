"""The keyset: which key signs, which verify, and what a broken one may say of itself."""

import json
import traceback
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from clerestory.secret.keyset import (
    MAX_BYTES,
    Key,
    Keyset,
    MalformedKeyset,
    first_keyset,
    new_key,
    read_keyset,
    rotated,
    write_keyset,
)
from clerestory.token_life import LEEWAY, MAX_LIFE
from clerestory.tokens import read, sign, verify

NOW = 1_700_000_000


def key(kid: str, signs_from: int = 0, verifies_until: int | None = None) -> Key:
    return Key(kid, secret=kid * 32, created_at=0, signs_from=signs_from, verifies_until=verifies_until)


def keyset(*keys: Key) -> Keyset:
    return Keyset(generation=1, epoch=1, last_operation="test", keys=keys)


def document(**changed: Any) -> str:
    described = {"kid": "k", "secret": "c0ffee" * 8, "created_at": 0, "signs_from": 0} | changed
    return json.dumps({"generation": 1, "epoch": 1, "last_operation": "test", "keys": [described]})


def test_the_newest_key_signs() -> None:
    assert keyset(key("old", 1), key("new", 2), key("oldest", 0)).signing_key(NOW).kid == "new"


def test_a_key_signs_from_its_time_on() -> None:
    ring = keyset(key("old", verifies_until=NOW + 100), key("next", signs_from=NOW + 60))
    assert ring.signing_key(NOW + 59.9).kid == "old"
    assert ring.signing_key(NOW + 60).kid == "next"


def test_a_key_that_signs_only_later_verifies_already() -> None:
    ring = keyset(key("old"), key("next", signs_from=NOW + 60))
    assert [each.kid for each in ring.verifying_keys(NOW)] == ["next", "old"]


def test_a_key_verifies_until_its_grace_has_passed() -> None:
    ring = keyset(key("old", verifies_until=NOW), key("new", signs_from=1))
    assert [each.kid for each in ring.verifying_keys(NOW - 0.1)] == ["new", "old"]
    assert [each.kid for each in ring.verifying_keys(NOW)] == ["new"]


def test_a_rotation_outlasts_the_tokens_that_live_longest() -> None:
    """Whatever the longest life is: the last token of the old key is taken until its own end."""
    after = rotated(keyset(key("old")), "rotate", grace=0, now=NOW)
    issued = after.keys[-1].signs_from + LEEWAY  # by a clock that is ahead of ours
    last = sign({"organization": 1, "dashboard": 1, "iat": issued}, after.keys[0])
    assert verify(read(last), after, issued + MAX_LIFE - 1).kid == "old"


def test_keys_verify_newest_first() -> None:
    ring = keyset(key("b", 2), key("a", 1), key("c", 3))
    assert [each.kid for each in ring.verifying_keys(NOW)] == ["c", "b", "a"]


def test_a_key_past_its_grace_does_not_sign() -> None:
    with pytest.raises(MalformedKeyset):
        keyset(key("old", verifies_until=NOW)).signing_key(NOW)


def test_a_new_secret_is_printable_text_of_256_random_bits() -> None:
    made = [new_key(NOW) for _ in range(50)]
    assert all(each.secret.isascii() and each.secret.isprintable() for each in made)
    assert all(len(each.secret) == 43 for each in made)
    assert len({each.secret for each in made}) == len({each.kid for each in made}) == 50


def test_the_first_keyset_signs_at_once() -> None:
    made = first_keyset("create", NOW + 0.5)
    assert made.signing_key(NOW + 0.5) == made.keys[0]


@given(operation=st.text(max_size=40))
def test_what_was_written_reads_as_it_was(operation: str) -> None:
    made = first_keyset(operation, NOW)
    assert read_keyset(write_keyset(made)) == made


def test_reads_a_document_that_another_program_wrote() -> None:
    assert read_keyset(document()).signing_key(NOW) == Key("k", "c0ffee" * 8, created_at=0, signs_from=0)


@pytest.mark.parametrize("secret", ["x" * 32, "ß" * 16, "four words and a few spaces more"])
def test_reads_a_secret_of_32_bytes_of_printable_text(secret: str) -> None:
    assert read_keyset(document(secret=secret)).keys[0].secret == secret


def test_reads_times_with_fractions() -> None:
    (key,) = read_keyset(document(signs_from=1.5, verifies_until=NOW + 0.5)).keys
    assert [key.signs(now) for now in (1, 2, NOW + 0.4, NOW + 0.5)] == [False, True, True, False]


def test_one_keyset_of_many_keys_fits_a_parameter() -> None:
    ring = keyset(*(new_key(NOW) for _ in range(20)))
    assert len(write_keyset(ring).encode()) < MAX_BYTES


@pytest.mark.parametrize("shown", [repr, str, "{}".format, "{!r}".format], ids=["repr", "str", "{}", "{!r}"])
def test_a_key_and_a_keyset_show_no_secret(shown: Any) -> None:
    ring = read_keyset(document())
    assert "c0ffee" not in shown(ring) + shown(ring.keys[0]) + shown(ring.verifying_keys(NOW))


MALFORMED = {
    "nothing": "",
    "a plain secret": "c0ffee" * 8,
    "a JSON string": '"c0ffee"',
    "cut off": document()[:-3],
    "no keys": '{"generation":1,"epoch":1,"last_operation":"c0ffee","keys":[]}',
    "no epoch": document().replace('"epoch": 1, ', ""),
    "another field": document().replace('"epoch"', '"c0ffee": 1, "epoch"'),
    "a key's other field": document(c0ffee=1),
    "an empty secret": document(secret=""),
    "a blank secret": document(secret=" \n"),
    "a secret of 31 bytes": document(secret="c0ffee" * 5 + "x"),
    "a secret of 31 bytes and a space": document(secret="c0ffee" * 5 + "x "),
    "a secret with a line's end": document(secret="c0ffee" * 8 + "\n"),
    "a secret with a space around it": document(secret=" " + "c0ffee" * 8),
    "a secret with a tab in it": document(secret="c0ffee\t" * 8),
    "a secret with a character that is not seen": document(secret="c0ffee\u200b" * 8),
    "a short secret beside a long one": write_keyset(keyset(key("k"), replace(key("x"), secret="c0ffee"))),
    "a secret that is no text": document(secret=["c0ffee"]),
    "a time as text": document(signs_from="c0ffee"),
    "a surrogate": document(secret="\ud800c0ffee"),
    "two keys of one name": write_keyset(keyset(key("c0ffee"), key("c0ffee", 1))),
    "100,000 deep": '{"keys":' + "[" * 100_000,
    "a number of 5,000 digits": document().replace('"epoch": 1', f'"epoch": {"1" * 5_000}'),
}


@pytest.mark.parametrize("text", MALFORMED.values(), ids=MALFORMED.keys())
def test_a_malformed_keyset_is_named_so_and_quotes_nothing(text: str) -> None:
    with pytest.raises(MalformedKeyset) as malformed:
        read_keyset(text)
    assert malformed.value.__cause__ is malformed.value.__context__ is None
    assert "c0ffee" not in repr(malformed.value) + "".join(traceback.format_exception_only(malformed.value))


@given(text=st.text())
def test_any_text_is_a_keyset_or_malformed(text: str) -> None:
    with pytest.raises(MalformedKeyset):
        read_keyset(text)
