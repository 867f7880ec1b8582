"""Who may sign in at the local issuer, and whose eyes the settings page's sandbox can look through."""

from pathlib import Path
from typing import Any, NamedTuple

from msgspec import Struct
from msgspec.json import decode

from clerestory.catalog import Catalog


class Persona(NamedTuple):
    """Somebody with these claims. `id` is unique among those who may sign in."""

    id: str
    name: str
    about: str
    claims: dict[str, Any]


class Viewer(Struct, frozen=True):
    """A customer of an organization: what their session would say."""

    organization: str
    name: str
    claims: dict[str, Any]


def personas(catalog: Catalog) -> tuple[Persona, ...]:
    """An owner and a viewer of each organization."""
    return tuple(
        persona for each in catalog.organizations() for persona in (_owner(each.slug), _viewer(each.slug))
    )


def read_viewers(file: Path) -> tuple[Viewer, ...]:
    """Those that a file names; none where there is no such file."""
    return decode(file.read_bytes(), type=tuple[Viewer, ...]) if file.is_file() else ()


def _owner(slug: str) -> Persona:
    claims = {"name": f"Owner of {slug}", "custom:organization": slug, "cognito:groups": ["owners"]}
    return Persona(
        f"owner-{slug}",
        f"Owner of {slug}",
        "May see and change all of its settings",
        {"sub": f"owner@{slug}", **claims},
    )


def _viewer(slug: str) -> Persona:
    claims = {"sub": f"viewer@{slug}", "name": f"Viewer at {slug}", "custom:organization": slug}
    return Persona(f"viewer-{slug}", f"Viewer at {slug}", "Is no owner: every setting is refused", claims)
