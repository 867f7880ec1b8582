"""The files that the dashboards' sources name, relative to the data's folder."""

from pathlib import Path

from clerestory.catalog import Catalog


def named_files(catalog: Catalog) -> list[str]:
    """Their paths, which may have `*` in them."""
    sources = (source for each in catalog.organizations() for source in each.sources.values())
    tables = (table for source in sources for table in source.tables.values())
    return sorted({file for table in tables for file in table.files})


def files_there(catalog: Catalog, folder: Path) -> list[str]:
    """Every file of the folder that a table reads."""
    matching = (each for file in named_files(catalog) for each in folder.glob(file) if each.is_file())
    return sorted({each.relative_to(folder).as_posix() for each in matching})


def missing_files(catalog: Catalog, folder: Path) -> list[str]:
    """The paths that name no file of the folder."""
    return [file for file in named_files(catalog) if not any(each.is_file() for each in folder.glob(file))]
