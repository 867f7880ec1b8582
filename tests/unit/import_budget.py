"""Runs one event through a function where only the layer's packages can be imported, as on Lambda.

`python import_budget.py PACKAGES APP EVENT` prints, last, the answer's status and every module that
was imported. What is installed here beside the layer's own packages is hidden, so that neither a
guarded import finds what Lambda lacks nor an unguarded one goes unnoticed.
"""

import importlib.util
import json
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from types import ModuleType, SimpleNamespace


class OnlyTheLayer(MetaPathFinder):
    def __init__(self, packages: Sequence[str]) -> None:
        self._known = {*packages, *sys.stdlib_module_names}

    def find_spec(self, name: str, path: object = None, target: ModuleType | None = None) -> None:
        if name.partition(".")[0] not in self._known:
            raise ModuleNotFoundError(f"the layer has no {name}", name=name)


def main(packages: str, app: str, event: str) -> None:
    sys.meta_path.insert(0, OnlyTheLayer(json.loads(packages)))
    spec = importlib.util.spec_from_file_location("app", app)
    if spec is None or spec.loader is None:
        raise ImportError(app)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    context = SimpleNamespace(
        function_name="f", memory_limit_in_mb="128", invoked_function_arn="arn", aws_request_id="r"
    )
    answer = module.handler(json.loads(event), context)
    print(json.dumps({"status": answer["statusCode"], "modules": sorted(sys.modules)}))


if __name__ == "__main__":
    main(*sys.argv[1:])
