"""What embed takes and refuses after a reset or a rotation, warm and cold."""

from typing import Any

import pytest
from msgspec.structs import replace

from clerestory.aws.keysets import RETRY_PAUSE
from clerestory.problems import (
    INVALID_TOKEN,
    UNAVAILABLE,
    Problem,
)
from clerestory.secret.keyset import (
    CACHE_LIFETIME,
    new_key,
)
from tests.aws.embedding.embed import AIRLINES, HARBOR, HARBORS, NEW, OLD, RESET, Pack
from tests.aws.faults import Faults, error


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
