"""What is refused, records nothing, and tells strangers nothing."""

from collections import Counter
from typing import Any

import jwt
import pytest
from jwt.algorithms import HMACAlgorithm
from msgspec.structs import replace

from clerestory.embed.vouching import NOBODY
from clerestory.problems import (
    INVALID_TOKEN,
    LOCKED_VARIABLE_MISSING,
    OTHER_DASHBOARD,
    REVOKED,
    UNKNOWN_DASHBOARD,
)
from clerestory.secret.keyset import (
    Key,
    new_key,
)
from tests.aws.embedding.embed import HARBOR, HARBORS, OLD, Pack
from tests.aws.faults import Faults


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
