"""Charts for tests of what runs their SQL."""

from typing import Any

from clerestory.dashboards import Chart, Table


def chart(sql: str, **how: Any) -> Chart:
    """A table of the query's rows."""
    return Chart(title="Chart", slug="chart", sql=sql, **({"table": Table()} | how))
