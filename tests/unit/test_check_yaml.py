"""YAML as such: whatever a file holds is read as plain data, or is a mistake with its line."""

from pathlib import Path

import pytest

from cli.check.mistakes import Mistakes
from cli.check.yaml_nodes import MAX_BYTES, Mapping, Node, ScalarNode, read_file


def read(folder: Path, text: str | bytes) -> tuple[Node | None, list[str]]:
    file = folder / "file.yaml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    mistakes = Mistakes(file)
    return read_file(file, mistakes), [f"{each.line}: {each.message}" for each in mistakes.noted]


def value_of(folder: Path, text: str) -> object:
    root, found = read(folder, text)
    assert found == []
    assert isinstance(root, Mapping)
    scalar = root.items["key"]
    assert isinstance(scalar, ScalarNode)
    return scalar.value


WRONG = {
    "empty": ("", "1: is empty"),
    "only a comment": ("# nothing\n", "1: is empty"),
    "not UTF-8": (b"a: 1\nb: \xff", "2: isn't UTF-8 text"),
    "UTF-16": ("a: 1".encode("utf-16"), "1: isn't UTF-8 text"),
    "a tab": ("a:\n\tb: 1", "2: isn't YAML: found character '\\t' that cannot start any token"),
    "a control character": ("a: 1\nb: \x01", "2: isn't YAML: a control character"),
    "an open quote": ('a: 1\nb: "c', "2: isn't YAML: found unexpected end of stream"),
    "two documents": ("a: 1\n---\nb: 1", "2: isn't YAML: but found another document"),
    "an unknown alias": ("a: 1\nb: *c", "2: isn't YAML: found undefined alias 'c'"),
    "a character that can't be": (
        'a: 1\nb: "\\UFFFFFFFF"',
        "2: isn't YAML: what stands here can't be",
    ),
    "a key twice": ("a: 1\nb: 2\na: 3", '3: the key "a" is here twice: also on line 1'),
    "a merge key": ("a: &x {b: 1}\nc:\n  <<: *x", "3: merge keys (<<) aren't read here: write the keys out"),
    "a list as key": ("a: 1\n[b]: 2", "2: a key must be text"),
    "a Python object": (
        "a: 1\nb: !!python/object/apply:os.system [echo]",
        "2: the tag tag:yaml.org,2002:python/object/apply:os.system isn't read here: only plain YAML is",
    ),
    "a Python name": (
        "a: !!python/name:os.system ''",
        "1: the tag tag:yaml.org,2002:python/name:os.system isn't read here: only plain YAML is",
    ),
    "an own tag": ("a: !mine b", "1: the tag !mine isn't read here: only plain YAML is"),
    "a set": ("a: !!set {b}", "1: the tag tag:yaml.org,2002:set isn't read here: only plain YAML is"),
    "minutes that look like a number": (
        "a: 1:30",
        '1: "1:30" isn\'t a plain number: write it in digits, or put it in quotes',
    ),
    "octal": ("a: 010", '1: "010" isn\'t a plain number: write it in digits, or put it in quotes'),
    "infinity": ("a: .inf", '1: ".inf" isn\'t a plain number: write it in digits, or put it in quotes'),
    "a day that isn't": ("a: 2013-02-30", '1: "2013-02-30" isn\'t a date'),
    "half a character": ('a: "\\ud800"', "1: half a surrogate pair isn't a character"),
    "an alias to itself": ("a: &x [*x]", "1: is nested too deeply: more than 50 levels"),
}


@pytest.mark.parametrize(("text", "expected"), WRONG.values(), ids=WRONG.keys())
def test_what_is_not_plain_yaml_is_a_mistake(tmp_path: Path, text: str | bytes, expected: str) -> None:
    assert read(tmp_path, text)[1] == [expected]


def test_aliases_that_unfold_to_billions(tmp_path: Path) -> None:
    bomb = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 40))
    _, found = read(tmp_path, bomb)
    assert [each.split(": ", 1)[1] for each in found] == [
        "is too large: more than 20000 values, aliases unfolded"
    ]


@pytest.mark.parametrize("text", ["[" * 50_000, "{a: " * 20_000, "- " * 20_000, "? " * 20_000])
def test_huge_nesting(tmp_path: Path, text: str) -> None:
    _, found = read(tmp_path, text)
    assert len(found) == 1
    assert "nested too deeply" in found[0]


def test_a_huge_file(tmp_path: Path) -> None:
    assert read(tmp_path, "#" * (MAX_BYTES + 1))[1] == ["1: is too large: at most 256 KiB"]


def test_an_alias_is_read_where_it_stands_for_plain_data(tmp_path: Path) -> None:
    assert value_of(tmp_path, "a: &x text\nkey: *x") == "text"


@pytest.mark.parametrize(
    ("written", "value"),
    [("yes", True), ("-5", -5), ("1.5", 1.5), ("~", None), ("'2013'", "2013"), ("=", "=")],
)
def test_plain_values(tmp_path: Path, written: str, value: object) -> None:
    assert value_of(tmp_path, f"key: {written}") == value


@pytest.mark.parametrize("key", ["on", "2013", "null", "y", "2013-01-01"])
def test_a_key_is_what_is_written(tmp_path: Path, key: str) -> None:
    root, found = read(tmp_path, f"{key}: 1")
    assert found == []
    assert isinstance(root, Mapping)
    assert list(root.items) == [key]


def test_a_byte_order_mark_is_no_part_of_the_file(tmp_path: Path) -> None:
    assert value_of(tmp_path, "\ufeffkey: 1") == 1


LAYOUTS = {
    "literal": "a: 1\nkey: |\n\n  SELECT é\n    FROM\n  here",
    "literal with a comment": "a: 1\nkey: |  # the query\n\n  SELECT é\n    FROM\n  here",
    "folded": "a: 1\nkey: >-\n\n  SELECT é\n  FROM\n  here\n",
    "plain": "a: 1\nkey:\n  SELECT\n  é FROM\n  here",
    "double quotes": 'a: 1\nkey:\n  "SELECT \\"é\\"\n  FROM\n  here"',
    "single quotes": "a: 1\nkey:\n  'SELECT ''é''\n  FROM\n  here'",
    "Windows": "a: 1\r\nkey: |\r\n\r\n  SELECT é\r\n    FROM\r\n  here\r\n",
}


def test_a_place_in_a_text_is_a_line_of_the_file(tmp_path: Path) -> None:
    lines = {"double quotes": 5, "single quotes": 5, "plain": 5}
    for layout, text in LAYOUTS.items():
        root, _ = read(tmp_path, text)
        assert isinstance(root, Mapping)
        scalar = root.items["key"]
        assert isinstance(scalar, ScalarNode)
        expected = lines.get(layout, 6)
        assert scalar.line_at(str(scalar.value).index("here")) == expected, layout
        assert scalar.line_at(10_000) == expected, layout
