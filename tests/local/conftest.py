"""What several files of these tests ask for."""

from collections.abc import Iterator

import pytest

from tests.local.owner import Owner
from tests.pack import Pack, running_pack


@pytest.fixture(scope="session")
def owners_pack() -> Iterator[Pack]:
    """One of the owner's own, whose secret these tests reset."""
    with running_pack() as running:
        yield running


@pytest.fixture
def owner(owners_pack: Pack) -> Owner:
    return Owner(owners_pack)
