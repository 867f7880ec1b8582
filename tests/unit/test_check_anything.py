"""Whatever stands in a file, the check answers with mistakes and never with an exception."""

from pathlib import Path
from tempfile import TemporaryDirectory

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from cli.check import Compiled
from cli.check.dashboard import KEYS
from tests.unit.check_pack import DASHBOARD, ORGANIZATION, checked, sql_mistakes

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.dates() | st.text(max_size=20)
VALUES = st.recursive(
    SCALARS,
    lambda inside: st.lists(inside, max_size=4) | st.dictionaries(SCALARS, inside, max_size=4),
    max_leaves=12,
)
WORDS = """
    SELECT FROM WHERE flights airlines mine carrier f a . , ( ) = <> AND OR NOT IN ANY unnest $ACCT_ID $B 1
    JOIN LEFT FULL SEMI ON USING UNION ALL WITH RECURSIVE AS EXISTS CASE WHEN THEN END GROUP BY HAVING QUALIFY
    ORDER PIVOT LIMIT VALUES count(*) list_contains( read_csv( [ ] { } : :: -- ; ? " ' * DESCRIBE LATERAL
""".split()  # noqa: SIM905 — a list would be a word a line


def answer(dashboard: str, organization: str = ORGANIZATION) -> Compiled:
    with TemporaryDirectory() as folder:
        compiled = checked(Path(folder), organization, dashboard)
    assert (compiled.catalog is None) == bool(compiled.mistakes)
    assert all(each.line > 0 and "\n" not in each.message for each in compiled.mistakes)
    return compiled


@given(st.text(st.characters(codec="utf-8")))
@settings(deadline=None)
def test_any_text(text: str) -> None:
    answer(text)


@given(st.text("[]{}:-?!&*|>'\"%@`#, \n\tab0<=~\\x", max_size=60))
@settings(deadline=None, max_examples=300)
def test_any_punctuation(text: str) -> None:
    answer(text)


@given(st.integers(0, len(DASHBOARD)), st.text("[]{}:-?!&*|>'\"#, \n$(0a", max_size=6), st.integers(0, 30))
@settings(deadline=None, max_examples=200)
def test_a_dashboard_with_a_hole_in_it(start: int, patch: str, length: int) -> None:
    answer(DASHBOARD[:start] + patch + DASHBOARD[start + length :])


@given(st.dictionaries(st.sampled_from(KEYS), VALUES))
@settings(deadline=None)
def test_any_values_for_the_known_keys(values: dict[str, object]) -> None:
    answer(yaml.safe_dump(values))


@given(st.dictionaries(st.sampled_from(("id", "slug", "embed_origins", "secret", "sources")), VALUES))
@settings(deadline=None)
def test_any_values_for_an_organization(values: dict[str, object]) -> None:
    answer(DASHBOARD, yaml.safe_dump(values))


@given(st.lists(st.sampled_from(WORDS), max_size=30))
@settings(deadline=None, max_examples=500)
def test_any_words_of_sql(words: list[str]) -> None:
    with TemporaryDirectory() as folder:
        sql_mistakes(Path(folder), " ".join(words))
