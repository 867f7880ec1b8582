"""Which part may know which: functions → pure modules and `aws/`; neither knows a function."""

import ast
from collections.abc import Iterator
from pathlib import Path

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


def reads(files: list[Path], *attributes: str) -> list[str]:
    """Every place in the files that reads an attribute of these names, of whatever object."""
    return [
        f"{file.relative_to(ROOT)}:{node.lineno} {node.attr}"
        for file in files
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Attribute) and node.attr in attributes
    ]


def crossings(files: list[Path], *packages: str) -> list[str]:
    """Every import of the packages in any of the files."""
    return [f"{file.relative_to(ROOT)}: {name}" for file in files for name in imported(file, *packages)]


def test_there_is_something_to_look_at() -> None:
    assert PURE
    assert AWS
    assert QUERY
    assert FUNCTIONS


def test_pure_modules_know_no_aws_and_no_function() -> None:
    aws = ("boto3", "botocore", "mypy_boto3_ssm", "aws_lambda_powertools", "clerestory.aws")
    assert crossings(PURE, *aws, "functions", "local", "clerestory_query", "duckdb") == []


def files_of(domain: str) -> list[Path]:
    return sorted((LIBRARY / domain).rglob("*.py"))


def others(domain: str) -> list[str]:
    return [f"clerestory.{each}" for each in DOMAINS if each not in (domain, *DOMAINS[domain])]


def test_a_domain_knows_only_those_that_it_builds_on() -> None:
    assert all(map(files_of, DOMAINS))
    assert [each for domain in DOMAINS for each in crossings(files_of(domain), *others(domain))] == []


def test_every_domain_is_named_here() -> None:
    assert {file.parent.name for file in LIBRARY.glob("*/__init__.py")} == {*DOMAINS, "aws"}


def test_rules_know_no_http() -> None:
    assert crossings(RULES, "starlette", "mangum", *(f"clerestory.{each}" for each in HTTP)) == []


def test_no_step_of_an_iframes_request_knows_a_later_one() -> None:
    for number, step in enumerate(EMBED, 1):
        later = [f"clerestory.embed.{each}" for each in EMBED[number:]]
        assert crossings([LIBRARY / "embed" / f"{step}.py"], *later) == []


def test_to_import_a_domain_imports_nothing_of_it() -> None:
    assert [name for domain in DOMAINS for name in imports(LIBRARY / domain / "__init__.py")] == []


def test_pure_modules_have_their_clock_passed_in() -> None:
    assert crossings(PURE, "time.time", "time.monotonic", "time.sleep") == []
    assert reads(PURE, "now", "utcnow", "today") == []


def test_only_functions_read_the_environment() -> None:
    assert reads(PURE + AWS + QUERY, "environ", "environb", "getenv", "putenv") == []


def test_what_talks_to_aws_knows_no_function() -> None:
    assert crossings(AWS, "functions", "local", "clerestory_query") == []


def test_the_engines_know_no_function_and_no_aws() -> None:
    assert crossings(QUERY, "boto3", "botocore", "clerestory.aws", "functions", "local") == []


def test_the_engines_know_no_domain() -> None:
    assert crossings(QUERY, *(f"clerestory.{domain}" for domain in DOMAINS)) == []


def test_functions_know_neither_each_other_nor_the_local_pack() -> None:
    assert crossings(FUNCTIONS, "functions", "local", "tests", "app") == []
