"""An organization's `sources:`: which tables there are, in which files, and whose rows they hold."""

import re

from clerestory.dashboards import FileFormat, Source, SourceTable
from cli.check.fields import Fields, described
from cli.check.mistakes import did_you_mean
from cli.check.yaml_nodes import Broken, Node, ScalarNode, Sequence

TYPES = ("duckdb",)
FORMATS: dict[str, FileFormat] = {
    ".parquet": "parquet",
    ".csv": "csv",
    ".tsv": "csv",
    ".json": "json",
    ".jsonl": "json",
    ".ndjson": "json",
}
"""By a file's ending, before which `.gz` may stand last for all but Parquet, which compresses by itself."""
_SOURCE = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}", re.ASCII)
_TABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,62}", re.ASCII)
_VARIABLE = re.compile(r"[A-Z][A-Z0-9_]*", re.ASCII)
# What could end a quoted name, or lead out of the data's folder, can't stand in one.
_COLUMN = re.compile(r'[^"\x00-\x1f\x7f]{1,128}')
_SEGMENT = r"(?:\*\*|[\w=.,+@~() *-]+)"
_FILE = re.compile(rf"{_SEGMENT}(?:/{_SEGMENT})*")


def read_sources(organization: Fields) -> dict[str, Source]:
    sources: dict[str, Source] = {}
    entries = organization.entries("sources", required=True)
    if not entries and organization.node("sources") is not None:
        organization.wrong_at("sources", "must have at least one source")
    for name, node in entries.items():
        fields = Fields(node, organization.mistakes, f'source "{name}"', ("type", "tables", "files"))
        if not _SOURCE.fullmatch(name):
            fields.wrong(fields.line, "a name is letters, digits, _ and -, and begins with a letter")
        kind = fields.text("type", required=True)
        if kind and kind not in TYPES:
            fields.wrong_at("type", f'"{kind}" isn\'t known{did_you_mean(kind, TYPES)}')
        sources[name] = Source("duckdb", _tables(fields, name))
    return sources


def _tables(source: Fields, name: str) -> dict[str, SourceTable]:
    if source.has("files"):
        source.wrong_at("files", "is written as tables, each with whose rows it holds: " + _new_form(source))
        return {}
    entries = source.entries("tables", required=True)
    if not entries and source.node("tables") is not None:
        source.wrong_at("tables", "must name at least one table")
    tables: dict[str, SourceTable] = {}
    lower: set[str] = set()
    for table, node in entries.items():
        subject = f'source "{name}": table "{table}"'
        fields = Fields(node, source.mistakes, subject, ("files", "tenant", "shared"))
        if not _TABLE.fullmatch(table):
            fields.wrong(fields.line, "a name is letters, digits and _")
        elif table.lower() in lower:
            fields.wrong(fields.line, "is there twice: case doesn't count")
        lower.add(table.lower())
        files = _files(fields)
        tables[table] = SourceTable(files, _format(fields, files), _tenant(fields))
    return tables


def _new_form(source: Fields) -> str:
    """The old mapping of a table to its file, in today's words."""
    entries = source.entries("files")
    table, node = next(iter(entries.items()), ("flights", None))
    file = node.value if isinstance(node, ScalarNode) else "flights.parquet"
    return f"tables: {{{table}: {{files: {file}, tenant: {{column: VARIABLE}}}}}}, or shared: true for tenant"


def _files(table: Fields) -> tuple[str, ...]:
    node = table.node("files", required=True)
    if isinstance(node, Sequence) and not node.items:
        table.wrong_at("files", "must name at least one file")
    nodes = node.items if isinstance(node, Sequence) else (node,) if node is not None else ()
    return tuple(path for each in nodes if (path := _file(table, each)))


def _file(table: Fields, node: Node) -> str:
    path = node.value if isinstance(node, ScalarNode) else None
    if isinstance(path, str) and _is_within(path) and format_of(path):
        return path
    if not isinstance(node, Broken):
        table.wrong(
            node.line,
            f"files can't be {described(node)}: write a path inside the data folder, which may have * in it, "
            f'such as "flights.parquet" or "flights/*.csv.gz", and ends in {", ".join(FORMATS)}',
        )
    return ""


def _is_within(path: str) -> bool:
    segments = path.split("/")
    return bool(_FILE.fullmatch(path)) and not {".", ".."} & set(segments) and path.strip() == path


def format_of(path: str) -> FileFormat | None:
    """What a file holds, by its ending."""
    plain = path.removesuffix(".gz")
    ending = next((each for each in FORMATS if plain.endswith(each)), None)
    if ending is None or (plain != path and FORMATS[ending] == "parquet"):
        return None
    return FORMATS[ending]


def _format(table: Fields, files: tuple[str, ...]) -> FileFormat:
    formats = [each for each in map(format_of, files) if each]
    if len(set(formats)) > 1:
        table.wrong_at("files", f"must be of one kind, not {' and '.join(dict.fromkeys(formats))}")
    return formats[0] if formats else "parquet"


def _tenant(table: Fields) -> dict[str, str]:
    shared = table.flag("shared")
    if shared and table.has("tenant"):
        table.wrong_at("shared", "is true beside tenant: a table's rows are a tenant's, or everybody's")
    if not shared and not table.has("tenant") and table.mapping is not None:
        table.wrong(
            table.line,
            'doesn\'t say whose rows it holds: write "tenant: {column: VARIABLE}", or "shared: true" '
            "where every tenant may see all of them",
        )
    entries = table.entries("tenant")
    if not entries and table.node("tenant") is not None:
        table.wrong_at("tenant", "must name a column and its variable")
    return {column: _variable(table, column, node) for column, node in entries.items()}


def _variable(table: Fields, column: str, node: Node) -> str:
    name = node.value if isinstance(node, ScalarNode) else None
    if not _COLUMN.fullmatch(column):
        table.wrong(node.line, "tenant has a column whose name is blank, or has a quote in it")
    if isinstance(name, str) and _VARIABLE.fullmatch(name):
        return name
    if not isinstance(node, Broken):
        wanted = "write a variable's name, such as ACCT_ID"
        table.wrong(node.line, f"tenant: the variable of {column} can't be {described(node)}: {wanted}")
    return ""
