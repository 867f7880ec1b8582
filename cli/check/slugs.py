"""Slugs: the names of organizations, dashboards and charts in addresses and results."""

import re
import unicodedata

from cli.check.fields import Fields

_SLUG = re.compile(r"[a-z0-9-]{1,64}", re.ASCII)


def read_slug(fields: Fields) -> str:
    slug = fields.text("slug", required=True)
    if slug and not _SLUG.fullmatch(slug):
        fields.wrong_at("slug", f'can\'t be "{slug}": it is at most 64 of a to z, 0 to 9 and -')
    elif slug.isdigit():
        fields.wrong_at("slug", f'can\'t be "{slug}": digits alone would be an id')
    return slug


def slug_of(title: str) -> str:
    """A slug made from a title; blank where none of its letters can stand in one."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:58].strip("-")
    return f"chart-{slug}" if slug.isdigit() else slug
