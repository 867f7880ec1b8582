"""The files that the dashboards' sources name, relative to the data's folder."""

from pathlib import Path

from clerestory.catalog import Catalog


def named_files(catalog: Catalog) -> list[str]:
    sources = (source for each in catalog.organizations() for source in each.sources.values())
    return sorted({file for source in sources for file in source.files.values()})


def missing_files(catalog: Catalog, folder: Path) -> list[str]:
    """Those that the folder lacks."""
    return [file for file in named_files(catalog) if not (folder / file).is_file()]
