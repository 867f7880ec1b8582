"""What sees every tenant's rows, because its author said so: named each time that dashboards are checked."""

from collections.abc import Iterator
from pathlib import Path

from clerestory.catalog import Catalog


def seeing_all(folder: Path, catalog: Catalog) -> Iterator[str]:
    """A line for each, with its file and line."""
    for organization in catalog.organizations():
        for dashboard in catalog.definitions(organization):
            file = folder / dashboard.file
            for chart in dashboard.charts:
                if chart.unscoped:
                    yield f'{file}:{chart.line_of(0)}: chart "{chart.title}" is unscoped: it sees all rows'
            if dashboard.warm is not None:
                yield f"{file}:{dashboard.warm.line}: warm sees all rows"
