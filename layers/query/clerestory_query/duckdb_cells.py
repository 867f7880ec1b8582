"""What JSON has of DuckDB's types and cells.

What JSON can't hold exactly, decimals and integers that a browser would round (RFC 8259, section 6), stands
for itself as text, digit for digit.
"""

import math
import struct
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from duckdb.sqltypes import DuckDBPyType

from clerestory_query.results import CellType

LARGEST_NUMBER = 2**53 - 1

Cell = str | int | float | bool | None | list["Cell"] | dict[str, "Cell"]

_TYPES: dict[str, CellType] = {
    **dict.fromkeys(("tinyint", "smallint", "integer", "bigint", "hugeint"), "integer"),
    **dict.fromkeys(("utinyint", "usmallint", "uinteger", "ubigint", "uhugeint", "bignum"), "integer"),
    **dict.fromkeys(("float", "double"), "number"),
    "decimal": "decimal",
    **dict.fromkeys(("varchar", "enum", "uuid", "bit"), "text"),
    "boolean": "boolean",
    "date": "date",
    **dict.fromkeys(("timestamp", "timestamp_s", "timestamp_ms", "timestamp_ns"), "timestamp"),
    "timestamp with time zone": "instant",
    **dict.fromkeys(("time", "time_ns", "time with time zone"), "time"),
    "interval": "interval",
    **dict.fromkeys(("list", "array", "struct", "map", "union", "variant"), "json"),
}


class NotShown(Exception):
    """A column is of a type that no card can show: bytes, or a geometry."""


def cell_type(kind: DuckDBPyType) -> CellType:
    """Raises NotShown."""
    if str(kind) == "JSON":
        return "json"
    if kind.id in ("list", "array", "struct", "map"):
        for _, child in kind.children:
            if isinstance(child, DuckDBPyType):
                cell_type(child)
    if kind.id not in _TYPES:
        raise NotShown(str(kind))
    return _TYPES[kind.id]


def plain(cell: Any) -> Cell:
    """Dates and times as ISO 8601 text, intervals as seconds."""
    if cell is None or isinstance(cell, str | bool):
        return cell
    if isinstance(cell, int):
        return cell if abs(cell) <= LARGEST_NUMBER else str(cell)
    if isinstance(cell, float):
        return cell if math.isfinite(cell) else None
    if isinstance(cell, Decimal):
        return f"{cell:f}" if cell.is_finite() else None
    if isinstance(cell, date | datetime | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return cell.total_seconds()
    if isinstance(cell, list | tuple):
        return [plain(each) for each in cell]
    if isinstance(cell, dict):
        return {str(name): plain(each) for name, each in cell.items()}
    return str(cell) if isinstance(cell, UUID) else None


def single(number: float | None) -> float | None:
    """A FLOAT by its shortest decimal: 0.1 rather than the double 0.10000000149011612."""
    if number is None or not math.isfinite(number):
        return None
    for digits in range(6, 9):
        shorter = float(f"{number:.{digits}g}")
        if struct.pack("f", shorter) == struct.pack("f", number):
            return shorter
    return float(f"{number:.9g}")
