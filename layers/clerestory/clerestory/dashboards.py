"""The compiled dashboards: what `make build` puts into their layer and every function reads.

The YAML in `dashboards/` is checked and compiled when the pack is built, so these structs are
decoded from JSON that is known to be right. Durations are seconds, dates ISO 8601 text.
"""

import hashlib
from typing import Any, Literal

from msgspec import Struct
from msgspec.json import decode, encode

Scalar = str | int | float | bool
Value = Scalar | tuple[Scalar, ...]
VariableType = Literal["string", "number", "boolean", "date"]

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

    `parameters` are the names that the SQL binds, spelt as in the SQL. `span` is the chart's width
    in twelfths of the page; None leaves it to the page.
    """

    title: str
    sql: str
    parameters: tuple[str, ...] = ()
    description: str | None = None
    span: int | None = None
    vega_lite: dict[str, Any] | None = None
    number: Number | None = None
    table: Table | None = None
    unscoped: bool = False


class Embed(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """How a dashboard's tokens are minted."""

    lifetime: int = DAY
    share_window: int = HOUR
    viewer_bound: bool = False


class Warm(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A query whose rows are the variables of the URLs that people will ask for."""

    sql: str


class Dashboard(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """`downloads` lets viewers save a chart's data and picture, which they see anyway."""

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

    def named(self, name: str) -> bool:
        """Whether `name` is this dashboard's id or slug."""
        return name in (str(self.id), self.slug)


class Source(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Where charts read from: each of `files` is a Parquet file under the data folder or bucket,
    by the table's name that the SQL uses."""

    type: Literal["duckdb"]
    files: dict[str, str]


class SecretRules(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    rotate_every: int = 30 * DAY
    grace: int = DAY


class Organization(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    id: int
    slug: str
    sources: dict[str, Source]
    dashboards: tuple[Dashboard, ...]
    embed_origins: tuple[str, ...] = ()
    secret: SecretRules = SecretRules()

    def named(self, name: str) -> bool:
        """Whether `name` is this organization's id or slug."""
        return name in (str(self.id), self.slug)

    def dashboard(self, name: str) -> Dashboard | None:
        """The dashboard with that id or slug."""
        return next((dashboard for dashboard in self.dashboards if dashboard.named(name)), None)


class Catalog(Struct, frozen=True, forbid_unknown_fields=True):
    """Every organization of the pack. Ids of dashboards are unique across organizations, slugs
    within one."""

    organizations: tuple[Organization, ...]

    def organization(self, name: str) -> Organization | None:
        """The organization with that id or slug."""
        return next((organization for organization in self.organizations if organization.named(name)), None)


def definition_version(dashboard: Dashboard) -> str:
    """Changes when anything about the dashboard does."""
    return hashlib.sha256(encode(dashboard, order="deterministic")).hexdigest()[:16]


def read_catalog(compiled: bytes) -> Catalog:
    return decode(compiled, type=Catalog)


def write_catalog(catalog: Catalog) -> bytes:
    return encode(catalog, order="deterministic")
