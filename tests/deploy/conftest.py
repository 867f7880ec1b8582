"""The pack as `sam build` makes it, and an account to deploy it to."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.deploy.account import Account, emulated
from tests.sam import cli


@pytest.fixture(scope="session")
def template() -> Path:
    return cli.built() / "template.yaml"


@pytest.fixture(scope="module")
def account() -> Iterator[Account]:
    with emulated() as running:
        yield running
