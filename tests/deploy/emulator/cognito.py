"""A user pool's attribute ProviderURL, which the template asks for."""

from typing import Any

import ministack.services.cloudformation.provisioners as provisioners


def patch() -> None:
    attributes = provisioners._cognito_user_pool_attributes

    def with_provider_url(pool: str) -> dict[str, Any]:
        known: dict[str, Any] = attributes(pool)
        return known | {"ProviderURL": "https://" + known["ProviderName"]}

    provisioners._cognito_user_pool_attributes = with_provider_url
