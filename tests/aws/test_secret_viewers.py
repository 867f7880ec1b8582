"""What viewers and old programs see of a rotation: nothing, until the grace has passed."""

from collections.abc import Callable
from typing import Any

import jwt
import pytest

from clerestory.aws.floors import Floors, SigningKeysets, VerifyingKeysets
from clerestory.aws.keysets import Keysets
from clerestory.aws.ledger import Ledger
from clerestory.catalog import Catalog
from clerestory.dashboards import Dashboard
from clerestory.embed.admission import admit
from clerestory.embed.runs import Runs
from clerestory.embed.vouching import Address, Vouching
from clerestory.mint.minting import EmbedRequest, Minter
from clerestory.problems import INVALID_TOKEN, Problem
from clerestory.secret.keyset import CACHE_LIFETIME
from tests.aws.secret import AIRLINES, RESET, ROTATE, Secret
from tests.sessions import session_with

WEATHER = Dashboard(231, "weather", "Weather", "s", charts=())
HOUR = 3_600


class Site:
    """Mint and embed, each with a memory of its own, as a site and its visitors use them."""

    def __init__(self, secret: Secret, client: Callable[[str], Any], table: str) -> None:
        self._clock = secret.clock
        floors = Floors(client("dynamodb"), table)
        mints, embeds = (Keysets(client("ssm"), secret.prefix, secret.clock) for _ in range(2))
        self._minting = SigningKeysets(mints, floors, secret.clock, 1)
        ledger = Ledger(client("dynamodb"), table)
        verifying = VerifyingKeysets(embeds, floors)
        self._vouching = Vouching(Catalog.of((AIRLINES, (WEATHER,))), verifying, ledger, secret.clock)
        self._runs = Runs(ledger, lambda run: None, secret.clock, lambda metric: None)

    def minted(self) -> str:
        keyset = self._minting.current(AIRLINES)
        minter, session = Minter("https://e.example", ()), session_with({"sub": "ana"})
        minted = minter.mint(AIRLINES, WEATHER, session, EmbedRequest(231), keyset, self._clock())
        return minted.url.rpartition("/")[2]

    def open(self, token: str) -> None:
        address = Address("231", token)
        verified = admit(address, self._vouching.vouch(address), self._clock())
        assert self._runs.advance(verified)


@pytest.fixture
def site(secret: Secret, client: Callable[[str], Any], table: str) -> Site:
    return Site(secret, client, table)


def test_viewers_see_no_refusal_through_ten_rotations(secret: Secret, site: Site) -> None:
    """They mint and open all the time, and go on opening what was minted in the last day."""
    minted: dict[float, str] = {}
    for number in range(10):
        secret.change(ROTATE, f"{number}")
        for _ in range(12):
            secret.clock.now += 2 * HOUR + 17
            minted[secret.clock()] = site.minted()
            for at, token in minted.items():
                if at > secret.clock() - 23 * HOUR:
                    site.open(token)
    signed_by = {jwt.get_unverified_header(token)["kid"] for token in minted.values()}
    assert len(signed_by) == 10


def test_viewers_see_no_refusal_in_the_minutes_after_a_rotation(secret: Secret, site: Site) -> None:
    site.open(site.minted())
    secret.clock.now += CACHE_LIFETIME / 2
    secret.change(ROTATE, "a")
    for _ in range(100):
        secret.clock.now += 5
        site.open(site.minted())


def test_viewers_are_well_again_a_second_after_a_reset(secret: Secret, site: Site) -> None:
    before = site.minted()
    site.open(before)
    secret.change(RESET, "a")
    secret.clock.now += 1
    with pytest.raises(Problem) as refused:
        site.open(before)
    assert refused.value.kind is INVALID_TOKEN
    site.open(site.minted())


def test_an_old_program_works_until_the_grace_ends_and_not_after(secret: Secret, site: Site) -> None:
    """It holds the previous secret and sends no `kid`."""
    held = secret.keyset.keys[0].secret
    secret.change(ROTATE, "a")
    end = secret.keyset.keys[0].verifies_until
    assert end is not None
    for moment in (secret.clock() + 1, end - 1):
        secret.clock.now = moment
        site.open(jwt.encode({"organization": 16417, "dashboard": 231, "iat": moment}, held, "HS256"))
    secret.clock.now = end
    with pytest.raises(Problem) as refused:
        site.open(jwt.encode({"organization": 16417, "dashboard": 231, "iat": end}, held, "HS256"))
    assert refused.value.kind is INVALID_TOKEN
