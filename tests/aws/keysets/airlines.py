"""An organization's two keysets, and the refusal to give one."""

from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from clerestory.dashboards import Organization
from clerestory.problems import Problem
from clerestory.secret.keyset import Keyset, first_keyset
from tests.aws.faults import error

AIRLINES = Organization(id=16417, slug="airlines", sources={})
FIRST = first_keyset("first", 0)
SECOND = replace(first_keyset("second", 0), generation=2, epoch=2)
DOWN = error("ThrottlingException")
Write = Callable[[str], None]
Stored = Callable[[Keyset], None]


def refusal(call: Callable[[Organization], Any]) -> Problem:
    with pytest.raises(Problem) as refused:
        call(AIRLINES)
    return refused.value
