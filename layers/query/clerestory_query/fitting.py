"""How the charts of one dashboard share what its results may weigh."""

from collections.abc import Mapping

from clerestory.dashboards import Chart
from clerestory_query.answers import TOO_LARGE, Answer, failed

MAX_BYTES = 4_000_000
"""Of a dashboard's results: a function's answer ends at 6 MB, base64 and page included."""
LEAST_OF_A_TABLE = 50_000
"""Bytes that a table keeps as long as there is a drawn chart to give way."""


def fitted(
    charts: tuple[Chart, ...], answers: Mapping[int, Answer], room: int = MAX_BYTES
) -> dict[int, Answer]:
    """The answers, within so many bytes: the largest tables are cut, to one size. Where that leaves too
    little of them, the largest drawn chart says that it is too large. A figure stays as it is."""
    fitting = dict(answers)
    while sum(each.size for each in fitting.values()) > room:
        tables = {at: each for at, each in fitting.items() if charts[at].table is not None}
        drawn = {at: each for at, each in fitting.items() if charts[at].vega_lite is not None and each.rows}
        others = sum(each.size for at, each in fitting.items() if at not in tables)
        level = _level([each.size for each in tables.values()], room - others)
        if drawn and (level < LEAST_OF_A_TABLE or not tables):
            largest = max(drawn, key=lambda at: drawn[at].size)
            fitting[largest] = failed(charts[largest], TOO_LARGE)
            continue
        for at, each in tables.items():
            if each.size > level:
                cut = each.cut_to(level)
                fitting[at] = cut if cut.rows else failed(charts[at], TOO_LARGE)
        break
    return fitting


def _level(sizes: list[int], room: int) -> int:
    """The largest size that all may have, so that together they fit."""
    left = max(room, 0)
    for at, size in enumerate(sorted(sizes)):
        share = left // (len(sizes) - at)
        if size > share:
            return share
        left -= size
    return max(sizes, default=0)
