"""A whole folder of dashboards: which files there are, and what must be unique among them."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from msgspec import Struct

from clerestory.catalog import Catalog, Packed, pack
from clerestory.dashboards import DashboardSummary, Organization, Source, versioned
from cli.check.dashboard import read_dashboard
from cli.check.fields import spelt_duration
from cli.check.kept import Kept, Outcome, key_of
from cli.check.mistakes import Mistake, Mistakes
from cli.check.organization import OrganizationFile, read_organization
from cli.check.yaml_nodes import MAX_BYTES

ORGANIZATION = "organization.yaml"


class Compiled(Struct, frozen=True):
    """`catalog` is None exactly where there are mistakes, which are sorted. `passed_over` are notes of the
    folders that are no organization's. `charts` counts them."""

    catalog: Catalog | None
    mistakes: tuple[Mistake, ...]
    passed_over: tuple[Mistake, ...] = ()
    charts: int = 0


class _DashboardFile(Struct, frozen=True):
    file: Path
    outcome: Outcome

    @property
    def dashboard(self) -> DashboardSummary:
        return self.outcome.packed.summary


class _Team(Struct, frozen=True):
    """An organization and its dashboards, as read."""

    file: OrganizationFile
    dashboards: tuple[_DashboardFile, ...]


class _Named(Struct, frozen=True):
    """Where an id or a slug stands."""

    value: str
    file: Path
    line: int


def compile_folder(folder: Path, kept: Kept | None = None) -> Compiled:
    """Never raises for what the folder holds: everything wrong is a mistake. With `kept`, what didn't change
    since isn't read again."""
    try:
        folders, stray = _folders(folder)
        others = tuple(_passed_over(each) for each in folders if not _is_organization(each))
        teams = [_read_team(each, kept, stray) for each in folders if _is_organization(each)]
    except OSError as why:
        reason = (why.strerror or type(why).__name__).lower()
        return Compiled(None, (Mistake(folder, 1, f"the folder can't be read: {reason}"),))
    if not teams:
        stray.append(Mistake(folder, 1, "holds no organization: make a folder with an organization.yaml"))
    stray += _taken(teams)
    for team in teams:
        _check_grace(team)
        stray += team.file.fields.mistakes.noted
        stray += (Mistake(each.file, *noted) for each in team.dashboards for noted in each.outcome.mistakes)
    if stray:
        return Compiled(None, tuple(sorted(set(stray))), others)
    charts = sum(each.outcome.charts for team in teams for each in team.dashboards)
    return Compiled(Catalog.of_packed(map(_compiled, teams)), (), others, charts)


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


def _read_team(folder: Path, kept: Kept | None, stray: list[Mistake]) -> _Team:
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
    return _Team(file, tuple(_DashboardFile(each, _outcome(each, sources, kept)) for each in files))


def _outcome(file: Path, sources: dict[str, Source] | None, kept: Kept | None) -> Outcome:
    content = _content(file) if kept else None
    if kept is None or content is None:
        return _read(file, sources)
    key = key_of(f"{file.parent.name}/{file.name}", content, sources)
    outcome = kept.find(file, key)
    if outcome is None:
        outcome = _read(file, sources)
        if _content(file) == content:  # else it isn't known which of the two was read
            kept.keep(file, key, outcome)
    return outcome


def _content(file: Path) -> bytes | None:
    """None for a file that can't be read or is too large: reading it says so."""
    try:
        with file.open("rb") as opened:
            content = opened.read(MAX_BYTES + 1)
    except OSError:
        return None
    return content if len(content) <= MAX_BYTES else None


def _read(file: Path, sources: dict[str, Source] | None) -> Outcome:
    read = read_dashboard(file, sources)
    return Outcome(
        pack(versioned(read.dashboard, sources or {})),
        len(read.dashboard.charts),
        tuple((each.line, each.message) for each in read.fields.mistakes.noted),
        read.fields.line_of("id"),
        read.fields.line_of("slug"),
    )


def _is_yaml(file: Path) -> bool:
    return file.suffix.lower() in (".yaml", ".yml")


def _taken(teams: list[_Team]) -> list[Mistake]:
    """Ids are unique over the pack, organizations' slugs too; dashboards' slugs in their organization."""
    organizations = [(team.file.fields, team.file.organization) for team in teams]
    ids, slugs = (
        [
            _Named(str(getattr(organization, key) or ""), fields.mistakes.file, fields.line_of(key))
            for fields, organization in organizations
        ]
        for key in ("id", "slug")
    )
    dashboards = [
        _Named(str(each.dashboard.id or ""), each.file, each.outcome.id_line)
        for team in teams
        for each in team.dashboards
    ]
    mistakes = [*_repeated("id", ids), *_repeated("slug", slugs), *_repeated("id", dashboards)]
    for team in teams:
        own = (_Named(each.dashboard.slug, each.file, each.outcome.slug_line) for each in team.dashboards)
        mistakes += _repeated("slug", own)
    return mistakes


def _repeated(key: str, named: Iterable[_Named]) -> Iterator[Mistake]:
    first: dict[str, _Named] = {}
    for each in named:
        if each.value and (other := first.setdefault(each.value, each)) is not each:
            mistakes = Mistakes(each.file)
            mistakes.add(each.line, f"{key} {each.value} is taken: by {other.file}:{other.line}")
            yield from mistakes.noted


def _check_grace(team: _Team) -> None:
    """A token must not outlive its secret's grace: a rotation would refuse it before its time."""
    fields, grace = team.file.fields, team.file.organization.secret.grace
    for each in team.dashboards:
        lifetime = each.dashboard.embed.lifetime
        if lifetime > grace:
            lives = f"a token of {each.dashboard.slug} lives {spelt_duration(lifetime)}"
            fields.wrong_at("secret", f"has too short a grace: it is {spelt_duration(grace)}, {lives}")
            return


def _compiled(team: _Team) -> tuple[Organization, tuple[Packed, ...]]:
    return team.file.organization, tuple(each.outcome.packed for each in team.dashboards)
