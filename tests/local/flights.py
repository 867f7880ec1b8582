"""The demo's charts, and what DuckDB says of the same flights."""

from pathlib import Path
from typing import Any

import duckdb
import httpx
import jwt

from tests.pack import ROOT

FLIGHTS = ROOT / ".data" / "flights.parquet"


def chart(results: httpx.Response, title: str) -> Any:
    (found,) = [chart for chart in results.json()["charts"] if chart["title"] == title]
    return found


def flights(carrier: str, origins: tuple[str, ...] = ("EWR", "JFK", "LGA")) -> int:
    """What DuckDB says over the raw data."""
    sql = "SELECT count(*) FROM read_parquet($file) WHERE carrier = $carrier AND origin IN $origins"
    values = {"file": str(Path(FLIGHTS)), "carrier": carrier, "origins": list(origins)}
    row = duckdb.connect().execute(sql, values).fetchone()
    assert row is not None
    return int(row[0])


def env_of(url: str) -> Any:
    return jwt.decode(url.rsplit("/", 1)[1], options={"verify_signature": False})["env"]
