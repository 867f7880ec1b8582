"""Keeps each organization's embed secret: makes the first one."""

import os
import time
from functools import cache
from typing import Any, Literal

from msgspec import Struct, convert

from clerestory.aws.clients import ssm_client
from clerestory.aws.observation import Observation
from clerestory.aws.parameters import Parameters
from clerestory.dashboards import Organization
from clerestory.keyring import first_keyset
from clerestory.settings import Settings, read_settings

observation = Observation()


class Operation(Struct, frozen=True):
    """`create` makes the first keyset where there is none, for one organization or for all."""

    operation: Literal["create"]
    organization: str | None = None


class UnknownOrganization(Exception):
    """The pack has no such organization."""


@cache
def _settings() -> Settings:
    return read_settings(os.environ)


def _organizations(named: str | None) -> tuple[Organization, ...]:
    catalog = _settings().catalog()
    if named is None:
        return catalog.organizations
    organization = catalog.organization(named)
    if organization is None:
        raise UnknownOrganization
    return (organization,)


@observation.metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> dict[str, list[int]]:
    wanted = convert(event, Operation)
    parameters = Parameters(ssm_client(), _settings().secret_prefix)
    operation = f"create:{context.aws_request_id}"
    created = [
        organization.id
        for organization in _organizations(wanted.organization)
        if parameters.create(organization.id, first_keyset(operation, time.time()))
    ]
    observation.logger.info("secrets created", organizations=created)
    return {"created": created}
