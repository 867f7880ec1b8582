"""Example code: filled in for a dashboard, with values that stay values and no secret."""

import ast
import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from starlette.routing import Route

from clerestory.catalog import Catalog
from clerestory.dashboards import Dashboard, Embed, Organization, Variable
from clerestory.owner.example_code import LANGUAGES, example_code
from clerestory.owner.example_code.env import LOCKED, VIEWER, example_value
from clerestory.owner.example_code.syntax import GO, JAVASCRIPT, PHP, PYTHON, RUBY, Syntax
from clerestory.owner.routes.examples import OwnerExamples
from clerestory.session.session import SessionRules
from clerestory.web import application
from cli.check.folder import compile_folder
from tests.sessions import signed_in

SYNTAXES = {"python": PYTHON, "javascript": JAVASCRIPT, "ruby": RUBY, "php": PHP, "go": GO}
BASE = "https://embed.example.com"
ORGANIZATION = Organization(id=16417, slug="airlines", sources={})

languages = pytest.mark.parametrize("language", LANGUAGES)
syntaxes = pytest.mark.parametrize("syntax", SYNTAXES.values(), ids=SYNTAXES)
# What some language takes for the end of a string, of a line, of a comment or of a program.
TRICKY = ['"', "'", "\\", "#{1}", "${1}", "{$a}", "$a", "#$0", "#@a", "?>", "<?php", "</script>", "*/", "%s"]
SPELT = ["-->", "`", "{{dashboard}}", "\\u{41}", "é", "😀"]
UNSEEN = "\n\r\t\0\x1a\x85\xa0\u2028\u2029\u202e"
tricky = st.sampled_from([*TRICKY, *SPELT, *UNSEEN])
texts = st.lists(tricky | st.text(max_size=5), max_size=8).map("".join)


def dashboard(**variables: Variable) -> Dashboard:
    return Dashboard(id=38727, slug="d", title="D", source="s", charts=(), variables=variables)


def code(language: str, **variables: Variable) -> str:
    return example_code(language, ORGANIZATION, dashboard(**variables), BASE).code


def text_variable(text: str) -> Variable:
    return Variable(type="string", choices=(text,), default=text)


# What a program says


@languages
def test_it_names_the_viewer_where_the_dashboard_is_bound_to_one(language: str) -> None:
    bound = replace(dashboard(), embed=Embed(viewer_bound=True))
    assert VIEWER in example_code(language, ORGANIZATION, bound, BASE).code
    assert VIEWER not in code(language)


@languages
def test_it_is_filled_in_for_the_dashboard(language: str) -> None:
    filled = example_code(language, ORGANIZATION, dashboard(ORIGIN=text_variable("JFK")), BASE)
    assert (filled.language, filled.dashboard) == (language, 38727)
    assert SYNTAXES[language].text(f"{BASE}/d/38727") in filled.code
    assert re.search(r"\borganization\W+16417\b", filled.code)
    assert re.search(r"\bdashboard\W+38727\b", filled.code)
    assert re.search(r"ORIGIN.+JFK", filled.code)
    assert "{{" not in filled.code


@languages
def test_the_secret_comes_from_the_environment(language: str) -> None:
    assert re.search(r"(env\w*|ENV\.fetch|environ)\W+ORGANIZATION_SECRET\b", code(language), re.IGNORECASE)


@languages
def test_a_locked_variable_says_where_its_value_comes_from(language: str) -> None:
    lines = code(language, ACCT_ID=Variable(type="string", claim="custom:acct_id")).splitlines()
    above = next(number for number, line in enumerate(lines) if "ACCT_ID" in line) - 1
    assert lines[above].strip() == f"{SYNTAXES[language].comment} {LOCKED}"


@languages
def test_a_variable_that_needs_no_value_is_commented_out(language: str) -> None:
    lines = code(language, ORIGIN=Variable(type="string")).splitlines()
    (line,) = (line.strip() for line in lines if "ORIGIN" in line)
    assert line.startswith(SYNTAXES[language].comment)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        (Variable(type="string", claim="c"), "1"),
        (Variable(type="string", claim="c", list=True), ("1",)),
        (Variable(type="string", claim="c", choices=("UA", "AA")), "UA"),
        (Variable(type="string", choices=("UA", "AA"), default="AA"), "AA"),
        (Variable(type="number", claim="c"), 1),
        (Variable(type="boolean", claim="c"), True),
        (Variable(type="date", list=True, default=("2013-01-01",)), ("2013-01-01",)),
        (Variable(type="date", min="2013-01-01", max="2013-12-31"), "2013-01-01"),
        (Variable(type="date", max="2013-12-31"), "2013-12-31"),
        (Variable(type="date", min="2013-01-01"), "2026-01-31"),
        (Variable(type="number", list=True, min=5), (5,)),
        (Variable(type="number", max=0), 0),
    ],
)
def test_example_values(variable: Variable, value: Any) -> None:
    assert example_value(variable) == value


def test_many_choices_are_not_all_named() -> None:
    many = tuple(f"C{number}" for number in range(40))
    assert '"C9" …' in code("python", CARRIER=Variable(type="string", choices=many, default="C0"))


def test_bounds_are_told() -> None:
    days = Variable(type="date", list=True, min="2013-01-01", max="2013-12-31")
    described = "Optional: a list of dates, YYYY-MM-DD, at least 2013-01-01, at most 2013-12-31"
    assert described in code("python", DAYS=days)
    assert "Optional: a number, at most 5\n" in code("python", N=Variable(type="number", max=5))


def test_every_program_ships_in_the_layers_package() -> None:
    import clerestory.owner.example_code as package

    folder = Path(package.__file__).parent / "programs"
    assert {file.name for file in folder.iterdir()} == {f"{each.filename}.txt" for each in LANGUAGES.values()}


# Values stay values


@given(text=texts)
def test_python_reads_a_literal_as_it_was(text: str) -> None:
    assert ast.literal_eval(PYTHON.text(text)) == text


@given(value=st.tuples(st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), texts))
def test_python_reads_a_list_as_it_was(value: tuple[Any, ...]) -> None:
    assert ast.literal_eval(PYTHON.value(value)) == list(value)


@given(text=texts.filter(lambda text: text.isprintable()))
def test_javascript_and_go_write_what_can_be_seen_as_json_does(text: str) -> None:
    assert json.loads(JAVASCRIPT.text(text)) == text
    assert json.loads(GO.text(text)) == text


@syntaxes
@given(text=texts)
def test_a_literal_is_one_string_on_one_visible_line(syntax: Syntax, text: str) -> None:
    literal = syntax.text(text)
    assert literal.isprintable()
    assert re.fullmatch(r'"([^"\\]|\\.)*"|\'([^\'\\]|\\.)*\'', literal)


@given(text=texts)
def test_nothing_begins_code_in_a_literal(text: str) -> None:
    assert not re.search(r"(?<!\\)(\\\\)*#", RUBY.text(text))
    assert "?>" not in PHP.text(text)
    assert PHP.text(text).startswith("'") or not re.search(r"(?<!\\)(\\\\)*\$", PHP.text(text))
    assert "</" not in JAVASCRIPT.text(text)


@given(text=texts)
def test_a_pythons_env_is_what_the_dashboard_says(text: str) -> None:
    tree = ast.parse(code("python", NAME=text_variable(text), OTHER=Variable(type="string", choices=(text,))))
    (env,) = (node.value for node in tree.body if isinstance(node, ast.Assign) and _name(node) == "env")
    assert ast.literal_eval(env) == {"NAME": text}


def _name(node: ast.Assign) -> str:
    return ast.unparse(node.targets[0])


@languages
@given(title=texts)
def test_a_title_is_in_no_program(language: str, title: str) -> None:
    """In a first line, `coding: …` would be read."""
    plain, titled = (Dashboard(id=1, slug="d", title=each, source="s", charts=()) for each in ("D", title))
    assert example_code(language, ORGANIZATION, plain, BASE) == example_code(
        language, ORGANIZATION, titled, BASE
    )


# The route

OWNER = {"sub": "olga", "custom:organization": "airlines", "cognito:groups": ["owners"]}


def answer(
    query: str = "",
    dashboard: str = "38727",
    claims: Any = OWNER,
    organization: str = "16417",
) -> tuple[int, Any]:
    path = f"/organizations/{organization}/dashboards/{dashboard}/example-code"
    examples = OwnerExamples(_catalog(), SessionRules(), lambda domain: f"https://{domain}")
    template = "/organizations/{organization}/dashboards/{dashboard}/example-code"
    handler: Any = application([Route(template, examples.show, methods=["GET"])], lambda *_: None)
    event = {
        "version": "2.0",
        "rawPath": path,
        "rawQueryString": query,
        "headers": {},
        "requestContext": {
            "domainName": "embed.example.com",
            "http": {"method": "GET", "path": path, "sourceIp": "192.0.2.1"},
        },
        "isBase64Encoded": False,
    }
    response = handler(event if claims is None else signed_in(event, claims), None)
    return response["statusCode"], json.loads(response["body"])


def _catalog() -> Catalog:
    catalog = compile_folder(Path(__file__).parents[2] / "demo" / "dashboards").catalog
    assert catalog is not None
    return catalog


@languages
def test_an_owner_gets_a_program(language: str) -> None:
    status, document = answer(f"language={language}")
    assert status == 200
    assert list(document) == ["language", "dashboard", "filename", "install", "code"]
    assert f"{BASE}/d/38727" in document["code"]


def test_python_is_the_default_and_a_slug_names_the_dashboard() -> None:
    assert answer(dashboard="on-time-performance") == answer("language=python")


@pytest.mark.parametrize("language", ["", "perl", "Python", "../python"])
def test_another_language_is_refused_naming_the_five(language: str) -> None:
    status, document = answer(f"language={language}")
    assert (status, document["code"]) == (422, "invalid-request")
    assert document["detail"] == "language must be one of python, javascript, ruby, php, go."


@pytest.mark.parametrize("dashboard", ["1", "50121", "nothing"])
def test_a_dashboard_that_the_organization_has_not(dashboard: str) -> None:
    status, document = answer(dashboard=dashboard)
    assert (status, document["code"]) == (404, "unknown-dashboard")


@pytest.mark.parametrize(
    ("claims", "organization", "status"),
    [
        (None, "16417", 401),
        ({}, "16417", 403),
        (OWNER | {"cognito:groups": ["viewers"]}, "16417", 403),
        (OWNER, "19852", 403),
        (OWNER, "1", 403),
    ],
)
def test_only_an_owner_of_that_organization(claims: Any, organization: str, status: int) -> None:
    assert answer(claims=claims, organization=organization)[0] == status
