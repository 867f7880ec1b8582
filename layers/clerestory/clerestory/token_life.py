"""How long a token lives, on which its minting, its verifying and the rotation of its key must agree."""

MAX_LIFE = 86_400
"""Seconds: the seed's cap of 24 hours from `iat`."""
LEEWAY = 60
"""Seconds that `iat` and `nbf` may lie ahead of our clock. `exp` gets none."""
