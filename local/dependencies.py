"""`python -m local.dependencies`: the project's own dependencies, one a line, for pip.

pip takes a dependency group by its name, but `[project]` only together with a package to install.
"""

import tomllib
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent / "pyproject.toml"


def main() -> None:
    project = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]
    print("\n".join(project["dependencies"]))


if __name__ == "__main__":
    main()
