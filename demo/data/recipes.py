"""What each Parquet file is made of.

A recipe is a SELECT over `raw`, the package's CSV as it is. `date` is added where a table has its
date in three columns, so that a chart compares one column. Rows are sorted by what charts filter
on: DuckDB then skips the row groups of other carriers (or airports) by their minimum and maximum.
"""

from dataclasses import dataclass

ROW_GROUP = 16_384


@dataclass(frozen=True)
class Recipe:
    """`source` is the file's name inside the package; `types` are those that the CSV doesn't show."""

    source: str
    select: str
    types: tuple[tuple[str, str], ...] = ()


_HOURLY = (("time_hour", "TIMESTAMP"),)

RECIPES = {
    "flights": Recipe(
        "flights.csv.zip",
        "SELECT make_date(year, month, day) AS date, * FROM raw "
        "ORDER BY carrier, date, sched_dep_time, flight",
        _HOURLY,
    ),
    "airlines": Recipe("airlines.csv", "SELECT * FROM raw ORDER BY carrier"),
    "airports": Recipe("airports.csv", "SELECT * FROM raw ORDER BY faa"),
    "planes": Recipe("planes.csv", "SELECT * FROM raw ORDER BY tailnum"),
    "weather": Recipe(
        "weather.csv",
        "SELECT make_date(year, month, day) AS date, * FROM raw ORDER BY origin, date, hour, time_hour",
        _HOURLY,
    ),
}
