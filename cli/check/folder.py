"""A whole folder of dashboards: which files there are, and what must be unique among them."""

from collections.abc import Iterable
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from clerestory.dashboards import Catalog, Organization, versioned
from cli.check.dashboard import DashboardFile, read_dashboard
from cli.check.fields import Fields, spelt_duration
from cli.check.mistakes import Mistake
from cli.check.organization import OrganizationFile, read_organization

ORGANIZATION = "organization.yaml"


class Compiled(Struct, frozen=True):
    """`catalog` is None exactly where there are mistakes, which are sorted. `passed_over` are notes of the
    folders that are no organization's."""

    catalog: Catalog | None
    mistakes: tuple[Mistake, ...]
    passed_over: tuple[Mistake, ...] = ()


class _Team(Struct, frozen=True):
    """An organization and its dashboards, as read."""

    file: OrganizationFile
    dashboards: tuple[DashboardFile, ...]

    @property
    def files(self) -> tuple[Fields, ...]:
        return (self.file.fields, *(each.fields for each in self.dashboards))


def compile_folder(folder: Path) -> Compiled:
    """Never raises for what the folder holds: everything wrong is a mistake."""
    try:
        folders, stray = _folders(folder)
        others = tuple(_passed_over(each) for each in folders if not _is_organization(each))
        teams = [_read_team(each, stray) for each in folders if _is_organization(each)]
    except OSError as why:
        reason = (why.strerror or type(why).__name__).lower()
        return Compiled(None, (Mistake(folder, 1, f"the folder can't be read: {reason}"),))
    if not teams:
        stray.append(Mistake(folder, 1, "holds no organization: make a folder with an organization.yaml"))
    _check_unique(teams)
    for team in teams:
        _check_grace(team)
    found = [mistake for team in teams for fields in team.files for mistake in fields.mistakes.found]
    mistakes = tuple(sorted({*found, *stray}))
    return Compiled(None if mistakes else Catalog(tuple(map(_organization, teams))), mistakes, others)


def _folders(folder: Path) -> tuple[list[Path], list[Mistake]]:
    """The organizations' folders, and what would be overlooked beside them."""
    shown = sorted(each for each in folder.iterdir() if not each.name.startswith("."))
    stray = [
        Mistake(each, 1, "isn't in an organization's folder: it would not be read")
        for each in shown
        if _is_yaml(each) and not each.is_dir()
    ]
    return [each for each in shown if each.is_dir()], stray


def _is_organization(folder: Path) -> bool:
    return (folder / ORGANIZATION).exists()


def _passed_over(folder: Path) -> Mistake:
    return Mistake(folder, 1, f"is passed over: it has no {ORGANIZATION}")


def _read_team(folder: Path, stray: list[Mistake]) -> _Team:
    shown = sorted(each for each in folder.iterdir() if not each.name.startswith("."))
    for each in shown:
        if each.is_dir():
            stray.append(Mistake(each, 1, "is a folder in an organization's folder: it would not be read"))
        elif _is_yaml(each) and each.suffix != ".yaml":
            stray.append(Mistake(each, 1, "would not be read: its name must end in .yaml"))
    file = read_organization(folder / ORGANIZATION)
    sources = file.organization.sources if file.has_sources else None
    named = (each for each in shown if each.suffix == ".yaml" and each.name != ORGANIZATION)
    files = [each for each in named if not each.is_dir()]
    if not files:
        stray.append(Mistake(folder, 1, "holds no dashboard: add one YAML file for each"))
    return _Team(file, tuple(read_dashboard(each, sources) for each in files))


def _is_yaml(file: Path) -> bool:
    return file.suffix.lower() in (".yaml", ".yml")


def _check_unique(teams: list[_Team]) -> None:
    """Ids over the pack, organizations' slugs too; dashboards' slugs in their organization."""
    organizations = [(team.file.fields, team.file.organization) for team in teams]
    dashboards = [[(each.fields, each.dashboard) for each in team.dashboards] for team in teams]
    _check_taken("id", ((fields, str(found.id or "")) for fields, found in organizations))
    _check_taken("slug", ((fields, found.slug) for fields, found in organizations))
    _check_taken("id", ((fields, str(found.id or "")) for team in dashboards for fields, found in team))
    for team in dashboards:
        _check_taken("slug", ((fields, found.slug) for fields, found in team))


def _check_taken(key: str, values: Iterable[tuple[Fields, str]]) -> None:
    first: dict[str, Fields] = {}
    for fields, value in values:
        if value and first.setdefault(value, fields) is not fields:
            other = first[value]
            fields.wrong_at(key, f"{value} is taken: by {other.mistakes.file}:{other.line_of(key)}")


def _check_grace(team: _Team) -> None:
    """A token must not outlive its secret's grace: a rotation would refuse it before its time."""
    fields, grace = team.file.fields, team.file.organization.secret.grace
    for each in team.dashboards:
        lifetime = each.dashboard.embed.lifetime
        if lifetime > grace:
            lives = f"a token of {each.dashboard.slug} lives {spelt_duration(lifetime)}"
            fields.wrong_at("secret", f"has too short a grace: it is {spelt_duration(grace)}, {lives}")
            return


def _organization(team: _Team) -> Organization:
    sources = team.file.organization.sources
    dashboards = tuple(versioned(each.dashboard, sources) for each in team.dashboards)
    return replace(team.file.organization, dashboards=dashboards)
