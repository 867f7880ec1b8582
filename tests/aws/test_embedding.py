"""One request of an iframe from end to end of the library, on the real table and parameter."""

from collections import Counter
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import jwt
import pytest
from jwt.algorithms import HMACAlgorithm
from msgspec.structs import replace

from clerestory.aws.floors import Floors, VerifyingKeysets
from clerestory.aws.keysets import RETRY_PAUSE, Keysets, parameter_name
from clerestory.aws.ledger import Ledger
from clerestory.catalog import Catalog
from clerestory.dashboards import Chart, Dashboard, Embed, Number, Organization, Variable
from clerestory.embed.admission import Verified, admit
from clerestory.embed.runs import Runs
from clerestory.embed.vouching import NOBODY, Address, Vouching
from clerestory.problems import (
    INVALID_TOKEN,
    LOCKED_VARIABLE_MISSING,
    OTHER_DASHBOARD,
    REVOKED,
    RUN_FAILED,
    UNAVAILABLE,
    UNKNOWN_DASHBOARD,
    Kind,
    Problem,
    unavailable,
)
from clerestory.records import RUN_LEASE, Run
from clerestory.secret.keyset import (
    CACHE_LIFETIME,
    Key,
    Keyset,
    first_keyset,
    new_key,
    nobodys_keyset,
    write_keyset,
)
from clerestory.tokens import sign
from tests.aws.clock import Clock
from tests.aws.faults import Faults, error

LOCKED = {"ACCT_ID": Variable(type="string", claim="custom:acct_id")}
CHARTS = (Chart(title="Flights", sql="SELECT 1", number=Number()),)
ON_TIME = Dashboard(38727, "on-time", "On time", "s", CHARTS, variables=LOCKED)
WEATHER = Dashboard(231, "weather", "Weather", "s", CHARTS)
FLEET = Dashboard(50121, "fleet", "Fleet", "s", CHARTS)
BOUND = Dashboard(7, "bound", "Bound", "s", CHARTS, variables=LOCKED, embed=Embed(viewer_bound=True))
AIRLINES = Organization(16417, "airlines", sources={})
HARBOR = Organization(19852, "harbor", sources={})
OLD, NEW, HARBORS = (first_keyset(name, 0) for name in ("old", "new", "harbor"))
RESET = replace(NEW, generation=2, epoch=2)


class Pack:
    """The embed function without its HTTP; `runs` is what query would be asked to do."""

    def __init__(self, client: Callable[[str], Any], table: str, clock: Clock) -> None:
        self._client, self._table, self.clock = client, table, clock
        self._prefix = f"/clerestory/{uuid4()}"
        self.runs: list[Run] = []
        self.counts: list[str] = []
        self.query_is_down = False
        self.dynamodb, self.ssm = client("dynamodb"), client("ssm")
        self.ledger = Ledger(self.dynamodb, table)
        self.begun = Runs(self.ledger, self._start, clock, self.counts.append)
        self.start_cold()
        self.store(AIRLINES, OLD)
        self.store(HARBOR, HARBORS)

    def start_cold(self) -> None:
        """Embed with nothing in memory."""
        stand_in = nobodys_keyset(self.clock())
        keysets = Keysets(self.ssm, self._prefix, self.clock, stand_in=stand_in)
        verifying = VerifyingKeysets(keysets, Floors(self.dynamodb, self._table))
        catalog = Catalog.of((AIRLINES, (ON_TIME, WEATHER, BOUND)), (HARBOR, (FLEET,)))
        self._vouching = Vouching(catalog, verifying, self.ledger, self.clock)

    def _start(self, run: Run) -> None:
        if self.query_is_down:
            raise unavailable("Query is down.")
        self.runs.append(run)

    def store(self, organization: Organization, keyset: Keyset) -> None:
        name = parameter_name(self._prefix, organization.id)
        self._client("ssm").put_parameter(
            Name=name, Value=write_keyset(keyset), Type="SecureString", Overwrite=True
        )

    def delete(self, organization: Organization) -> None:
        self._client("ssm").delete_parameter(Name=parameter_name(self._prefix, organization.id))

    def put(self, sk: str, of: Organization = AIRLINES, **numbers: int) -> None:
        item = {"pk": {"S": f"ORGANIZATION#{of.id}"}, "sk": {"S": sk}}
        item |= {name: {"N": str(number)} for name, number in numbers.items()}
        self._client("dynamodb").put_item(TableName=self._table, Item=item)

    def token(self, key: Key = OLD.keys[0], **claims: Any) -> str:
        given = {"organization": 16417, "dashboard": 38727, "env": {"ACCT_ID": "UA"}}
        return sign(given | {"iat": int(self.clock.now)} | claims, key)

    def open(self, token: str, dashboard: str = "38727", organization: str | None = None) -> Any:
        return self.begun.advance(self.verified(Address(dashboard, token, organization)))

    def verified(self, address: Address) -> Verified:
        return admit(address, self._vouching.vouch(address), self.clock())

    def refused(self, token: str, dashboard: str = "38727", organization: str | None = None) -> Kind:
        with pytest.raises(Problem) as refused:
            self.open(token, dashboard, organization)
        return refused.value.kind


@pytest.fixture
def pack(client: Callable[[str], Any], table: str, clock: Clock) -> Pack:
    return Pack(client, table, clock)


# A new token


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


# Refusals, which record nothing


def test_a_token_opens_its_own_dashboard_only(pack: Pack) -> None:
    assert pack.refused(pack.token(), "231") is OTHER_DASHBOARD
    assert pack.refused(pack.token(), "weather", "airlines") is OTHER_DASHBOARD
    assert pack.refused(pack.token(dashboard=99), "99") is UNKNOWN_DASHBOARD
    assert pack.refused(pack.token(dashboard=50121), "50121") is UNKNOWN_DASHBOARD
    assert (pack.runs, pack.counts) == ([], [])


def test_wrong_organization_wrong_secret_and_forged_are_one_and_the_same(pack: Pack) -> None:
    tokens = [
        pack.token(organization=99),
        pack.token(organization=19852, dashboard=50121),
        pack.token(key=HARBORS.keys[0]),
        pack.token(key=new_key(0)),
        pack.token()[:-8] + "AAAAAAAA",
    ]
    assert [pack.refused(token) for token in tokens] == [INVALID_TOKEN] * len(tokens)
    assert pack.refused(pack.token(), organization="harbor") is INVALID_TOKEN
    assert (pack.runs, pack.counts) == ([], [])


def work(pack: Pack, monkeypatch: pytest.MonkeyPatch, tokens: list[str]) -> list[Counter[str]]:
    """What refusing each costs: calls to AWS, and signatures that are computed."""
    spent: Counter[str] = Counter()
    pack.ssm.meta.events.register("before-send", lambda request, **_: spent.update(ssm=1))
    pack.dynamodb.meta.events.register("before-send", lambda request, **_: spent.update(dynamodb=1))
    compute = HMACAlgorithm.verify

    def computing(*given: Any, **how: Any) -> Any:
        spent["signatures"] += 1
        return compute(*given, **how)

    monkeypatch.setattr(HMACAlgorithm, "verify", computing)
    costs = []
    for token in tokens:
        spent.clear()
        assert pack.refused(token) is INVALID_TOKEN
        costs.append(Counter(spent))
    return costs


def strangers(pack: Pack, key: Key, organization: int | str) -> list[str]:
    """Tokens that nobody can verify, for an organization that may be there or not."""
    signature = pack.token(key, organization=organization).rpartition(".")[2]
    forged = pack.token(organization=organization).rpartition(".")[0] + f".{signature}"
    without_kid = jwt.encode({"organization": organization, "dashboard": 38727}, key.secret, "HS256")
    named = jwt.encode({"organization": organization, "dashboard": 1}, key.secret, "HS256", {"kid": "k"})
    return [pack.token(key, organization=organization), forged, without_kid, named] * 3


def test_strangers_learn_from_no_call_which_organizations_there_are(
    pack: Pack, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, names = new_key(0), (16417, "airlines", "harbor", 99, "nobody", "", 0)
    pack.store(HARBOR, replace(HARBORS, keys=(*HARBORS.keys, *(new_key(0) for _ in range(9)))))
    for name in names:
        pack.refused(pack.token(key, organization=name))  # the first contact may differ
    costs = [work(pack, monkeypatch, strangers(pack, key, name)) for name in names]
    assert costs == costs[:1] * len(names)
    assert max(cost["ssm"] for cost in costs[0]) == 0
    assert {cost["dynamodb"] for cost in costs[0]} == {1}


def test_nor_of_one_whose_secret_was_not_made_yet(pack: Pack, monkeypatch: pytest.MonkeyPatch) -> None:
    pack.delete(HARBOR)
    key = new_key(0)
    for name in ("harbor", "nobody"):
        pack.refused(pack.token(key, organization=name))
    one, other = (work(pack, monkeypatch, strangers(pack, key, name)) for name in ("harbor", "nobody"))
    assert one == other


def test_whoever_finds_the_key_of_nobody_opens_nothing(pack: Pack) -> None:
    pack.store(NOBODY, OLD)
    assert pack.refused(pack.token(organization=99)) is INVALID_TOKEN
    assert pack.refused(pack.token(organization=0)) is INVALID_TOKEN
    assert pack.refused(pack.token(organization="")) is INVALID_TOKEN


@pytest.mark.parametrize("organization", [16417, 99])
def test_1_000_unknown_keys_cost_two_reads_of_ssm_and_one_each_of_the_floor(
    pack: Pack, organization: int
) -> None:
    ssm, dynamodb = Faults(pack.ssm), Faults(pack.dynamodb)
    for n in range(1_000):
        key = replace(OLD.keys[0], kid=f"../{n}")
        assert pack.refused(pack.token(key, organization=organization)) is INVALID_TOKEN
    assert (dict(ssm.sent), dict(dynamodb.sent)) == ({"GetParameter": 2}, {"GetItem": 1_000})


def test_a_token_without_its_viewer_opens_no_dashboard_that_is_bound_to_one(pack: Pack) -> None:
    for claims in ({}, {"sub": None}, {"sub": ""}):
        assert pack.refused(pack.token(dashboard=7, **claims), "7") is INVALID_TOKEN
    assert (pack.runs, pack.counts) == ([], [])
    assert pack.open(pack.token(dashboard=7, sub="ana"), "7")


@pytest.mark.parametrize("env", [{}, {"ACCT_ID": ""}, {"ACCT_ID": []}, {"ACCT_ID": None}])
def test_a_token_without_a_locked_value_is_never_run(pack: Pack, env: dict[str, Any]) -> None:
    assert pack.refused(pack.token(env=env)) is LOCKED_VARIABLE_MISSING
    assert (pack.runs, pack.counts) == ([], [])


@pytest.mark.parametrize("revoked", ["dashboard#38727", "viewer#ana"])
def test_what_is_revoked_is_refused_on_the_next_request(pack: Pack, revoked: str) -> None:
    token = pack.token(sub="ana")
    pack.open(token)
    pack.put(f"REVOKED#{revoked}")
    assert pack.refused(token) is REVOKED


# Resets


def test_a_reset_refuses_old_tokens_on_the_first_request_of_a_warm_function(pack: Pack) -> None:
    old = pack.token()
    pack.open(old)
    pack.put("FLOOR", epoch=2)
    pack.store(AIRLINES, RESET)
    assert pack.refused(old) is INVALID_TOKEN
    assert pack.refused(pack.token()) is INVALID_TOKEN


def test_and_takes_new_ones(pack: Pack) -> None:
    pack.open(pack.token())
    pack.put("FLOOR", epoch=2)
    pack.store(AIRLINES, RESET)
    assert pack.open(pack.token(key=NEW.keys[0]))


def test_a_reset_that_stopped_halfway_refuses_everything(pack: Pack) -> None:
    old = pack.token()
    pack.open(old)
    pack.put("FLOOR", epoch=2)
    for seconds in (0, 1, CACHE_LIFETIME, 3_600):
        pack.clock.now += seconds
        assert pack.refused(old) is INVALID_TOKEN
        assert pack.refused(pack.token(key=NEW.keys[0])) is UNAVAILABLE


def test_until_it_is_finished(pack: Pack) -> None:
    pack.open(pack.token())
    pack.put("FLOOR", epoch=2)
    assert pack.refused(pack.token()) is INVALID_TOKEN
    pack.store(AIRLINES, RESET)
    assert pack.open(pack.token(key=NEW.keys[0]))


def test_a_fresh_token_is_told_to_wait_while_ssm_is_behind_and_never_refused_for_good(pack: Pack) -> None:
    """Somebody's unknown key has just used up the minute's read."""
    pack.open(pack.token())
    pack.refused(pack.token(new_key(0)))
    pack.put("FLOOR", epoch=2)
    fresh = pack.token(key=NEW.keys[0])
    with pytest.raises(Problem) as waits:
        pack.open(fresh)
    assert (waits.value.kind, waits.value.retry_after) == (UNAVAILABLE, RETRY_PAUSE)
    pack.store(AIRLINES, RESET)
    assert pack.refused(fresh) is UNAVAILABLE
    pack.clock.now += RETRY_PAUSE
    assert pack.open(fresh)


def test_nor_where_the_floor_cannot_be_read(pack: Pack) -> None:
    pack.open(pack.token())
    pack.store(AIRLINES, RESET)
    faults = Faults(pack.dynamodb)
    faults.always("GetItem", error("ProvisionedThroughputExceededException"))
    pack.refused(pack.token(new_key(0)))
    assert pack.refused(pack.token(key=NEW.keys[0])) is UNAVAILABLE


def test_an_old_token_is_refused_at_once_while_ssm_is_behind(pack: Pack) -> None:
    old = pack.token()
    pack.open(old)
    pack.put("FLOOR", epoch=2)
    assert [pack.refused(old) for _ in range(3)] == [INVALID_TOKEN] * 3


def test_the_first_secret_is_seen_where_strangers_asked_before_there_was_one(pack: Pack) -> None:
    pack.delete(HARBOR)
    fresh = pack.token(HARBORS.keys[0], organization=19852, dashboard=50121)
    assert pack.refused(fresh, "50121") is INVALID_TOKEN
    pack.put("FLOOR", HARBOR, epoch=1)
    pack.store(HARBOR, HARBORS)
    assert pack.open(fresh, "50121")


@pytest.mark.parametrize(
    "claims", [{}, {"iat": 0}, {"dashboard": 231}, {"dashboard": 99}, {"env": {}}], ids=str
)
def test_what_only_an_old_key_vouches_for_is_refused_the_same_whatever_it_says(
    pack: Pack, claims: dict[str, Any]
) -> None:
    pack.open(pack.token())
    pack.put("FLOOR", epoch=2)
    assert pack.refused(pack.token(**claims)) is INVALID_TOKEN


def test_a_cold_function_refuses_old_tokens_as_well(pack: Pack) -> None:
    old = pack.token()
    pack.put("FLOOR", epoch=2)
    pack.store(AIRLINES, RESET)
    pack.start_cold()
    assert pack.refused(old) is INVALID_TOKEN


def test_a_reset_of_one_organization_leaves_the_other_alone(pack: Pack) -> None:
    pack.put("FLOOR", epoch=2)
    token = pack.token(HARBORS.keys[0], organization=19852, dashboard=50121)
    assert pack.open(token, "50121")


def test_a_rotation_refuses_nothing(pack: Pack) -> None:
    old, added = pack.token(), new_key(pack.clock.now)
    pack.open(old)
    pack.store(AIRLINES, replace(OLD, generation=2, keys=(*OLD.keys, added)))
    assert pack.open(pack.token(key=added))
    assert pack.open(old)


# One request


def test_a_cached_page_costs_one_read_of_the_table_and_no_more(pack: Pack) -> None:
    token = pack.token(sub="ana")
    pack.ledger.publish(pack.open(token).token, 1, "key")
    ssm, dynamodb = Faults(pack.ssm), Faults(pack.dynamodb)
    pack.open(token)
    assert (dict(dynamodb.sent), dict(ssm.sent)) == ({"BatchGetItem": 1}, {})
