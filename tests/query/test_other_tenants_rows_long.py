"""As `test_other_tenants_rows`, with many more queries."""

from pathlib import Path

import pytest

from tests.query.both_data_sets import opened
from tests.query.test_other_tenants_rows import compared_calls, compared_selects

PART = 4_000


@pytest.mark.parametrize("part", range(1, 6))
def test_more_selects_give_the_same(tmp_path: Path, part: int) -> None:
    with opened(tmp_path) as both:
        assert compared_selects(both, range(part * PART, (part + 1) * PART)).different == []


def test_more_calls_of_every_function_give_the_same(tmp_path: Path) -> None:
    with opened(tmp_path) as both:
        assert compared_calls(both, 30).different == []
