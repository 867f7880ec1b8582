"""organization.yaml: each rule with what passes and what doesn't."""

from pathlib import Path

import pytest

from clerestory.dashboards import DAY, SecretRules, Source, SourceTable
from tests.unit.check_pack import DASHBOARD, ORGANIZATION, changed, compiled, mistakes

ORIGINS = 'embed_origins: ["https://app.example.com"]'
SECRET = "secret: {rotate_every: 30d, grace: 24h}"


def test_what_an_organization_compiles_to(tmp_path: Path) -> None:
    organization, _ = compiled(tmp_path)
    assert (organization.id, organization.slug) == (16417, "airlines")
    assert organization.embed_origins == ("https://app.example.com",)
    assert organization.secret == SecretRules(rotate_every=30 * DAY, grace=DAY)
    flights = SourceTable(("flights.parquet",), "parquet", {"carrier": "ACCT_ID"})
    shared = {name: SourceTable((f"{name}.parquet",), "parquet") for name in ("airlines", "airports")}
    assert organization.sources == {"flights": Source("duckdb", {"flights": flights} | shared)}


def test_origins_and_the_secret_have_defaults(tmp_path: Path) -> None:
    text = changed(changed(ORGANIZATION, ORIGINS, "# none"), SECRET, "# none")
    organization, _ = compiled(tmp_path, text)
    assert organization.embed_origins == ()
    assert organization.secret == SecretRules()


WRONG = [
    ("id: 16417", "id: -1", "1: id must be a positive integer, not the number -1"),
    ("id: 16417", "id: '5'", '1: id must be a positive integer, not "5"'),
    ("id: 16417", "id: true", "1: id must be a positive integer, not true"),
    ("id: 16417", "id: 1.0", "1: id must be a positive integer, not the number 1.0"),
    ("id: 16417", "# no id", '2: the key "id" is missing'),
    ("slug: airlines", "slgu: airlines", '1: the key "slug" is missing'),
    ("slug: airlines", "slug: A", '2: slug can\'t be "A": it is at most 64 of a to z, 0 to 9 and -'),
    ("slug: airlines", 'slug: "7"', '2: slug can\'t be "7": digits alone would be an id'),
    ("slug: airlines", "slug: 7", "2: slug must be text, not the number 7: put it in quotes"),
    ("slug: airlines", "slug:", "2: slug must be text, not nothing"),
    ("slug: airlines", 'slug: " "', "2: slug must not be blank"),
    ("slug: airlines", "slug: airlines\ncolour: red",
     '3: unknown key "colour": there is id, slug, embed_origins, secret, sources'),
    ("sources:", "source:", '5: unknown key "source": did you mean "sources"?'),
    (ORIGINS, "embed_origins: https://a.b", '3: embed_origins must be a list, not "https://a.b"'),
    (SECRET, "secret: 30d", '4: secret: must be a mapping of keys, not "30d"'),
    (SECRET, "secret: {every: 1d}", '4: secret: unknown key "every": there is rotate_every, grace'),
    (
        SECRET,
        "secret: {grace: 1w}",
        '4: secret: grace must be a time such as 90s, 15m, 24h or 30d, or whole seconds, not "1w"',
    ),
    (
        SECRET,
        "secret:\n  rotate_every: 24h",
        "5: secret: rotate_every doesn't fit: grace must be shorter than rotate_every (1d and 1d)",
    ),
    (
        SECRET,
        "secret: {grace: 12h}",
        "4: secret has too short a grace: it is 12h, a token of on-time-performance lives 1d",
    ),
    ("type: duckdb", "type: postgres", '7: source "flights": type "postgres" isn\'t known: there is duckdb'),
    ("type: duckdb", "kind: duckdb", '6: source "flights": the key "type" is missing'),
    ("  flights:\n", "  my flights:\n",
     '6: source "my flights": a name is letters, digits, _ and -, and begins with a letter'),
    ("      airports:", "      air ports:", '11: source "flights": table "air ports": a name is '
     "letters, digits and _"),
    ("      airports:", "      Flights:", '11: source "flights": table "Flights": is there twice: case '
     "doesn't count"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "expected"), WRONG)
def test_what_is_wrong_in_an_organization(tmp_path: Path, old: str, new: str, expected: str) -> None:
    assert f"organization.yaml:{expected}" in mistakes(tmp_path, changed(ORGANIZATION, old, new))


@pytest.mark.parametrize("sources", ["sources: {}", "sources:\n  flights: {type: duckdb, tables: {}}"])
def test_a_source_and_a_table_are_needed(tmp_path: Path, sources: str) -> None:
    text = ORGANIZATION.split("sources:")[0] + sources
    assert any("must " in each for each in mistakes(tmp_path, text))


@pytest.mark.parametrize(
    "path",
    ["../a.parquet", "a/../b.parquet", "/a.parquet", "s3://b/a.parquet", "a.txt", '"a\'b.parquet"',
     "a.parquet.gz",
     "a\\b.parquet", "a//b.parquet", "https://a/b.parquet", "5", "[../a.parquet]", "'a?.parquet'",
     "'a#b.parquet'",
     "./a.parquet", "[a.parquet, b.xlsx]", "{a: b.parquet}"],
)  # fmt: skip
def test_a_file_stays_inside_of_the_data(tmp_path: Path, path: str) -> None:
    found = mistakes(tmp_path, changed(ORGANIZATION, "airports.parquet", path))
    assert len(found) == 1
    assert found[0].startswith('organization.yaml:11: source "flights": table "airports": files can\'t be ')


@pytest.mark.parametrize(
    "path",
    ["a.parquet", "a/b-c_d.parquet", "year=2013/a.parquet", "a*.parquet", "by/**/*.parquet", "a b/é.csv",
     "a.tsv",
     "a.csv.gz", "a.json", "a.jsonl.gz", "a.ndjson", "[a.parquet, 'b/*.parquet']"],
)  # fmt: skip
def test_a_file_may_stand_in_a_folder(tmp_path: Path, path: str) -> None:
    assert mistakes(tmp_path, changed(ORGANIZATION, "airports.parquet", path)) == []


@pytest.mark.parametrize(
    "origin",
    [
        "https://app.example.com",
        "https://app.example.com:8443",
        "https://*.example.com",
        "https://xn--bcher-kva.example",
        "https://localhost",
        "http://localhost:8787",
        "http://127.0.0.1:8787",
        "http://localhost",
    ],
)
def test_an_origin(tmp_path: Path, origin: str) -> None:
    organization, _ = compiled(tmp_path, changed(ORGANIZATION, ORIGINS, f"embed_origins: ['{origin}']"))
    assert organization.embed_origins == (origin,)


@pytest.mark.parametrize(
    "origin",
    [
        "http://app.example.com",
        "https://app.example.com/",
        "https://app.example.com/path",
        "https://*.com",
        "https://*",
        "https://a.*.example.com",
        "http://*.localhost",
        "*",
        "app.example.com",
        "https://app.example.com; script-src *",
        "https://app.example.com https://other.example",
        "https://app.example.com,https://other.example",
        "https://app.example.com\\n",
        "https://user@app.example.com",
        "https://app.example.com:0",
        "https://app.example.com:99999",
        "https://-app.example.com",
        "https://APP.example.com",
        "https://bücher.example",
        "data:",
        "'self'",
        "",
    ],
)
def test_what_is_no_origin(tmp_path: Path, origin: str) -> None:
    found = mistakes(tmp_path, changed(ORGANIZATION, ORIGINS, f'embed_origins:\n  - "{origin}"'))
    assert len(found) == 1
    assert found[0].startswith("organization.yaml:4: embed_origins can't have ")


def test_an_origin_twice(tmp_path: Path) -> None:
    twice = 'embed_origins: ["https://a.example",\n  "https://a.example"]'
    assert mistakes(tmp_path, changed(ORGANIZATION, ORIGINS, twice)) == [
        'organization.yaml:4: embed_origins has "https://a.example" twice'
    ]


def test_a_broken_organization_says_nothing_of_its_dashboards_source(tmp_path: Path) -> None:
    assert mistakes(tmp_path, "[]") == ["organization.yaml:1: must be a mapping of keys, not a list"]


def test_a_short_grace_is_enough_for_short_lives(tmp_path: Path) -> None:
    organization = changed(ORGANIZATION, "grace: 24h", "grace: 15m")
    dashboard = changed(DASHBOARD, "{lifetime: 24h, share_window: 1h}", "{lifetime: 15m}")
    assert mistakes(tmp_path, organization, dashboard) == []
