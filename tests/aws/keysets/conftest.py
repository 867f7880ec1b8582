"""Parameter Store with the first keyset, and what goes wrong on the way to it."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from clerestory.aws.keysets import (
    Keysets,
    parameter_name,
)
from clerestory.secret.keyset import Keyset, write_keyset
from tests.aws.clock import Clock
from tests.aws.faults import Faults
from tests.aws.keysets.airlines import AIRLINES, FIRST, Write


@pytest.fixture
def prefix() -> str:
    return f"/clerestory/{uuid4()}"


@pytest.fixture
def faults(ssm: Any) -> Faults:
    return Faults(ssm)


@pytest.fixture
def keysets(ssm: Any, faults: Faults, prefix: str, clock: Clock) -> Keysets:
    return Keysets(ssm, prefix, clock)


@pytest.fixture
def write(client: Callable[[str], Any], prefix: str) -> Write:
    other = client("ssm")

    def write(document: str) -> None:
        name = parameter_name(prefix, AIRLINES.id)
        other.put_parameter(Name=name, Value=document, Type="SecureString", Overwrite=True)

    return write


@pytest.fixture
def stored(write: Write) -> Callable[[Keyset], None]:
    def stored(keyset: Keyset) -> None:
        write(write_keyset(keyset))

    stored(FIRST)
    return stored
