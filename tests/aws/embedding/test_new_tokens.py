"""A token's first opening and those after it, from end to end of the library."""

from clerestory.embed.vouching import Address
from clerestory.problems import (
    RUN_FAILED,
    UNAVAILABLE,
)
from clerestory.records import RUN_LEASE
from tests.aws.embedding.embed import Pack
from tests.aws.faults import Faults


def test_a_new_token_is_counted_and_its_queries_are_run_once(pack: Pack) -> None:
    token = pack.token()
    assert [pack.open(token).state for _ in range(5)] == ["running"] * 5
    assert pack.counts == ["NewTokenEmbed"]
    (run,) = pack.runs
    assert (run.organization, run.dashboard, run.env, run.fence) == ("16417", "38727", {"ACCT_ID": "UA"}, 1)


def test_it_takes_the_slugs_as_well_as_the_ids(pack: Pack) -> None:
    token = pack.token(organization="airlines", dashboard="on-time")
    assert pack.open(token, "on-time", "airlines")
    assert pack.open(token, "38727", "16417")
    assert len(pack.runs) == 1


def test_a_run_that_died_is_begun_again_and_not_counted(pack: Pack) -> None:
    token = pack.token()
    pack.open(token)
    pack.clock.now += RUN_LEASE
    assert pack.open(token).fence == 2
    assert [run.fence for run in pack.runs] == [1, 2]
    assert pack.counts == ["NewTokenEmbed"]


def test_a_run_that_failed_waits_and_is_begun_again(pack: Pack) -> None:
    token = pack.token()
    record = pack.open(token)
    pack.ledger.release(record.token, 1, int(pack.clock.now) + 2)
    assert pack.refused(token) is RUN_FAILED
    pack.clock.now += 2
    assert pack.open(token).fence == 2


def test_a_run_that_could_not_be_started_is_started_by_the_next(pack: Pack) -> None:
    token = pack.token()
    pack.query_is_down = True
    assert pack.refused(token) is UNAVAILABLE
    pack.query_is_down = False
    pack.clock.now += 1
    assert pack.open(token).state == "running"
    assert (len(pack.runs), pack.counts) == (1, ["NewTokenEmbed"])


def test_ready_results_are_served_until_the_token_ends(pack: Pack) -> None:
    token = pack.token()
    pack.ledger.publish(pack.open(token).token, 1, "key")
    assert pack.open(token).results == "key"
    pack.clock.now += 86_399
    assert pack.open(token).results == "key"
    assert len(pack.runs) == 1


def test_results_that_are_gone_are_computed_again_once(pack: Pack) -> None:
    address = Address("38727", pack.token())
    pack.ledger.publish(pack.open(address.token).token, 1, "key")
    seen = [pack.verified(address) for _ in range(2)]
    for verified in seen:
        assert verified.standing.record is not None
        pack.begun.redo(verified, verified.standing.record)
    assert [run.fence for run in pack.runs] == [1, 2]


def test_a_cached_page_costs_one_read_of_the_table_and_no_more(pack: Pack) -> None:
    token = pack.token(sub="ana")
    pack.ledger.publish(pack.open(token).token, 1, "key")
    ssm, dynamodb = Faults(pack.ssm), Faults(pack.dynamodb)
    pack.open(token)
    assert (dict(dynamodb.sent), dict(ssm.sent)) == ({"BatchGetItem": 1}, {})
