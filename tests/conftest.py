"""What tests of every kind may ask for."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from tests.pack import Pack, running_pack
from tests.parts import is_slow, seconds_by_part

# How busy a machine is, is no property of the code.
settings.register_profile(
    "any-machine", settings.default, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("any-machine")


@pytest.fixture(scope="session")
def pack() -> Iterator[Pack]:
    """The whole pack, started once: tests share its state, so each counts on what is its own."""
    with running_pack() as running:
        yield running


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if is_slow(item.nodeid):
            item.add_marker("slow")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """How long each part took: of the seconds of tests, with their subtests, which processes share."""
    reports = [
        report
        for reports in terminalreporter.stats.values()
        for report in reports
        if isinstance(report, pytest.TestReport) and not isinstance(report, pytest.SubtestReport)
    ]
    seconds = seconds_by_part((report.nodeid, report.duration) for report in reports)
    if seconds:
        terminalreporter.section("seconds by part")
    for part, took in seconds.items():
        terminalreporter.line(f"{took:7.1f}  {part}")
