"""`template.yaml` as CloudFormation would read it, for one stack that was never deployed."""

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from local.aws.environment import ACCOUNT, REGION

STACK = "local"
_NOTHING = object()  # what AWS::NoValue resolves to
_PSEUDO_PARAMETERS: dict[str, object] = {
    "AWS::AccountId": ACCOUNT,
    "AWS::NoValue": _NOTHING,
    "AWS::Partition": "aws",
    "AWS::Region": REGION,
    "AWS::StackId": f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/{STACK}/{STACK}",
    "AWS::StackName": STACK,
    "AWS::URLSuffix": "amazonaws.com",
}
_SUBSTITUTION = re.compile(r"\$\{(!?)([^}]+)\}")
_PREFIXES = {
    "AWS::DynamoDB::Table": "table/",
    "AWS::Lambda::Function": "function:",
    "AWS::Serverless::Function": "function:",
}


class Resource(NamedTuple):
    name: str
    type: str
    properties: dict[str, Any]


class Template:
    """A template with its parameters filled in. Properties come resolved: no intrinsic is left.

    Pseudo parameters may be given too, `AWS::Region` for one.
    """

    def __init__(self, document: Mapping[str, Any], parameters: Mapping[str, str] | None = None) -> None:
        self._document = document
        self._given = dict(parameters or {})

    @classmethod
    def read(cls, path: Path, parameters: Mapping[str, str] | None = None) -> "Template":
        return cls(parse(path), parameters)

    def resources(self, *types: str) -> Iterator[Resource]:
        """The resources of these types whose condition holds."""
        for name, body in self._document["Resources"].items():
            if body["Type"] in types and ("Condition" not in body or self._condition(body["Condition"])):
                yield Resource(name, body["Type"], self.resolve(self._with_globals(body)))

    def outputs(self) -> dict[str, Any]:
        """The values of the outputs whose condition holds."""
        return {
            name: self.resolve(body["Value"])
            for name, body in self._document.get("Outputs", {}).items()
            if "Condition" not in body or self._condition(body["Condition"])
        }

    def broken_rules(self) -> list[str]:
        """What the rules say against these parameters."""
        return [
            assertion["AssertDescription"]
            for rule in self._document.get("Rules", {}).values()
            if self.resolve(rule.get("RuleCondition", True))
            for assertion in rule["Assertions"]
            if not self.resolve(assertion["Assert"])
        ]

    def physical_name(self, resource: str) -> str:
        """What `Ref` gives: a table's or bucket's own name, or one made of the stack's and its id."""
        body = self._document["Resources"].get(resource, {})
        properties = body.get("Properties", {})
        match body.get("Type"):
            case "AWS::S3::Bucket":
                return str(self.resolve(properties.get("BucketName", f"{STACK}-{resource.lower()}")))
            case "AWS::DynamoDB::Table":
                return str(self.resolve(properties.get("TableName", f"{STACK}-{resource}")))
            case _:  # a function goes by its id here, and SAM generates more resources than are written
                return resource

    def resolve(self, value: Any) -> Any:
        """The value with every intrinsic function worked out."""
        if isinstance(value, list):
            return [resolved for item in value if (resolved := self.resolve(item)) is not _NOTHING]
        if not isinstance(value, dict):
            return value
        if len(value) == 1 and (key := next(iter(value))) in self._intrinsics:
            return self._intrinsics[key](self, value[key])
        items = ((key, self.resolve(item)) for key, item in value.items())
        return {key: item for key, item in items if item is not _NOTHING}

    def _with_globals(self, body: dict[str, Any]) -> dict[str, Any]:
        """The properties with SAM's `Globals` under them; variables and tags are merged."""
        own: dict[str, Any] = body.get("Properties", {})
        shared = self._document.get("Globals", {}).get(body["Type"].removeprefix("AWS::Serverless::"), {})
        merged = {**shared, **own}
        for key in shared.keys() & own.keys():
            if isinstance(shared[key], dict) and isinstance(own[key], dict):
                merged[key] = _merge(shared[key], own[key])
        return merged

    def _ref(self, name: str) -> object:
        if name in _PSEUDO_PARAMETERS:
            return self._given.get(name, _PSEUDO_PARAMETERS[name])
        parameter = self._document.get("Parameters", {}).get(name)
        if parameter is None:
            return self.physical_name(name)
        value = self._given.get(name, parameter.get("Default", ""))
        if parameter.get("Type", "").startswith(("CommaDelimitedList", "List<")):
            return [item.strip() for item in str(value).split(",") if item.strip()]
        return str(value)

    def _attribute(self, path: str | list[str]) -> object:
        resource, _, attribute = (path if isinstance(path, str) else ".".join(path)).partition(".")
        name = self.physical_name(resource)
        kind = self._document["Resources"].get(resource, {}).get("Type", "")
        if attribute != "Arn":
            return f"{name}.{attribute}"
        if kind == "AWS::S3::Bucket":
            return f"arn:aws:s3:::{name}"
        service = "dynamodb" if kind == "AWS::DynamoDB::Table" else "lambda"
        return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{_PREFIXES.get(kind, '')}{name}"

    def _substitute(self, argument: str | list[Any]) -> str:
        text, own = (argument, {}) if isinstance(argument, str) else (argument[0], self.resolve(argument[1]))

        def value(match: re.Match[str]) -> str:
            literal, name = match.groups()
            if literal:
                return f"${{{name}}}"
            if name in own:
                return str(own[name])
            return str(self._attribute(name) if "." in name else self._ref(name))

        return _SUBSTITUTION.sub(value, text)

    def _condition(self, name: str) -> bool:
        return bool(self.resolve(self._document["Conditions"][name]))

    def _if(self, argument: list[Any]) -> object:
        name, then, otherwise = argument
        return self.resolve(then if self._condition(name) else otherwise)

    def _join(self, argument: list[Any]) -> str:
        return str(argument[0]).join(map(str, self.resolve(argument[1])))

    def _select(self, argument: list[Any]) -> object:
        return self.resolve(argument[1])[int(self.resolve(argument[0]))]

    def _equals(self, argument: list[Any]) -> bool:
        left, right = self.resolve(argument)
        return str(left) == str(right)

    _intrinsics: dict[str, Callable[["Template", Any], Any]] = {  # noqa: RUF012  never changed
        "Ref": _ref,
        "Condition": _condition,
        "Fn::GetAtt": _attribute,
        "Fn::Sub": _substitute,
        "Fn::If": _if,
        "Fn::Join": _join,
        "Fn::Select": _select,
        "Fn::Split": lambda self, argument: self.resolve(argument[1]).split(argument[0]),
        "Fn::Equals": _equals,
        "Fn::Contains": lambda self, argument: self.resolve(argument[1]) in self.resolve(argument[0]),
        "Fn::Not": lambda self, argument: not self.resolve(argument)[0],
        "Fn::And": lambda self, argument: all(self.resolve(argument)),
        "Fn::Or": lambda self, argument: any(self.resolve(argument)),
    }


def parse(path: Path) -> dict[str, Any]:
    """The document, with each short form as the intrinsic function that it stands for."""
    document: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), _Loader)  # noqa: S506  a SafeLoader
    return document


def _merge(under: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    merged = {**under, **over}
    for key in under.keys() & over.keys():
        if isinstance(under[key], dict) and isinstance(over[key], dict):
            merged[key] = _merge(under[key], over[key])
    return merged


class _Loader(yaml.SafeLoader):
    """YAML with CloudFormation's short forms: `!Sub x` is `{"Fn::Sub": x}`."""


def _short_form(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    key = suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}"
    if isinstance(node, yaml.ScalarNode):
        return {key: loader.construct_scalar(node)}
    if isinstance(node, yaml.SequenceNode):
        return {key: loader.construct_sequence(node, deep=True)}
    assert isinstance(node, yaml.MappingNode)  # noqa: S101  YAML has no fourth kind of node
    return {key: loader.construct_mapping(node, deep=True)}


_Loader.add_multi_constructor("!", _short_form)
