"""The pack's organizations and dashboards, each read when it is asked for, by its id or slug.

They are compiled into one file, from which a function reads no more than it was asked for: so neither its
start nor a request takes longer with thousands of dashboards than with two. Names come from requests, so each
look-up ends with a comparison: what is read must have that very name.
"""

import tempfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from mmap import ACCESS_READ, mmap
from pathlib import Path

from msgspec import Struct
from msgspec.json import Decoder, encode

from clerestory.dashboards import Dashboard, DashboardSummary, Organization
from clerestory.named_bytes import NamedBytes, Place, packed

FILE = "catalog"
"""The one file of a compiled folder."""
KEPT = 64
"""How many decoded dashboards stay in memory, those that were last asked for."""

# What stands beside those that have names: any organization, the only one, and the ids of all of them.
_ANY, _ONLY, _ALL = "any", "only", "all"

_organization = Decoder(Organization).decode
_dashboard = Decoder(Dashboard).decode
_summaries = Decoder(tuple[DashboardSummary, ...]).decode
_ids = Decoder(tuple[int, ...]).decode


class Packed(Struct, frozen=True):
    """A dashboard as it is compiled, and what lists say of it."""

    summary: DashboardSummary
    compressed: bytes


class Catalog:
    """Ids of dashboards are unique across organizations, slugs within one. Dashboards are in the order of
    their files."""

    def __init__(self, compiled: NamedBytes) -> None:
        self.compiled = compiled
        self._any = compiled.find(_ANY)
        self._kept_dashboard = lru_cache(KEPT)(self._read_dashboard)

    @staticmethod
    def of(*teams: tuple[Organization, Sequence[Dashboard]]) -> "Catalog":
        """Organizations, each with its dashboards."""
        return Catalog.of_packed(
            (organization, tuple(map(pack, dashboards))) for organization, dashboards in teams
        )

    @staticmethod
    def of_packed(teams: Iterable[tuple[Organization, Sequence[Packed]]]) -> "Catalog":
        return Catalog(NamedBytes(packed(_contents(tuple(teams)))))

    def organization(self, name: str) -> Organization | None:
        """The organization with that id or slug. It takes the same work to find that there is none: another
        is read in its place, and isn't the one."""
        place = self.compiled.find(_organization_name(name)) or self._any
        organization = place and _organization(self.compiled.at(place))
        return organization if organization and organization.named(name) else None

    def only_organization(self) -> Organization | None:
        """The pack's organization, if there is just one."""
        place = self.compiled.find(_ONLY)
        return _organization(self.compiled.at(place)) if place else None

    def organizations(self) -> Iterator[Organization]:
        """All of them, one after the other."""
        place = self.compiled.find(_ALL)
        for number in _ids(self.compiled.at(place)) if place else ():
            organization = self.organization(str(number))
            if organization is not None:
                yield organization

    def dashboard(self, organization: Organization, name: str) -> Dashboard | None:
        """The organization's dashboard with that id or slug."""
        place = self.compiled.find(_dashboard_name(organization.id, name))
        dashboard = place and self._kept_dashboard(place)
        return dashboard if dashboard and dashboard.named(name) else None

    def dashboards(self, organization: Organization) -> tuple[DashboardSummary, ...]:
        """All of the organization's, for what lists them. This alone takes longer, the more there are."""
        place = self.compiled.find(_list_name(organization.id))
        return _summaries(self._unpacked(place)) if place else ()

    def definitions(self, organization: Organization) -> Iterator[Dashboard]:
        """The organization's dashboards in full, one after the other: no request reads them so."""
        for summary in self.dashboards(organization):
            place = self.compiled.find(_dashboard_name(organization.id, str(summary.id)))
            if place is not None:
                yield self._read_dashboard(place)

    def write(self, folder: Path) -> None:
        """Writes the compiled folder: all of it at once, and only where it isn't there already."""
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / FILE
        if file.is_file() and file.read_bytes() == self.compiled.whole:
            return
        descriptor, name = tempfile.mkstemp(dir=folder, prefix=".")
        try:
            with open(descriptor, "wb") as opened:
                opened.write(self.compiled.whole)
            Path(name).chmod(0o644)
            Path(name).replace(file)
        except BaseException:
            Path(name).unlink()
            raise

    def _read_dashboard(self, place: Place) -> Dashboard:
        return _dashboard(self._unpacked(place))

    def _unpacked(self, place: Place) -> bytes:
        return zlib.decompress(self.compiled.at(place))


def read_catalog(folder: Path) -> Catalog:
    """That of a compiled folder. Nothing is read yet but the file's head."""
    with (folder / FILE).open("rb") as file:
        return Catalog(NamedBytes(mmap(file.fileno(), 0, access=ACCESS_READ)))


def pack(dashboard: Dashboard) -> Packed:
    """Equal dashboards give equal bytes."""
    return Packed(_summary(dashboard), _compressed(dashboard))


def _contents(teams: Sequence[tuple[Organization, Sequence[Packed]]]) -> Iterator[tuple[list[str], bytes]]:
    """Everything that is compiled, with its names."""
    ids = []
    for number, (organization, dashboards) in enumerate(teams):
        ids.append(organization.id)
        names = [_organization_name(each) for each in (str(organization.id), organization.slug)]
        special = ([_ANY] if number == 0 else []) + ([_ONLY] if len(teams) == 1 else [])
        yield names + special, _encoded(organization)
        yield [_list_name(organization.id)], _compressed([each.summary for each in dashboards])
        for each in dashboards:
            named = (str(each.summary.id), each.summary.slug)
            yield [_dashboard_name(organization.id, name) for name in named], each.compressed
    yield [_ALL], _encoded(ids)


def _summary(dashboard: Dashboard) -> DashboardSummary:
    return DashboardSummary(
        id=dashboard.id,
        slug=dashboard.slug,
        title=dashboard.title,
        description=dashboard.description,
        variables=dashboard.variables,
        embed=dashboard.embed,
    )


def _encoded(value: object) -> bytes:
    return encode(value, order="deterministic")


def _compressed(value: object) -> bytes:
    """To less than a third: a function and its layers may have 250 MB together."""
    return zlib.compress(_encoded(value))


def _organization_name(name: str) -> str:
    return f"organization {name}"


def _dashboard_name(organization: int, name: str) -> str:
    return f"dashboard {organization} {name}"


def _list_name(organization: int) -> str:
    return f"dashboards {organization}"
