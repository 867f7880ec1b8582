"""What tests of every kind may ask for."""

from collections.abc import Iterator

import pytest

from tests.pack import Pack, running_pack


@pytest.fixture(scope="session")
def pack() -> Iterator[Pack]:
    """The whole pack, started once: tests share its state, so each counts on what is its own."""
    with running_pack() as running:
        yield running
