"""What viewers and old programs see of a rotation: nothing, until the grace has passed."""

from clerestory.aws.keysets import Keysets
from clerestory.keyring import (
    CACHE_LIFETIME,
)
from clerestory.tokens import UnknownKey, read, sign, verify
from tests.aws.secret import AIRLINES, ROTATE, Secret


def test_viewers_see_no_refusal_through_ten_rotations(secret: Secret) -> None:
    """Mint and embed hold their keysets for a while each, and tokens live for a day."""
    mint, embed = (Keysets(secret.ssm, secret.prefix, secret.clock) for _ in range(2))
    tokens: list[str] = []
    for number in range(10):
        secret.change(ROTATE, f"{number}")
        for _ in range(12):
            secret.clock.now += 2 * 3600 + 17
            now = secret.clock()
            key = mint.current(AIRLINES).signing_key(now)
            assert key.signs(now)
            tokens.append(sign({"organization": 16417, "dashboard": 1, "iat": int(now)}, key))
            for token in tokens[-11:]:
                verify(read(token), embed.current(AIRLINES), now)


def test_viewers_see_no_refusal_in_the_minutes_after_a_rotation(secret: Secret) -> None:
    mint, embed = (Keysets(secret.ssm, secret.prefix, secret.clock) for _ in range(2))
    embed.current(AIRLINES)
    secret.clock.now += CACHE_LIFETIME / 2
    mint.current(AIRLINES)
    secret.change(ROTATE, "a")
    for _ in range(100):
        secret.clock.now += 5
        key = mint.current(AIRLINES).signing_key(secret.clock())
        token = sign({"organization": 16417, "dashboard": 1, "iat": int(secret.clock())}, key)
        verify(read(token), embed.current(AIRLINES), secret.clock())


def test_an_old_program_works_until_the_grace_ends_and_not_after(secret: Secret) -> None:
    """It holds the previous secret and sends no `kid`."""
    import jwt

    held = secret.keyset.keys[0].secret
    secret.change(ROTATE, "a")
    end = secret.keyset.keys[0].verifies_until
    assert end is not None
    embed = Keysets(secret.ssm, secret.prefix, secret.clock)
    for moment, taken in ((end - 1, True), (end, False)):
        secret.clock.now = moment
        token = jwt.encode({"organization": 16417, "dashboard": 1, "iat": moment}, held, "HS256")
        try:
            verify(read(token), embed.current(AIRLINES), moment)
            assert taken
        except UnknownKey:
            assert not taken
