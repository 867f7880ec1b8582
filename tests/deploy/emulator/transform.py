"""The SAM transform is given the parameters' values, as on AWS, and not only their defaults."""

import contextvars
from typing import Any

import ministack.services.cloudformation.changesets as changesets
import ministack.services.cloudformation.engine as engine
import ministack.services.cloudformation.handlers as handlers
import samtranslator.translator.transform as translator

_values: contextvars.ContextVar[dict[str, str]] = contextvars.ContextVar("values")


def patch() -> None:
    apply, transform = engine._apply_transforms, translator.transform

    def with_values(template: Any, provided: Any = None, previous: Any = None) -> Any:
        _values.set(engine._transform_parameters(template, provided, previous))
        return apply(template, provided, previous)

    def transformed(template: Any, _: Any, *more: Any) -> Any:
        return transform(template, _values.get(), *more)

    for module in (engine, changesets, handlers):
        module._apply_transforms = with_values
    translator.transform = transformed
