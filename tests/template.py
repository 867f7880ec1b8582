"""`template.yaml`, as a stack named `local` would resolve it, for the tests about it."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from local.template import Template

ROOT = Path(__file__).parents[1]
FILE = ROOT / "template.yaml"
FUNCTIONS = ("Mint", "Embed", "Query", "Rotate", "Owner")
ROLE = "AWS::IAM::Role"
FUNCTION = "AWS::Serverless::Function"


def of_type(*types: str, **parameters: str) -> dict[str, dict[str, Any]]:
    """The properties of the resources of these types that such parameters make."""
    return _resolved(types, tuple(sorted(parameters.items())))


@cache
def _resolved(types: tuple[str, ...], parameters: tuple[tuple[str, str], ...]) -> dict[str, dict[str, Any]]:
    return {found.name: found.properties for found in template(parameters).resources(*types)}


@cache
def template(parameters: tuple[tuple[str, str], ...] = ()) -> Template:
    return Template.read(FILE, dict(parameters))


@cache
def written() -> dict[str, Any]:
    """The template as it is written: each short form is its tag and its argument."""
    document: dict[str, Any] = yaml.load(FILE.read_text(encoding="utf-8"), _Loader)  # noqa: S506
    return document


class _Loader(yaml.SafeLoader):
    """YAML that doesn't mind CloudFormation's tags."""


def _tagged(loader: yaml.SafeLoader, tag: str, node: yaml.Node) -> dict[str, Any]:
    if isinstance(node, yaml.ScalarNode):
        return {tag: loader.construct_scalar(node)}
    if isinstance(node, yaml.SequenceNode):
        return {tag: loader.construct_sequence(node, deep=True)}
    assert isinstance(node, yaml.MappingNode)
    return {tag: loader.construct_mapping(node, deep=True)}


_Loader.add_multi_constructor("!", _tagged)
