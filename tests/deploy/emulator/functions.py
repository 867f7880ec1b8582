"""Functions as processes: their layers aren't at /opt here, and AWS is this emulator."""

import os
import subprocess
from pathlib import Path
from typing import Any

import ministack.core.lambda_runtime as lambda_runtime

from tests.deploy.emulator.folder import write_credentials

# The settings whose defaults lie under /opt, and what in a layer they name.
_IN_LAYERS = {"DASHBOARDS": "dashboards", "PAGE": "page"}


def patch() -> None:
    # The template sets it to nothing. As a reserved name it is passed over, and the emulator sets its own.
    lambda_runtime._RESERVED_RUNTIME_ENV_VARS.add("AWS_ENDPOINT_URL")
    lambda_runtime.subprocess = _Subprocess()


class _Subprocess:
    """The module `subprocess`, which starts a function's process with its layers in place."""

    def __getattr__(self, name: str) -> Any:
        return getattr(subprocess, name)

    def Popen(self, command: list[str], **options: Any) -> Any:  # noqa: N802 (the module's own name)
        environment = options.get("env") or {}
        if "AWS_LAMBDA_FUNCTION_NAME" in environment:
            options["env"] = environment | _layer_settings(environment)
            _keep_credentials(environment)
        return subprocess.Popen(command, **options)


def _layer_settings(environment: dict[str, str]) -> dict[str, str]:
    layers = [Path(each) for each in environment.get("_LAMBDA_LAYERS_DIRS", "").split(os.pathsep) if each]
    return {
        name: str(layer / inside)
        for layer in layers
        for name, inside in _IN_LAYERS.items()
        if (layer / inside).exists()
    }


def _keep_credentials(environment: dict[str, str]) -> None:
    credentials = {
        "aws_access_key_id": environment["AWS_ACCESS_KEY_ID"],
        "aws_secret_access_key": environment["AWS_SECRET_ACCESS_KEY"],
        "aws_session_token": environment["AWS_SESSION_TOKEN"],
        "region_name": environment["AWS_REGION"],
    }
    write_credentials(environment["AWS_LAMBDA_FUNCTION_NAME"], credentials)
