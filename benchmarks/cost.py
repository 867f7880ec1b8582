"""What the pack costs: requests times prices, with how long each function takes on Lambda assumed."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from msgspec import Struct

PRICES = Path(__file__).with_name("prices.toml")
MILLION = 1_000_000
ALARMS = 12
LOG_LINE_GB = 400 / 1e9


class Work(Struct, frozen=True):
    """One event's. `seconds` are assumed, on a function of `memory` GB. Writes are of 1 KB, reads of 4 KB
    and consistent."""

    invocations: int
    seconds: float
    memory: float
    reads: float = 0
    writes: float = 0
    gets: float = 0
    puts: float = 0
    kilobytes: float = 0
    log_lines: int = 1


CACHED_VIEW = Work(invocations=1, seconds=0.03, memory=0.5, reads=4, gets=1, kilobytes=30)
NEW_TOKEN = Work(invocations=1, seconds=0.05, memory=0.5, reads=4, writes=4, kilobytes=3)
QUERY_RUN = Work(invocations=1, seconds=1.0, memory=1.73, writes=2, gets=6, puts=1)
POLL = Work(invocations=1, seconds=0.02, memory=0.5, reads=4, kilobytes=1)


def costs() -> Iterator[str]:
    prices = tomllib.loads(PRICES.read_text(encoding="utf-8"))
    opened = dollars(NEW_TOKEN, prices) + dollars(QUERY_RUN, prices, api=False) + 2 * dollars(POLL, prices)
    yield f"a million cached views              {dollars(CACHED_VIEW, prices):>8.2f} $"
    yield f"a million new tokens                {opened:>8.2f} $"
    idle = ALARMS * prices["alarm_month"] + prices["storage_gb_month"]
    yield f"an idle month (alarms, a GB stored) {idle:>8.2f} $"


def dollars(work: Work, prices: dict[str, Any], api: bool = True) -> float:
    """For a million of them."""
    requests = work.invocations * (prices["lambda_requests"] + (prices["api_requests"] if api else 0))
    computing = MILLION * work.seconds * work.memory * prices["lambda_gb_seconds"]
    table = work.reads * prices["dynamodb_reads"] + work.writes * prices["dynamodb_writes"]
    objects = work.gets * prices["s3_gets"] + work.puts * prices["s3_puts"]
    sent = work.kilobytes / 1e6 * MILLION * prices["transfer_gb"]
    logged = work.log_lines * LOG_LINE_GB * MILLION * prices["logs_gb"]
    return float(requests + computing + table + objects + sent + logged)
