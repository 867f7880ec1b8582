"""Organizations and dashboards by name: the one that has it, whatever a request says."""

import tracemalloc
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from clerestory.catalog import FILE, KEPT, Catalog, read_catalog
from clerestory.dashboards import Chart, Dashboard, DashboardSummary, Embed, Number, Organization, Variable
from clerestory.named_bytes import NamedBytes, Place, Unreadable, packed

CHARTS = (Chart(title="Flights", sql="SELECT 1", number=Number()),)
LOCKED = {"ACCT_ID": Variable("string", claim="custom:acct_id")}
DELAYS = Dashboard(
    38727, "delays", "Delays", "s", CHARTS, "Late", variables=LOCKED, embed=Embed(viewer_bound=True)
)
WEATHER = Dashboard(231, "weather", "Weather", "s", CHARTS)
FLEET = Dashboard(9, "weather", "Ships", "s", CHARTS)
AIRLINES = Organization(16417, "airlines", sources={}, embed_origins=("https://app.example.com",))
HARBOR = Organization(19852, "harbor", sources={})
CATALOG = Catalog.of((AIRLINES, (WEATHER, DELAYS)), (HARBOR, (FLEET,)))
# What a request could be made to name: other folders, ends of text, digits that aren't ASCII's, very much.
HOSTILE = ["..", "../airlines", "airlines/../airlines", "airlines\0", "16417\n", " 16417", "١٦٤١٧", "０９"]
NAMES = st.text(st.characters(), max_size=90) | st.sampled_from(HOSTILE) | st.just("a" * 100_000)


def many(count: int) -> Catalog:
    """One organization with so many dashboards."""
    numbered = range(1, count + 1)
    return Catalog.of((AIRLINES, [replace(WEATHER, id=each, slug=f"weather-{each}") for each in numbered]))


class Watched(NamedBytes):
    """Says how much was read of it."""

    read = 0

    def at(self, place: Place) -> memoryview:
        self.read += place.length
        return super().at(place)


@pytest.mark.parametrize("name", ["16417", "airlines"])
def test_an_organization_by_id_and_by_slug(name: str) -> None:
    assert CATALOG.organization(name) == AIRLINES


@pytest.mark.parametrize("name", ["38727", "delays"])
def test_a_dashboard_by_id_and_by_slug(name: str) -> None:
    assert CATALOG.dashboard(AIRLINES, name) == DELAYS


def test_a_slug_is_its_own_organizations() -> None:
    assert CATALOG.dashboard(AIRLINES, "weather") == WEATHER
    assert CATALOG.dashboard(HARBOR, "weather") == FLEET


def test_another_organizations_dashboard_is_not_found() -> None:
    assert CATALOG.dashboard(HARBOR, "38727") is None


@given(NAMES)
@example("016417")
@example("airlines\ud800")
@example("any")
@example("\0only")
def test_no_other_name_finds_anything(name: str) -> None:
    assert (CATALOG.organization(name) is not None) == (name in ("16417", "airlines", "19852", "harbor"))
    assert (CATALOG.dashboard(AIRLINES, name) is not None) == (name in ("38727", "delays", "231", "weather"))


@given(NAMES, NAMES)
def test_no_name_reaches_into_another_organization(organization: str, dashboard: str) -> None:
    for name in (f"{organization} {dashboard}", f"19852 {dashboard}", f"dashboards {organization}"):
        assert CATALOG.dashboard(AIRLINES, name) is None


def test_the_list_has_everything_but_the_charts_in_order() -> None:
    assert CATALOG.dashboards(AIRLINES) == (
        DashboardSummary(231, "weather", "Weather"),
        DashboardSummary(38727, "delays", "Delays", "Late", variables=LOCKED, embed=Embed(viewer_bound=True)),
    )


def test_all_organizations_one_after_the_other() -> None:
    assert list(CATALOG.organizations()) == [AIRLINES, HARBOR]
    assert list(CATALOG.definitions(AIRLINES)) == [WEATHER, DELAYS]


def test_the_only_organization() -> None:
    assert Catalog.of((HARBOR, (FLEET,))).only_organization() == HARBOR
    assert CATALOG.only_organization() is None


def test_a_pack_of_nothing() -> None:
    empty = Catalog.of()
    assert empty.organization("16417") is None
    assert list(empty.organizations()) == []
    assert empty.only_organization() is None
    assert empty.dashboards(AIRLINES) == ()


@pytest.mark.parametrize("count", [2, 2_000])
def test_what_a_request_reads_does_not_grow_with_the_dashboards(count: int) -> None:
    watched = Watched(many(count).compiled.whole)
    catalog = Catalog(watched)
    organization = catalog.organization("airlines")
    assert organization is not None
    assert catalog.dashboard(organization, "weather-2") is not None
    assert watched.read < 500


def test_as_much_is_read_for_an_organization_that_is_not_there() -> None:
    other = replace(AIRLINES, id=16418, slug="airliner")
    watched = Watched(Catalog.of((AIRLINES, ()), (other, ())).compiled.whole)
    catalog = Catalog(watched)
    reads = []
    for name in ("airlines", "airliner", "airlined", "../airlines", "1", ""):
        watched.read = 0
        catalog.organization(name)
        reads.append(watched.read)
    assert set(reads) == {reads[0]}
    assert reads[0] > 0


def test_a_dashboard_that_was_just_read_is_not_read_again() -> None:
    watched = Watched(CATALOG.compiled.whole)
    catalog = Catalog(watched)
    first = catalog.dashboard(AIRLINES, "38727")
    read = watched.read
    assert catalog.dashboard(AIRLINES, "delays") is first
    assert watched.read == read


def test_no_more_than_a_few_dashboards_stay_in_memory() -> None:
    catalog = many(KEPT * 4)
    tracemalloc.start()
    held = []
    for number in range(1, KEPT * 4 + 1):
        catalog.dashboard(AIRLINES, str(number))
        if number in (KEPT, KEPT * 4):
            held.append(tracemalloc.get_traced_memory()[0])
    tracemalloc.stop()
    assert held[1] < held[0] * 1.5


def test_what_is_written_is_what_is_read(tmp_path: Path) -> None:
    CATALOG.write(tmp_path / "new" / "folder")
    read = read_catalog(tmp_path / "new" / "folder")
    assert list(read.organizations()) == [AIRLINES, HARBOR]
    assert list(read.definitions(HARBOR)) == [FLEET]
    assert [each.name for each in (tmp_path / "new" / "folder").iterdir()] == [FILE]


def test_writing_the_same_again_leaves_the_file_alone(tmp_path: Path) -> None:
    CATALOG.write(tmp_path)
    before = (tmp_path / FILE).stat()
    CATALOG.write(tmp_path)
    assert (tmp_path / FILE).stat() == before


def test_who_reads_while_it_is_written_anew_goes_on_with_the_old(tmp_path: Path) -> None:
    CATALOG.write(tmp_path)
    read = read_catalog(tmp_path)
    Catalog.of((HARBOR, ())).write(tmp_path)
    assert read.dashboard(AIRLINES, "delays") == DELAYS
    assert read_catalog(tmp_path).organization("airlines") is None


def test_a_file_of_another_form_is_refused(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b'{"organizations": []}')
    with pytest.raises(Unreadable):
        read_catalog(tmp_path)


def test_bytes_that_are_not_the_named_ones_are_not_taken_for_them() -> None:
    names = {"organization harbor": "organization airlines", "dashboard 19852 9": "dashboard 16417 231"}
    swapped = {
        name: bytes(CATALOG.compiled.at(place))
        for name, anothers in names.items()
        if (place := CATALOG.compiled.find(anothers))
    }
    catalog = Catalog(NamedBytes(packed(([name], content) for name, content in swapped.items())))
    assert len(swapped) == 2
    assert catalog.organization("harbor") is None
    assert catalog.dashboard(HARBOR, "9") is None
