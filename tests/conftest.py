"""What tests of every kind may ask for."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from tests.pack import Pack, running_pack

# How busy a machine is, is no property of the code.
settings.register_profile(
    "any-machine", settings.default, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("any-machine")


@pytest.fixture(scope="session")
def pack() -> Iterator[Pack]:
    """The whole pack, started once: tests share its state, so each counts on what is its own."""
    with running_pack() as running:
        yield running
