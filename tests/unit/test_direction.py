"""Which part may know which: functions → pure modules and `aws/`; neither knows a function."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LIBRARY = ROOT / "layers/clerestory/clerestory"
AWS = sorted((LIBRARY / "aws").glob("*.py"))
PURE = sorted(set(LIBRARY.rglob("*.py")) - set(AWS))
# Each domain's package, and the other domains that it builds on. What stands beside them is for all.
DOMAINS: dict[str, tuple[str, ...]] = {
    "session": (),
    "secret": (),
    "mint": ("session", "secret"),
    "embed": ("secret",),
    "owner": ("session", "secret"),
}
HTTP = ("web", "answers")
RULES = [file for file in PURE if "routes" not in (file.stem, file.parent.name) and file.stem not in HTTP]
# What an iframe's request passes, in its order.
EMBED = ("vouching", "admission", "runs", "results", "routes")
QUERY = sorted((ROOT / "layers/query/clerestory_query").glob("*.py"))
FUNCTIONS = sorted((ROOT / "functions").glob("*/app.py"))


def imports(file: Path) -> Iterator[str]:
    """Every module that the file imports, wherever in it."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file} imports by a relative name"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def imported(file: Path, *packages: str) -> list[str]:
    return [name for name in imports(file) if any(f"{name}.".startswith(f"{each}.") for each in packages)]


def environment_reads(file: Path) -> list[int]:
    reads = ("environ", "environb", "getenv", "putenv")
    nodes = ast.walk(ast.parse(file.read_text()))
    return [node.lineno for node in nodes if isinstance(node, ast.Attribute) and node.attr in reads]


def of(files: list[Path]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("file", files, ids=lambda file: str(file.relative_to(ROOT)))


def test_there_is_something_to_look_at() -> None:
    assert PURE
    assert AWS
    assert QUERY
    assert FUNCTIONS


@of(PURE)
def test_pure_modules_know_no_aws_and_no_function(file: Path) -> None:
    aws = ("boto3", "botocore", "mypy_boto3_ssm", "aws_lambda_powertools", "clerestory.aws")
    assert imported(file, *aws, "functions", "local", "clerestory_query", "duckdb") == []


@pytest.mark.parametrize("domain", DOMAINS)
def test_a_domain_knows_only_those_that_it_builds_on(domain: str) -> None:
    others = [f"clerestory.{each}" for each in DOMAINS if each not in (domain, *DOMAINS[domain])]
    files = sorted((LIBRARY / domain).rglob("*.py"))
    assert files
    assert [(file.name, name) for file in files for name in imported(file, *others)] == []


def test_every_domain_is_named_here() -> None:
    assert {file.parent.name for file in LIBRARY.glob("*/__init__.py")} == {*DOMAINS, "aws"}


@of(RULES)
def test_rules_know_no_http(file: Path) -> None:
    assert imported(file, "starlette", "mangum", *(f"clerestory.{each}" for each in HTTP)) == []


@pytest.mark.parametrize("step", range(len(EMBED)), ids=EMBED)
def test_no_step_of_an_iframes_request_knows_a_later_one(step: int) -> None:
    later = [f"clerestory.embed.{each}" for each in EMBED[step + 1 :]]
    assert imported(LIBRARY / "embed" / f"{EMBED[step]}.py", *later) == []


@pytest.mark.parametrize("domain", DOMAINS)
def test_to_import_a_domain_imports_nothing_of_it(domain: str) -> None:
    assert list(imports(LIBRARY / domain / "__init__.py")) == []


@of(PURE)
def test_pure_modules_have_their_clock_passed_in(file: Path) -> None:
    assert imported(file, "time.time", "time.monotonic", "time.sleep") == []
    assert "datetime.now(" not in file.read_text()


@of(PURE + AWS + QUERY)
def test_only_functions_read_the_environment(file: Path) -> None:
    assert environment_reads(file) == []


@of(AWS)
def test_what_talks_to_aws_knows_no_function(file: Path) -> None:
    assert imported(file, "functions", "local", "clerestory_query") == []


@of(QUERY)
def test_the_engines_know_no_function_and_no_aws(file: Path) -> None:
    assert imported(file, "boto3", "botocore", "clerestory.aws", "functions", "local") == []


@of(QUERY)
def test_the_engines_know_no_domain(file: Path) -> None:
    assert imported(file, *(f"clerestory.{domain}" for domain in DOMAINS)) == []


@of(FUNCTIONS)
def test_functions_know_neither_each_other_nor_the_local_pack(file: Path) -> None:
    assert imported(file, "functions", "local", "tests", "app") == []
