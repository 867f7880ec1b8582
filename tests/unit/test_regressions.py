"""What went wrong once, each with what it did."""

import base64
import time
from pathlib import Path

import duckdb
import pytest

from clerestory.dashboards import Dashboard, Embed, Organization, Source, SourceTable, Variable
from clerestory.mint.minting import EmbedRequest, Minter
from clerestory.mint.sensitive import sensitive_kind
from clerestory.problems import CLAIM_MISSING, INVALID_TOKEN, URL_TOO_LONG, Problem
from clerestory.secret.keyset import MalformedKeyset, first_keyset, read_keyset
from clerestory.tokens import read
from clerestory.variables import token_env
from clerestory_query.duckdb_source import DuckDB
from clerestory_query.engine import Limits, QueryFailed, Scope
from clerestory_query.storage import Folder
from tests.charts import chart
from tests.sessions import session_with

NOW = 1_700_000_000
AIRLINES = Organization(id=16417, slug="airlines", sources={})


def dashboard(embed: Embed | None = None, **variables: Variable) -> Dashboard:
    return Dashboard(1, "d", "D", "s", charts=(), variables=variables, embed=embed or Embed())


def test_a_string_that_never_ends_cost_a_quarter_of_a_second() -> None:
    """8 KB of `\\"` after 17 brackets: scanned to the end from each quote, for anyone who asked."""
    payload = base64.urlsafe_b64encode(b"[" * 17 + b'"' + b'\\"' * 2_900).decode().rstrip("=")
    started = time.process_time()
    for _ in range(20):
        with pytest.raises(Problem) as refused:
            read(f"eyJhbGciOiJIUzI1NiJ9.{payload}.{'A' * 43}")
        assert refused.value.kind is INVALID_TOKEN
    assert time.process_time() - started < 2


def test_a_malformed_keyset_hung_on_to_a_message_that_quoted_it() -> None:
    """`from None` hides the context from a traceback and not from what walks the chain."""
    with pytest.raises(MalformedKeyset) as malformed:
        read_keyset('{"generation":1,"epoch":1,"last_operation":"","keys":[],"c0ffee":1}')
    assert malformed.value.__context__ is None


def test_a_blank_claim_was_minted_into_a_url_that_the_embed_refused() -> None:
    locked = dashboard(ACCT_ID=Variable(type="string", claim="custom:acct_id"))
    with pytest.raises(Problem) as refused:
        Minter("https://e.example", ()).mint(
            AIRLINES, locked, session_with({"custom:acct_id": " "}), EmbedRequest(1), first_keyset("", 0), NOW
        )
    assert refused.value.kind is CLAIM_MISSING


def test_a_name_that_nobody_declared_refused_the_token_when_given_twice() -> None:
    assert token_env(dashboard(), {"page": 1, "PAGE": 2}) == {}


def test_a_card_with_its_expiry_date_was_no_card() -> None:
    """The longest run of digits was checked, and 18 digits are no card."""
    assert sensitive_kind(["4111 1111 1111 1111 12/27"], ["payment-card"]) == "payment-card"


def test_a_coordinate_was_a_card() -> None:
    assert sensitive_kind(["52.4111111111111111"], ["payment-card"]) is None


def test_an_embed_of_two_seconds_was_to_be_refreshed_when_it_had_ended() -> None:
    shown = dashboard(Embed(lifetime=2))
    minted = Minter("https://e.example", ()).mint(
        AIRLINES, shown, session_with({"sub": "ana"}), EmbedRequest(1), first_keyset("", 0), NOW + 0.9
    )
    assert 0 < minted.refresh_in < minted.expires_in


@pytest.fixture
def parquet(tmp_path: Path) -> Path:
    duckdb.sql("SELECT 1 AS n").write_parquet(str(tmp_path / "t.parquet"))
    return tmp_path


def failure(folder: Path, sql: str, seconds: float) -> str | None:
    source = Source("duckdb", {"t": SourceTable(("t.parquet",), "parquet")})
    engine = DuckDB(lambda: Folder(folder), Limits())
    with engine.opened(source, {"t": None}, Scope({}, {}), unscoped=True) as tables:
        try:
            tables.compute(chart(sql), seconds)
        except QueryFailed as why:
            return why.problem.code
    return None


@pytest.mark.timeout(20)
def test_a_query_that_had_no_time_left_ran_without_end(parquet: Path) -> None:
    """The interrupt came before the query had begun, and was lost."""
    heavy = "SELECT count(*) FROM range(1000000) a, range(1000000) b WHERE a.range * b.range = 7"
    assert failure(parquet, heavy, 0) == failure(parquet, heavy, 0.001) == "query-timed-out"


def test_a_query_could_overwrite_a_file_that_it_may_read(parquet: Path) -> None:
    before = (parquet / "t.parquet").read_bytes()
    sql = f"COPY (SELECT 2 AS n) TO '{parquet / 't.parquet'}' (FORMAT parquet, USE_TMP_FILE false)"
    assert failure(parquet, sql, 5) == "query-failed"
    assert (parquet / "t.parquet").read_bytes() == before


def test_a_cell_that_python_has_no_room_for_failed_the_whole_run(parquet: Path) -> None:
    assert failure(parquet, "SELECT INTERVAL 300000000 MONTH", 5) == "query-failed"


@pytest.mark.parametrize("text", ["1 " * 32_000, "11-" * 21_000, "123-45-" * 9_000])
def test_64_kb_of_short_groups_of_digits_took_a_second_to_look_through(text: str) -> None:
    """From each group on, all that came after it was copied."""
    started = time.process_time()
    for _ in range(5):
        assert sensitive_kind([text], ["payment-card"]) is None
    assert time.process_time() - started < 2


def test_what_no_url_can_hold_was_looked_through_all_the_same() -> None:
    note = Variable(type="string")
    request = EmbedRequest(1, env={"NOTE": "4111111111111111 " * 3_000})
    with pytest.raises(Problem) as refused:
        Minter("https://e.example", ["payment-card"]).mint(
            AIRLINES, dashboard(NOTE=note), session_with({"sub": "v"}), request, first_keyset("", 0), NOW
        )
    assert refused.value.kind is URL_TOO_LONG
