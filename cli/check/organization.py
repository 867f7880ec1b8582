"""One organization's `organization.yaml`."""

import re
from pathlib import Path

from msgspec import Struct

from clerestory.dashboards import Organization, SecretRules, Source
from cli.check.dashboard import read_slug
from cli.check.fields import MAX_ID, Fields, described, spelt_duration
from cli.check.mistakes import Mistakes, did_you_mean
from cli.check.yaml_nodes import Broken, Node, ScalarNode, read_file

KEYS = ("id", "slug", "embed_origins", "secret", "sources")
SOURCE_TYPES = ("duckdb",)
_SOURCE = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}", re.ASCII)
_TABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,62}", re.ASCII)
_FILE = re.compile(r"[A-Za-z0-9_=.-]+(/[A-Za-z0-9_=.-]+)*\.parquet", re.ASCII)
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
# They go into a Content-Security-Policy as they are: nothing else may fit.
_ORIGINS = (
    re.compile(rf"https://{_LABEL}(?:\.{_LABEL})*(?::(?P<port>[1-9][0-9]{{0,4}}))?", re.ASCII),
    re.compile(rf"https://\*\.{_LABEL}(?:\.{_LABEL})+(?::(?P<port>[1-9][0-9]{{0,4}}))?", re.ASCII),
    re.compile(r"http://(?:localhost|127\.0\.0\.1)(?::(?P<port>[1-9][0-9]{0,4}))?", re.ASCII),
)


class OrganizationFile(Struct, frozen=True):
    """A file's organization, without its dashboards; right only where `fields.mistakes` has none.
    `has_sources` says whether its sources could be read, right or wrong."""

    fields: Fields
    organization: Organization
    has_sources: bool


def read_organization(file: Path) -> OrganizationFile:
    mistakes = Mistakes(file)
    root = read_file(file, mistakes)
    fields = Fields(root or Broken(1), mistakes, "", KEYS)
    organization = Organization(
        id=fields.whole("id", 1, MAX_ID, required=True),
        slug=read_slug(fields),
        sources=_sources(fields),
        embed_origins=_origins(fields),
        secret=_secret(fields),
    )
    return OrganizationFile(fields, organization, fields.node("sources") is not None)


def is_origin(text: str) -> bool:
    """Whether `text` is `scheme://host[:port]` and can stand in a Content-Security-Policy."""
    found = next((match for pattern in _ORIGINS if (match := pattern.fullmatch(text))), None)
    return found is not None and int(found["port"] or 1) <= 65_535


def _origins(fields: Fields) -> tuple[str, ...]:
    origins: list[str] = []
    for item in fields.items("embed_origins"):
        said = item.value if isinstance(item, ScalarNode) else None
        if isinstance(said, str) and is_origin(said):
            if said in origins:
                fields.wrong(item.line, f'embed_origins has "{said}" twice')
            origins.append(said)
        elif not isinstance(item, Broken):
            fields.wrong(
                item.line,
                f"embed_origins can't have {described(item)}: write https://host, https://host:port, "
                "https://*.example.com, or http://localhost:port, in lower case and without a path",
            )
    return tuple(origins)


def _secret(organization: Fields) -> SecretRules:
    node = organization.node("secret")
    if node is None:
        return SecretRules()
    fields = Fields(node, organization.mistakes, "secret", ("rotate_every", "grace"))
    rules = SecretRules(
        rotate_every=fields.duration("rotate_every") or SecretRules().rotate_every,
        grace=fields.duration("grace") or SecretRules().grace,
    )
    if rules.grace >= rules.rotate_every:
        key = "grace" if fields.has("grace") else "rotate_every"
        spelt = f"{spelt_duration(rules.grace)} and {spelt_duration(rules.rotate_every)}"
        fields.wrong_at(key, f"doesn't fit: grace must be shorter than rotate_every ({spelt})")
    return rules


def _sources(organization: Fields) -> dict[str, Source]:
    sources: dict[str, Source] = {}
    entries = organization.entries("sources", required=True)
    if not entries and organization.node("sources") is not None:
        organization.wrong_at("sources", "must have at least one source")
    for name, node in entries.items():
        fields = Fields(node, organization.mistakes, f'source "{name}"', ("type", "files"))
        if not _SOURCE.fullmatch(name):
            fields.wrong(fields.line, "a name is letters, digits, _ and -, and begins with a letter")
        kind = fields.text("type", required=True)
        if kind and kind not in SOURCE_TYPES:
            fields.wrong_at("type", f'"{kind}" isn\'t known{did_you_mean(kind, SOURCE_TYPES)}')
        sources[name] = Source("duckdb", _files(fields))
    return sources


def _files(source: Fields) -> dict[str, str]:
    files: dict[str, str] = {}
    entries = source.entries("files", required=True)
    if not entries and source.node("files") is not None:
        source.wrong_at("files", "must name at least one table")
    lower: set[str] = set()
    for table, node in entries.items():
        if not _TABLE.fullmatch(table):
            source.wrong(node.line, f'files: table "{table}": a name is letters, digits and _')
        elif table.lower() in lower:
            source.wrong(node.line, f'files: table "{table}" is there twice: case doesn\'t count')
        lower.add(table.lower())
        files[table] = _file(source, table, node)
    return files


def _file(source: Fields, table: str, node: Node) -> str:
    path = node.value if isinstance(node, ScalarNode) else None
    if isinstance(path, str) and _FILE.fullmatch(path) and ".." not in path.split("/"):
        return path
    if not isinstance(node, Broken):
        source.wrong(
            node.line,
            f"files: {table} can't be {described(node)}: write a Parquet file's path inside the data folder, "
            'such as "flights.parquet", without ".." and without a first /',
        )
    return ""
