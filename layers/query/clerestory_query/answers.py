"""A chart's results on their way from the process that computed them to the document.

Rows travel as JSON, one a line, so that they can be counted and cut by who never decodes them.
"""

from typing import Any

from msgspec import UNSET, Raw, Struct, UnsetType, structs, to_builtins
from msgspec.json import Encoder, decode, encode

from clerestory.dashboards import Chart
from clerestory.inline_json import script_safe
from clerestory_query.engine import EngineError
from clerestory_query.results import ChartFailure, ChartProblem, ChartRows

OUT_OF_TIME = ChartProblem("run-timed-out", "The dashboard's time was up before this chart was ready")
TOO_LARGE = ChartProblem("results-too-large", "This chart's results are too large to show")
CRASHED = ChartProblem("query-failed", "This chart's query ended without an answer")

_encoder = Encoder()


class Head(Struct, frozen=True, omit_defaults=True):
    """All of a chart's results but the rows. `cut` is how many rows there were where there are fewer now,
    None where nobody could count them. `error` is what the engine said of a chart that failed; `unavailable`
    names why the source can't be read."""

    result: dict[str, Any] = {}
    error: EngineError | None = None
    cut: int | UnsetType | None = UNSET
    unavailable: str = ""


class Answer(Struct, frozen=True):
    """`rows` is None for a chart that failed."""

    head: Head
    rows: bytes | None = None

    @property
    def size(self) -> int:
        """In bytes, as it stands in the document."""
        return len(self.rows or b"") + len(script_safe(encode(self.head.result)))

    @property
    def problem(self) -> str:
        """Its code, or nothing."""
        code: str = self.head.result.get("problem", {}).get("code", "")
        return code

    def encoded(self) -> bytes:
        return encode(self.head) + b"\n" + (self.rows if self.rows is not None else b"-")

    def shown(self) -> dict[str, Any]:
        """As it stands in the document."""
        if self.rows is None:
            return self.head.result
        rows = Raw(b"[" + self.rows.rstrip(b"\n").replace(b"\n", b",") + b"]")
        cut = {} if self.head.cut is UNSET else {"cut": self.head.cut}
        return self.head.result | {"rows": rows} | cut

    def cut_to(self, size: int) -> "Answer":
        """Its first rows, as many as that many bytes hold."""
        rows = self.rows or b""
        room = size - (self.size - len(rows))
        kept = rows[: rows.rfind(b"\n", 0, max(room, 0)) + 1]
        there_were = rows.count(b"\n") if self.head.cut is UNSET else self.head.cut
        return Answer(structs.replace(self.head, cut=there_were), kept)


def failed(chart: Chart, problem: ChartProblem, error: EngineError | None = None) -> Answer:
    return Answer(Head(to_builtins(ChartFailure(chart.title, chart.slug, problem)), error=error))


def answer_of(result: ChartRows) -> Answer:
    lines = script_safe(_encoder.encode_lines(result.rows))
    return Answer(Head(to_builtins(structs.replace(result, rows=[]))), lines)


def read_answer(encoded: bytes) -> Answer:
    head, _, rows = encoded.partition(b"\n")
    return Answer(decode(head, type=Head), None if rows == b"-" else rows)
