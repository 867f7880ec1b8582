"""The environment that keeps this process, and what it starts, away from the real AWS."""

import os
from collections.abc import MutableMapping

REGION = "us-east-1"
ACCOUNT = "123456789012"

_LOCAL_HOSTS = ("127.0.0.1", "localhost")


def point_at(endpoint: str, environ: MutableMapping[str, str] = os.environ) -> None:
    """Make every AWS client use `endpoint`, whatever profile, key or endpoint was set before."""
    for name in [name for name in environ if name.startswith("AWS_")]:
        del environ[name]
    environ.update(
        {
            "AWS_ENDPOINT_URL": endpoint,
            "AWS_ACCESS_KEY_ID": "local",
            "AWS_SECRET_ACCESS_KEY": "local",
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
        }
    )
    _bypass_proxies(environ)


def _bypass_proxies(environ: MutableMapping[str, str]) -> None:
    """A proxy of the machine's must not be asked for 127.0.0.1. Both spellings of the name count."""
    for name in ("NO_PROXY", "no_proxy"):
        known = [host for host in environ.get(name, "").split(",") if host]
        environ[name] = ",".join(dict.fromkeys([*known, *_LOCAL_HOSTS]))
