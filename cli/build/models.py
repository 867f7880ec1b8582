"""Leaves of botocore's models what the functions call: reading them is most of what a client costs.

The endpoints of every partition stay. With only `aws` left, a client in another partition quietly asks
the wrong host.
"""

import gzip
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

Operations = Mapping[str, Sequence[str]]
"""The operations that are called, by service, both as botocore names them."""

_WORDS = frozenset({"documentation", "documentationUrl"})


def read_operations(file: Path) -> Operations:
    """A line a service: its name and its operations."""
    lines = (line.split() for line in file.read_text(encoding="utf-8").splitlines())
    return {words[0]: words[1:] for words in lines if words and words[0] != "#"}


def prune_models(data: Path, operations: Operations) -> None:
    """`data` is a folder laid out as botocore's. Models come out plain: to unzip them takes time too."""
    for service, called in operations.items():
        for packed in sorted((data / service).glob("*/service-2.json.gz")):
            model = json.loads(gzip.decompress(packed.read_bytes()))
            packed.unlink()
            _write(packed.with_suffix(""), pruned_model(model, called))
        for examples in (data / service).glob("*/examples-*.json"):
            examples.unlink()  # for the documentation alone
    endpoints = data / "endpoints.json"
    _write(endpoints, pruned_endpoints(json.loads(endpoints.read_bytes()), operations))


def pruned_model(model: dict[str, Any], called: Sequence[str]) -> dict[str, Any]:
    """The model with those operations and the shapes that they reach, both without their prose. An older
    version of a service's API may lack some of them."""
    kept = {name: each for name, each in model["operations"].items() if name in called}
    shapes: dict[str, Any] = {}
    for operation in kept.values():
        _reach(operation, model["shapes"], shapes)
    return model | {"operations": _without_words(kept), "shapes": _without_words(shapes)}


def pruned_endpoints(endpoints: dict[str, Any], operations: Operations) -> dict[str, Any]:
    """The same partitions and regions, of those services alone."""
    partitions = [
        part | {"services": {name: each for name, each in part["services"].items() if name in operations}}
        for part in endpoints["partitions"]
    ]
    return endpoints | {"partitions": partitions}


def _reach(node: Any, shapes: Mapping[str, Any], reached: dict[str, Any]) -> None:
    for name in _named_shapes(node):
        if name not in reached:
            reached[name] = shapes[name]
            _reach(shapes[name], shapes, reached)


def _named_shapes(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("shape"), str):
            yield node["shape"]
        for each in node.values():
            yield from _named_shapes(each)
    elif isinstance(node, list):
        for each in node:
            yield from _named_shapes(each)


def _without_words(node: Any) -> Any:
    if isinstance(node, dict):
        return {name: _without_words(each) for name, each in node.items() if not _is_prose(name, each)}
    if isinstance(node, list):
        return [_without_words(each) for each in node]
    return node


def _is_prose(name: str, value: Any) -> bool:
    """A shape's member may have such a name as well, and then it isn't text."""
    return name in _WORDS and isinstance(value, str)


def _write(file: Path, document: Any) -> None:
    file.write_text(json.dumps(document, separators=(",", ":")), encoding="utf-8")
