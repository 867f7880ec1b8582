"""A chart that failed: what its operator is told, and what its author."""

from pathlib import Path

from msgspec import Struct, structs

from clerestory.dashboards import Chart, Dashboard
from clerestory_query.answers import Answer
from clerestory_query.engine import EngineError
from clerestory_query.results import QUERY_TIMED_OUT


class Failure(Struct, frozen=True):
    """`code` is the problem's; `line` is that of the dashboard's file, where it is known."""

    dashboard: Dashboard
    chart: Chart
    code: str
    line: int | None
    error: EngineError | None

    @property
    def facts(self) -> dict[str, str | int | None]:
        """For the log: the error's class and place, never its message, which may quote rows."""
        return {
            "dashboard": self.dashboard.id,
            "chart": self.chart.slug,
            "code": self.code,
            "error": self.error.kind if self.error else None,
            "position": self.error.position if self.error else None,
            "file": self.dashboard.file,
            "line": self.line,
        }

    def explained(self, folder: Path) -> str:
        """For the author, who may see rows: the engine's own words, after file and line."""
        place = f"{folder / self.dashboard.file}:{self.line or 1}"
        message = self.error.message if self.error else self.code
        if self.code == QUERY_TIMED_OUT.code:
            message = f"it took longer than its {self.chart.seconds} seconds"
        return f'{place}: chart "{self.chart.title}": {message}'


def failure_of(dashboard: Dashboard, chart: Chart, answer: Answer) -> Failure | None:
    """None for a chart that has rows."""
    if not answer.problem:
        return None
    error = answer.head.error
    at = 0 if error is None or error.position is None else error.position
    return Failure(dashboard, chart, answer.problem, chart.line_of(at), error)


def with_detail(answer: Answer, detail: str) -> Answer:
    """The answer with what its author is told in its problem."""
    problem = answer.head.result["problem"] | {"detail": detail}
    result = answer.head.result | {"problem": problem}
    return structs.replace(answer, head=structs.replace(answer.head, result=result))
