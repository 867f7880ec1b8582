"""What dashboards and their organizations are, once they are checked and compiled: `catalog.py` finds them.

Their YAML is checked when the pack is built, so these structs are decoded from JSON that is known to be
right. Durations are seconds, dates ISO 8601 text.
"""

import hashlib
from collections.abc import Mapping
from typing import Any, Literal

from msgspec import Struct
from msgspec.json import encode
from msgspec.structs import replace

Scalar = str | int | float | bool
Value = Scalar | tuple[Scalar, ...]
VariableType = Literal["string", "number", "boolean", "date"]
FileFormat = Literal["parquet", "csv", "json"]

DAY = 86_400
HOUR = 3_600


class Variable(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A dashboard's variable. One with a `claim` is locked: only the session fills it. `min` and `max` are
    for dates and numbers, and inclusive."""

    type: VariableType
    list: bool = False
    claim: str | None = None
    choices: tuple[Scalar, ...] | None = None
    default: Value | None = None
    title: str | None = None
    min: Scalar | None = None
    max: Scalar | None = None

    @property
    def locked(self) -> bool:
        return self.claim is not None


class Number(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One figure: the first column of the first row, in a d3 format."""

    format: str = ",d"
    prefix: str = ""
    suffix: str = ""


class Table(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Rows as they come; `formats` maps a column's name to a d3 format."""

    formats: dict[str, str] = {}


class Chart(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One query and one way to show it; exactly one of `vega_lite`, `number` and `table` is set.

    `sql` is the checked query as its engine runs it: `parameters` are the names that it binds, `reads`
    the tables of `source` that it names, `columns` at least those of their columns that it does, in lower
    case; None stands for all. An `unscoped` one sees all of their rows. It may take so many
    `seconds`. `lines` says where it stands in the dashboard's file: pairs of a character of `sql` and the
    line that begins there. `span` is the chart's width in twelfths of the page; None leaves it to the page.
    """

    title: str
    sql: str
    slug: str = ""
    source: str = ""
    parameters: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    columns: tuple[str, ...] | None = None
    lines: tuple[tuple[int, int], ...] = ()
    seconds: int = 20
    description: str | None = None
    span: int | None = None
    vega_lite: dict[str, Any] | None = None
    number: Number | None = None
    table: Table | None = None
    unscoped: bool = False

    def line_of(self, position: int) -> int | None:
        """The line of the dashboard's file in which that character of `sql` stands."""
        return next((line for start, line in reversed(self.lines) if start <= position), None)


class Embed(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """How a dashboard's tokens are minted."""

    lifetime: int = DAY
    share_window: int = HOUR
    viewer_bound: bool = False


class Warm(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A query whose rows are the variables of the URLs that people will ask for. It sees all rows. `line` is
    where it stands in the dashboard's file."""

    sql: str
    line: int = 0


class Dashboard(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """`downloads` lets viewers save a chart's data and picture, which they see anyway. `version` changes when
    anything does that its results depend on. `file` is its own, below the dashboards' folder."""

    id: int
    slug: str
    title: str
    source: str
    charts: tuple[Chart, ...]
    description: str | None = None
    variables: dict[str, Variable] = {}
    embed: Embed = Embed()
    warm: Warm | None = None
    downloads: bool = False
    file: str = ""
    version: str = ""

    def named(self, name: str) -> bool:
        """Whether `name` is this dashboard's id or slug."""
        return name in (str(self.id), self.slug)


class SourceTable(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A table of a source: `files` are paths under the data folder or bucket, which may have `*` and `**`
    in them. `tenant` maps columns to the locked variables that they must equal; a table without is shared
    by all tenants."""

    files: tuple[str, ...]
    format: FileFormat
    tenant: dict[str, str] = {}


class DashboardSummary(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What lists of an organization's dashboards need of each: all but its charts."""

    id: int
    slug: str
    title: str
    description: str | None = None
    variables: dict[str, Variable] = {}
    embed: Embed = Embed()


class Source(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Where charts read from: tables, by the names that the SQL uses."""

    type: Literal["duckdb"]
    tables: dict[str, SourceTable]


class SecretRules(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    rotate_every: int = 30 * DAY
    grace: int = DAY


class Organization(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    id: int
    slug: str
    sources: dict[str, Source]
    embed_origins: tuple[str, ...] = ()
    secret: SecretRules = SecretRules()

    def named(self, name: str) -> bool:
        """Whether `name` is this organization's id or slug."""
        return name in (str(self.id), self.slug)


def versioned(dashboard: Dashboard, sources: Mapping[str, Source]) -> Dashboard:
    """The dashboard with its `version`: of its definition and of the sources that it reads. Where it stands
    in its file doesn't count."""
    charts = tuple(replace(chart, lines=()) for chart in dashboard.charts)
    names = {dashboard.source, *(chart.source for chart in charts)}
    read = {name: source for name, source in sources.items() if name in names}
    warm = dashboard.warm and replace(dashboard.warm, line=0)
    bare = replace(dashboard, charts=charts, warm=warm, version="", file="")
    definition = encode((bare, read), order="deterministic")
    return replace(dashboard, version=hashlib.sha256(definition).hexdigest()[:16])
