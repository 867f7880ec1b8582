"""The benchmarks' own arithmetic: what they say of a ratio, and what a million requests cost."""

import tomllib

import pytest

from benchmarks.comparing import Comparison, alternated
from benchmarks.cost import PRICES, Work, dollars


@pytest.mark.parametrize(("ours", "verdict"), [(0.8, "kept"), (0.88, "exceeded")])
def test_a_ratio_is_held_against_its_budget(ours: float, verdict: str) -> None:
    assert str(Comparison("mint", ours, 1.0, "R", 0.87)).endswith(f"budget 0.87 {verdict}")


def test_the_first_turn_does_not_count() -> None:
    times = iter([100.0, 100.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0])
    assert alternated(lambda: next(times), lambda: next(times), rounds=3) == (3.0, 4.0)


def test_a_million_requests_cost_their_prices() -> None:
    prices = tomllib.loads(PRICES.read_text(encoding="utf-8"))
    work = Work(invocations=1, seconds=1, memory=1, reads=2, log_lines=0)
    expected = prices["api_requests"] + prices["lambda_requests"] + 2 * prices["dynamodb_reads"]
    assert dollars(work, prices) == pytest.approx(expected + 1_000_000 * prices["lambda_gb_seconds"])
