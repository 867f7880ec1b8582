"""The embedded page: hostile text is inert, and only the pack's own code runs."""

import json
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from clerestory import problems
from clerestory.dashboards import Chart, Dashboard, Number, Table
from clerestory.embed.framing import content_security_policy
from clerestory.embed.page import (
    ADVICE,
    DEFAULT_ADVICE,
    Assets,
    charts_page,
    problem_page,
)
from clerestory.inline_json import script_safe
from clerestory.problems import Kind, Problem

ASSETS = Assets({"page.css": "page-1a.css", "page.js": "page-2b.js", "vega.js": "vega-3c.js"})
NOW = 1_700_000_000.0
KINDS = [kind for kind in vars(problems).values() if isinstance(kind, Kind)]


class Parsed(HTMLParser):
    """What a browser would make of the page: its scripts, its handlers, and the text of its elements."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.scripts: list[dict[str, str | None]] = []
        self.tags: list[str] = []
        self.handlers: list[str] = []
        self.text: dict[str, str] = {}
        self.feed(page.decode())
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.handlers += [name for name, _ in attributes if name.startswith("on")]
        if tag == "script":
            self.scripts.append(dict(attributes))

    def handle_data(self, data: str) -> None:
        self.text[self.tags[-1]] = self.text.get(self.tags[-1], "") + data

    @property
    def data(self) -> Any:
        return json.loads(self.text["script"])


def dashboard(title: str, chart_title: str = "Flights") -> Dashboard:
    charts = (
        Chart(title=chart_title, sql="SELECT 1", number=Number()),
        Chart(title="T", sql="", table=Table()),
    )
    return Dashboard(id=1, slug="d", title=title, source="s", charts=charts, description=title)


def inert(page: Parsed) -> bool:
    """Whether the page runs its own script, carries its data, and does nothing else."""
    kinds = [(script.get("type"), script.get("src"), script.get("id")) for script in page.scripts]
    own = [("module", "/assets/page-2b.js", None), ("application/json", None, "embed-data")]
    known = {"html", "head", "meta", "title", "link", "script", "body", "main", "h1", "p", "section"}
    return kinds == own and set(page.tags) <= known and not page.handlers


HOSTILE = [
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "</ScRiPt ><img src=x onerror=alert(1)>",
    "<!--<script>",
    "]]>",
    '"><svg onload=alert(1)>',
    "'-alert(1)-'",
    "\u2028alert(1)\u2029",
    "</title><script>alert(1)</script>",
    "&lt;script&gt; &amp; &#x3C;",
    "\\u003c/script>",
]
texts = st.text() | st.sampled_from(HOSTILE) | st.lists(st.sampled_from(HOSTILE)).map("".join)


@settings(deadline=None)
@given(title=texts, cell=texts, name=texts)
def test_hostile_titles_and_values_are_inert_and_arrive_as_they_were(
    title: str, cell: str, name: str
) -> None:
    results = {"charts": [{"title": title, "columns": [name], "rows": [[cell], [None], [1.5]]}]}
    page = Parsed(
        charts_page(dashboard(title, name), json.dumps(results).encode(), "/d/1/t/results", ASSETS, NOW)
    )
    assert inert(page)
    assert page.data["results"] == results
    assert page.data["dashboard"]["title"] == page.data["dashboard"]["description"] == title
    assert page.data["dashboard"]["charts"][0]["title"] == name


@given(
    document=st.recursive(
        st.none() | st.floats(allow_nan=False) | texts,
        lambda inner: st.lists(inner) | st.dictionaries(texts, inner),
    )
)
def test_script_safe_json_is_the_same_json_without_what_ends_a_script(document: Any) -> None:
    safe = script_safe(json.dumps(document, ensure_ascii=False).encode("utf-8", "replace"))
    assert json.loads(safe) == document
    assert not any(each in safe.decode() for each in "<>&\u2028\u2029")


def test_a_page_without_results_says_that_it_is_loading() -> None:
    page = Parsed(charts_page(dashboard("On time"), None, "/d/1/t/results", ASSETS, NOW))
    assert page.text["p"] == "Loading"
    assert page.data["results"] is None
    assert page.data["results_url"] == "/d/1/t/results"


def test_a_page_with_results_does_not() -> None:
    page = charts_page(dashboard("On time"), b'{"charts":[]}', "/r", ASSETS, NOW)
    assert b"Loading" not in page


def test_a_page_names_its_files_from_where_the_pack_is_served() -> None:
    page = Parsed(charts_page(dashboard("D"), None, "../../d/1/t/results", ASSETS.under("../.."), NOW))
    assert page.scripts[0]["src"] == "../../assets/page-2b.js"
    assert page.data["vega_url"] == "../../assets/vega-3c.js"


def test_a_page_measures_the_tokens_life_from_our_clock_and_not_the_viewers() -> None:
    page = Parsed(charts_page(dashboard("D"), None, "/r", ASSETS, 1_700_000_000.9))
    assert page.data["served_at"] == 1_700_000_000


def test_a_page_knows_what_to_advise_where_an_answer_only_says_what_happened() -> None:
    advice = Parsed(charts_page(dashboard("D"), None, "/r", ASSETS, NOW)).data["advice"]
    assert ADVICE.items() <= advice.items()
    assert advice["other"] == DEFAULT_ADVICE


@pytest.mark.parametrize("advice", [*ADVICE.values(), DEFAULT_ADVICE])
def test_advice_is_one_sentence(advice: str) -> None:
    assert advice.count(".") == 1
    assert advice.endswith(".")


@pytest.mark.parametrize("allowed", [True, False])
def test_a_page_is_told_whether_its_data_may_be_saved(allowed: bool) -> None:
    page = charts_page(replace(dashboard("D"), downloads=allowed), None, "/r", ASSETS, NOW)
    assert Parsed(page).data["dashboard"]["downloads"] is allowed


def test_a_page_tells_how_each_chart_is_shown_and_not_its_sql() -> None:
    charts = Parsed(charts_page(dashboard("D"), None, "/r", ASSETS, NOW)).data["dashboard"]["charts"]
    assert [sorted(chart) for chart in charts] == [
        ["description", "number", "slug", "span", "title"],
        ["description", "slug", "span", "table", "title"],
    ]


def test_a_problems_page_says_what_and_carries_the_problem(subtests: pytest.Subtests) -> None:
    for kind in KINDS:
        with subtests.test(kind.code):
            page = Parsed(problem_page(Problem(kind), ASSETS))
            assert inert(page)
            assert page.text["h1"] == page.text["title"] == kind.title
            assert ADVICE.get(kind.code, DEFAULT_ADVICE) in page.text["p"]
            assert page.data == {"problem": Problem(kind).document()}


@given(detail=texts)
def test_a_problems_detail_is_inert(detail: str) -> None:
    page = Parsed(problem_page(Problem(problems.INVALID_VARIABLES, detail), ASSETS))
    assert inert(page)
    assert page.data["problem"].get("detail", "") == detail


def test_advice_is_given_for_codes_that_exist() -> None:
    assert set(ADVICE) <= {kind.code for kind in KINDS}


def directives(*origins: str) -> dict[str, list[str]]:
    split = (each.split() for each in content_security_policy(origins).split("; "))
    return {name: values for name, *values in split}


def test_only_the_organizations_sites_may_frame_the_page() -> None:
    framed_by = directives("https://app.example.com", "http://127.0.0.1:8787")["frame-ancestors"]
    assert framed_by == ["https://app.example.com", "http://127.0.0.1:8787"]


def test_without_origins_nobody_may_frame_it() -> None:
    assert directives()["frame-ancestors"] == ["'none'"]


def test_only_the_packs_own_code_runs() -> None:
    policy = directives("https://app.example.com")
    assert policy["default-src"] == policy["base-uri"] == policy["form-action"] == ["'none'"]
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == ["'self'"]
    assert not any("unsafe" in value or value == "*" for values in policy.values() for value in values)


def test_the_version_changes_when_a_file_does() -> None:
    assert ASSETS.version == Assets(dict(sorted(ASSETS.files.items(), reverse=True))).version
    assert ASSETS.version != Assets({**ASSETS.files, "page.js": "page-9f.js"}).version
