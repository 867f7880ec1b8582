"""The catalogue of mechanisms stays true to the code; `make mutations` takes each of them out."""

from pathlib import Path

import pytest

from tests.mutations.catalogue import ROOT, catalogue


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
