"""The embed function of each test."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.aws.clock import Clock
from tests.aws.embedding.embed import Pack


@pytest.fixture
def pack(client: Callable[[str], Any], table: str, clock: Clock) -> Pack:
    return Pack(client, table, clock)
