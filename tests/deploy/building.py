"""What `sam build` made, with other dashboards in their layer: all else of it is as it was."""

import os
import shutil
from pathlib import Path

from clerestory.dashboards import write_catalog
from cli.check import compile_folder


def with_own_dashboards(dashboards: Path, built: Path, into: Path) -> Path:
    """The template of such a copy."""
    compiled = compile_folder(dashboards)
    assert compiled.catalog, compiled.mistakes
    shutil.copytree(built, into / "built", copy_function=os.link)
    catalog = into / "built" / "DashboardsLayer" / "dashboards" / "catalog.json"
    catalog.unlink()  # a link: the original stays
    catalog.write_bytes(write_catalog(compiled.catalog))
    return into / "built" / "template.yaml"
