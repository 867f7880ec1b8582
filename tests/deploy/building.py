"""What `sam build` made, with other dashboards in their layer: all else of it is as it was."""

import os
import shutil
from pathlib import Path

from cli.check import compile_folder


def with_own_dashboards(dashboards: Path, built: Path, into: Path) -> Path:
    """The template of such a copy."""
    compiled = compile_folder(dashboards)
    assert compiled.catalog, compiled.mistakes
    shutil.copytree(built, into / "built", copy_function=os.link)
    # It replaces a link: the original stays.
    compiled.catalog.write(into / "built" / "DashboardsLayer" / "dashboards")
    return into / "built" / "template.yaml"
