"""The catalogue of mechanisms stays true to the code; `make mutations` takes each of them out."""

from pathlib import Path

import pytest

from tests.mutations.catalogue import ROOT, catalogue, sample


def test_it_can_be_taken_out_and_tests_of_it_are_there(subtests: pytest.Subtests) -> None:
    for mutation in catalogue():
        with subtests.test(mutation.mechanism):
            text = (ROOT / mutation.file).read_text(encoding="utf-8")
            changed = mutation.applied(text)
            assert changed != text
            if mutation.file.endswith(".py"):
                compile(changed, mutation.file, "exec")
            assert all(Path(ROOT, test.partition("::")[0]).is_file() for test in mutation.tests)


def test_no_mechanism_is_listed_twice() -> None:
    named = [mutation.mechanism for mutation in catalogue()]
    assert len(named) == len(set(named))


def test_the_sample_begins_with_what_guards_the_secret_and_sessions() -> None:
    assert [each.file.split("/")[3] for each in sample()[:2]] == ["secret", "session"]


def test_the_sample_is_of_the_catalogue_and_names_none_twice() -> None:
    chosen, listed = ([each.mechanism for each in some] for some in (sample(), catalogue()))
    assert len(set(chosen)) == len(chosen) < len(listed)
    assert set(chosen) < set(listed)
