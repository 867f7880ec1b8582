"""The built layers as if they were published, as they are on AWS.

SAM CLI makes an image of the layers' files anew for each invocation where the template holds the layers,
and once where it names published ones: that halves the time of every event.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

from local.aws.environment import ACCOUNT, REGION
from local.template import Template, parse

LAYER = "AWS::Serverless::LayerVersion"


def publish(built: Path) -> tuple[Path, Path]:
    """A template whose functions name published layers, and the folder where SAM CLI finds those as
    already downloaded. Both lie beside the build."""
    document = parse(built / "template.yaml")
    stack = Template(document)
    cache = built.with_name("layers")
    cache.mkdir()
    arns = {layer.name: _published(built / layer.name, cache) for layer in stack.resources(LAYER)}
    resources = {
        name: _with_layers(body, built, [arns[layer] for layer in stack.resolve(_layers(body))])
        for name, body in document["Resources"].items()
        if body["Type"] != LAYER
    }
    template = built.with_name("published.json")  # JSON is YAML, and read faster
    template.write_text(json.dumps(document | {"Resources": resources}), encoding="utf-8")
    return template, cache


def _published(layer: Path, cache: Path) -> str:
    """The version is made of the content, for an image is known by its layers' names and versions."""
    digest = hashlib.sha256()
    for file in sorted(layer.rglob("*")):
        if file.is_file():
            digest.update(str(file.relative_to(layer)).encode() + b"\0" + file.read_bytes())
    version = int(digest.hexdigest()[:8], 16)
    arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:layer:{layer.name}:{version}"
    short = hashlib.sha256(arn.encode()).hexdigest()[:10]
    (cache / f"{layer.name}-{version}-{short}").symlink_to(layer)
    return arn


def _layers(body: dict[str, Any]) -> list[Any]:
    layers: list[Any] = body.get("Properties", {}).get("Layers", [])
    return layers


def _with_layers(body: dict[str, Any], built: Path, layers: list[str]) -> dict[str, Any]:
    if not layers:
        return body
    properties = body["Properties"]
    code = str(built / properties["CodeUri"])
    return body | {"Properties": properties | {"Layers": layers, "CodeUri": code}}
