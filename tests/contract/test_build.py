"""`sam build`, for real: what it ships, for which processor, and compiled by which Python."""

import sys
import tomllib
from importlib.util import MAGIC_NUMBER
from pathlib import Path

import pytest

from clerestory.catalog import read_catalog
from cli.build import bytecode
from cli.build.prune import prune
from cli.build.tools import pins
from tests import machine
from tests.sam import cli
from tests.template import FUNCTIONS

ROOT = Path(__file__).parents[2]
SERVICES = {"dynamodb", "lambda", "s3", "ssm"}
X86_64, AARCH64 = 62, 183  # ELF's numbers for the processors
COMPILED = {X86_64: ("ClerestoryLayer", "QueryLayer"), AARCH64: ("ClerestoryLayerArm64", "QueryLayerArm64")}


@pytest.fixture(scope="module")
def built() -> Path:
    return cli.built()


@pytest.fixture(scope="module")
def compiled(built: Path) -> Path:
    """With the bytecode that only the runtime's own Python makes."""
    machine.runtime_python()
    return built


def processors(folder: Path) -> set[int]:
    """Which processors the folder's shared objects are for."""
    objects = [*folder.rglob("*.so"), *folder.rglob("*.duckdb_extension")]
    return {int.from_bytes(each.read_bytes()[18:20], "little") for each in objects}


def size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


# What is shipped


def test_every_function_and_layer_is_built(built: Path) -> None:
    layers = {"DashboardsLayer", "PageLayer", *COMPILED[X86_64], *COMPILED[AARCH64]}
    assert {folder.name for folder in built.iterdir() if folder.is_dir()} == {*layers, *FUNCTIONS}
    assert read_catalog(built / "DashboardsLayer/dashboards").organization("airlines")
    assert (built / "PageLayer/page/manifest.json").is_file()


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_ships_its_own_file_and_nothing_else(built: Path, name: str) -> None:
    assert [file.name for file in (built / name).rglob("*.py")] == ["app.py"]
    source = ROOT / "functions" / name.lower() / "app.py"
    assert (built / name / "app.py").read_bytes() == source.read_bytes()


def test_the_shared_layer_holds_exactly_the_pinned_packages(built: Path) -> None:
    found = {
        name.lower().replace("_", "-")
        for folder in (built / "ClerestoryLayer/python").glob("*.dist-info")
        for name in [folder.name.removesuffix(".dist-info")]
    }
    pinned = pins(ROOT / "layers/clerestory/requirements.txt")
    assert found == {pin.lower().replace("_", "-").replace("==", "-") for pin in pinned}


def test_what_mint_loads_stays_within_its_size(built: Path) -> None:
    assert sum(size(built / name) for name in ("Mint", "ClerestoryLayer", "DashboardsLayer")) < 20_000_000


def test_what_query_loads_stays_within_lambdas_limit(built: Path) -> None:
    loaded = ("Query", "ClerestoryLayer", "QueryLayer", "DashboardsLayer")
    assert sum(size(built / name) for name in loaded) < 150_000_000


def test_nothing_heavy_slips_in(built: Path) -> None:
    packages = {path.name for path in (built / "ClerestoryLayer/python").iterdir()}
    assert not packages & {"cryptography", "pydantic", "requests", "awscrt", "yaml", "jinja2", "duckdb"}


def test_botocore_knows_the_services_that_are_called_and_every_partition(built: Path) -> None:
    data = built / "ClerestoryLayer/python/botocore/data"
    assert {folder.name for folder in data.iterdir() if folder.is_dir()} == SERVICES
    assert '"aws-cn"' in (data / "endpoints.json").read_text()
    assert '"aws-us-gov"' in (data / "partitions.json").read_text()


def test_duckdb_comes_with_the_extension_that_reads_s3(built: Path) -> None:
    folder = built / "QueryLayer/python/duckdb_extension_httpfs/extensions/v1.5.5"
    assert (folder / "httpfs.duckdb_extension").is_file()


# For which processor


@pytest.mark.parametrize("processor", COMPILED)
def test_what_is_compiled_is_built_for_both(built: Path, processor: int) -> None:
    for layer in COMPILED[processor]:
        assert processors(built / layer) == {processor}


def test_what_runs_on_both_holds_nothing_compiled(built: Path) -> None:
    for layer in ("DashboardsLayer", "PageLayer", *FUNCTIONS):
        assert processors(built / layer) == set()


@pytest.mark.parametrize("layer", COMPILED[X86_64])
def test_both_hold_the_same_packages(built: Path, layer: str) -> None:
    names = (layer, f"{layer}Arm64")
    one, other = ({each.name for each in (built / name / "python").glob("*.dist-info")} for name in names)
    assert one == other != set()


# Compiled by which Python


def test_every_module_comes_with_the_runtimes_bytecode_and_no_other(compiled: Path) -> None:
    modules = {module for folder in compiled.iterdir() for module in folder.rglob("*.py")}
    bytecodes = {file for folder in compiled.iterdir() for file in folder.rglob("*.pyc")}
    assert {file.name.rpartition(".cpython-313")[0] for file in bytecodes} == {each.stem for each in modules}
    assert len(bytecodes) == len(modules)
    assert {file.read_bytes()[:4] for file in bytecodes} == {bytecode.MAGIC}


def test_the_bytecode_is_never_checked_against_its_source(compiled: Path) -> None:
    unchecked = (1).to_bytes(4, "little")
    assert {file.read_bytes()[4:8] for file in compiled.rglob("*.pyc")} == {unchecked}


@pytest.mark.parametrize(
    ("file", "deployed"),
    [("ClerestoryLayer/python/jwt", b"/opt/python/jwt/api_jwt.py"), ("Mint", b"/var/task/app.py")],
)
def test_tracebacks_name_the_path_on_lambda(compiled: Path, file: str, deployed: bytes) -> None:
    everything = b"".join(each.read_bytes() for each in (compiled / file).rglob("*.pyc"))
    assert deployed in everything
    assert str(compiled).encode() not in everything


def test_without_the_runtimes_python_no_bytecode_is_shipped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__/module.cpython-311.pyc").write_bytes(b"another Python's")
    monkeypatch.setattr(bytecode, "candidates", lambda: iter(["/no/such/python3.13"]))
    monkeypatch.setenv("PATH", str(tmp_path))
    assert bytecode.compile_for_runtime(tmp_path, "/opt/python") is False
    assert not list(tmp_path.rglob("*.pyc"))


def test_a_python_of_another_version_is_not_asked_to_compile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "module.py").touch()
    monkeypatch.setattr(bytecode, "MAGIC", bytes(reversed(MAGIC_NUMBER)))
    monkeypatch.setattr(bytecode, "candidates", lambda: iter([sys.executable]))
    monkeypatch.setenv("PATH", str(tmp_path))
    assert bytecode.compile_for_runtime(tmp_path, "/opt/python") is False
    assert not list(tmp_path.rglob("*.pyc"))


# Pruning and pins


def test_pruning_keeps_licences_and_the_files_beside_the_models(tmp_path: Path) -> None:
    kept = ["a.dist-info/licenses/LICENSE", "boto3/data/partitions.json", "boto3/data/ssm/model.json"]
    gone = ["a.dist-info/RECORD", "boto3/data/ec2/model.json", "duckdb/experimental/spark.py", "a/b.pyi"]
    for name in kept + gone:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    prune(tmp_path, {"ssm": []})
    assert sorted(str(file.relative_to(tmp_path)) for file in tmp_path.rglob("*.*")
                  if file.is_file()) == sorted(kept[1:])  # fmt: skip
    assert (tmp_path / kept[0]).is_file()


@pytest.mark.parametrize("layer", ["clerestory", "query", "dashboards", "page"])
def test_the_layers_pin_what_the_project_is_tested_with(layer: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    tested = [*project["project"]["dependencies"], *project["dependency-groups"]["local"]]
    versions = {name.lower(): version for name, _, version in (pin.partition("==") for pin in tested)}
    for pin in pins(ROOT / "layers" / layer / "requirements.txt"):
        name, _, version = pin.partition("==")
        assert versions.get(name.lower(), version) == version
