"""`make benchmarks`, or `python -m benchmarks [speed] [dashboards] [queries] [counting] [cost]`."""

import platform
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import version

from benchmarks.cost import costs
from benchmarks.counting import counting
from benchmarks.many import many
from benchmarks.queries import queries
from benchmarks.speed import cold, warm
from benchmarks.stage import stage


def speed() -> Iterator[object]:
    staged = stage()
    yield from cold(staged)
    yield from warm(staged)


def dashboards() -> Iterator[object]:
    yield from many(stage())


PARTS: dict[str, Callable[[], Iterator[object]]] = {
    "speed": speed,
    "dashboards": dashboards,
    "queries": queries,
    "counting": counting,
    "cost": costs,
}


def main(chosen: list[str]) -> int:
    if unknown := [name for name in chosen if name not in PARTS]:
        print(f"There is no {unknown[0]}: {', '.join(PARTS)}.", file=sys.stderr)
        return 2
    packages = ("PyJWT", "aws-lambda-powertools", "boto3", "duckdb", "mangum", "starlette")
    print(platform.platform(), platform.processor(), f"Python {platform.python_version()}")
    print(", ".join(f"{name} {version(name)}" for name in packages))
    for name in chosen or PARTS:
        for line in PARTS[name]():
            print(line, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
