"""Who may sign in at the local issuer, and whose eyes the settings page's sandbox can look through."""

from typing import Any, NamedTuple

from clerestory.dashboards import Catalog


class Persona(NamedTuple):
    """Somebody with these claims. `id` is unique among those who may sign in."""

    id: str
    name: str
    about: str
    claims: dict[str, Any]


class Viewer(NamedTuple):
    """A customer of an organization: what their session would say."""

    organization: str
    name: str
    claims: dict[str, Any]


# Those of the demo's organizations. A viewer without an account shows what a missing claim does.
_VIEWERS = (
    Viewer("airlines", "Ana, United", {"sub": "ana", "custom:acct_id": "UA"}),
    Viewer("airlines", "Dan, Delta", {"sub": "dan", "custom:acct_id": "DL"}),
    Viewer("airlines", "Hana, Hawaiian", {"sub": "hana", "custom:acct_id": "HA"}),
    Viewer("airlines", "Nobody's customer", {"sub": "nils"}),
    Viewer("harbor", "Pia of the port", {"sub": "pia", "custom:acct_id": "UA"}),
)


def personas(catalog: Catalog) -> tuple[Persona, ...]:
    """An owner and a viewer of each organization."""
    return tuple(
        persona for each in catalog.organizations for persona in (_owner(each.slug), _viewer(each.slug))
    )


def viewers(catalog: Catalog) -> tuple[Viewer, ...]:
    """Those whose organization is here."""
    slugs = {each.slug for each in catalog.organizations}
    return tuple(viewer for viewer in _VIEWERS if viewer.organization in slugs)


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
