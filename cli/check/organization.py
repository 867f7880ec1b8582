"""One organization's `organization.yaml`."""

import re
from pathlib import Path

from msgspec import Struct

from clerestory.dashboards import Organization, SecretRules
from cli.check.fields import MAX_ID, Fields, described, spelt_duration
from cli.check.mistakes import Mistakes
from cli.check.slugs import read_slug
from cli.check.sources import read_sources
from cli.check.yaml_nodes import Broken, ScalarNode, read_file

KEYS = ("id", "slug", "embed_origins", "secret", "sources")
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
        sources=read_sources(fields),
        embed_origins=_origins(fields),
        secret=_secret(fields),
    )
    return OrganizationFile(fields, organization, fields.node("sources") is not None)


def is_origin(text: str) -> bool:
    """Whether `text` is `scheme://host[:port]` and can stand in a Content-Security-Policy."""
    origin = next((match for pattern in _ORIGINS if (match := pattern.fullmatch(text))), None)
    return origin is not None and int(origin["port"] or 1) <= 65_535


def _origins(fields: Fields) -> tuple[str, ...]:
    origins: list[str] = []
    for item in fields.items("embed_origins"):
        origin = item.value if isinstance(item, ScalarNode) else None
        if isinstance(origin, str) and is_origin(origin):
            if origin in origins:
                fields.wrong(item.line, f'embed_origins has "{origin}" twice')
            origins.append(origin)
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
