"""The embed secret, as an old program's owner copied it from the settings page."""

import json
from typing import Any

from tests.pack import Pack


def keyset(pack: Pack, organization: int = 16417) -> Any:
    name = f"/clerestory/local/organizations/{organization}/embed-secret"
    answer = pack.client("ssm").get_parameter(Name=name, WithDecryption=True)
    return json.loads(answer["Parameter"]["Value"])


def secret(pack: Pack, organization: int = 16417) -> str:
    value: str = keyset(pack, organization)["keys"][-1]["secret"]
    return value
