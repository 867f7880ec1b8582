"""A folder of somebody's own, outside of the checkout: checked, run and built."""

import shutil
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from clerestory.catalog import read_catalog
from tests import machine
from tests.own_pack import OwnPack, write_own_pack
from tests.pack import Pack, running_pack
from tests.sam import cli

ROOT = Path(__file__).parents[2]
CLERESTORY = str(Path(sys.executable).with_name("clerestory"))


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> OwnPack:
    return write_own_pack(tmp_path_factory.mktemp("own folder"))


def sold(pack: Pack, tenant: str) -> list[object]:
    """Each chart's figure."""
    session = pack.session(app_metadata={"tenant_id": tenant})
    answer = pack.http.post(
        "/embeds", json={"dashboard": "revenue"}, headers={"authorization": f"Bearer {session}"}
    )
    results = pack.results(answer.raise_for_status().json()["url"]).json()
    return [chart["rows"][0][0] for chart in results["charts"]]


def test_it_is_checked(own: OwnPack) -> None:
    command = [CLERESTORY, "check", str(own.dashboards), "--data", str(own.data)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == "1 organization, 1 dashboard, 4 charts\n"
    assert "data:1: is passed over" in done.stderr


def test_it_is_run_and_the_demo_is_not_there(own: OwnPack) -> None:
    with running_pack(*own.arguments) as pack:
        assert [sold(pack, tenant) for tenant in ("globex", "initech")] == [[42] * 4, [7] * 4]
        assert pack.mint({"dashboard": 38727}).status_code == 404
        first = httpx.get(pack.url, trust_env=False)
        assert (first.status_code, first.headers["location"]) == (302, "/settings/")


def test_it_is_run_where_the_demo_was_deleted(own: OwnPack, tmp_path: Path) -> None:
    """In a copy of what is tracked, in a path with a space."""
    copy = tmp_path / "a copy"
    for folder in ("cli", "functions", "layers", "local", "site"):
        shutil.copytree(ROOT / folder, copy / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for file in ("template.yaml", "pyproject.toml"):
        shutil.copy(ROOT / file, copy)
    with running_pack(*own.arguments, root=copy) as pack:
        assert sold(pack, "globex") == [42] * 4


def test_it_is_built_into_the_layer_and_nothing_of_the_demo(own: OwnPack, tmp_path: Path) -> None:
    command = [CLERESTORY, "build", "--sam", machine.sam(), "--dashboards", str(own.dashboards)]
    layer = ["DashboardsLayer", "--build-dir", str(tmp_path / "built")]
    subprocess.run([*command, *layer], env=cli.environment(), capture_output=True, check=True)
    catalog = read_catalog(tmp_path / "built/DashboardsLayer/dashboards")
    assert [organization.slug for organization in catalog.organizations()] == ["acme"]
