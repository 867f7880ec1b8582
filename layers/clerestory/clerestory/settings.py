"""The functions' settings, read once from the environment by each `app.py`."""

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from msgspec import Struct, convert
from msgspec import ValidationError as WrongSettings

from clerestory.catalog import Catalog, read_catalog
from clerestory.mint.sensitive import KINDS
from clerestory.session.claims import users_own
from clerestory.session.session import SessionRules

__all__ = ["Settings", "WrongSettings", "read_settings"]


class Settings(Struct, frozen=True, rename="upper"):
    """Each is described in docs/settings.md under its name in capitals."""

    secret_prefix: str
    table: str = ""
    results_bucket: str = ""
    data: str = ""
    dashboards: str = "/opt/dashboards"
    page: str = "/opt/page"
    query_function: str = ""
    query_forker: str = ""
    author_folder: str = ""
    rotate_function: str = ""
    public_url: str = ""
    default_organization: str = ""
    organization_claim: str = "custom:organization"
    groups_claim: str = "cognito:groups"
    owners_group: str = "owners"
    floor_lifetime: float = 1.0
    sensitive_values: str = "us-ssn,payment-card"

    def __post_init__(self) -> None:
        unknown = set(self.sensitive_kinds) - set(KINDS)
        if unknown:
            raise ValueError(f"SENSITIVE_VALUES has unknown kinds: {', '.join(sorted(unknown))}")
        for setting in ("organization_claim", "groups_claim"):
            if part := users_own(getattr(self, setting)):
                raise ValueError(f"{setting.upper()} can't be in {part}: users write that themselves")

    @property
    def sensitive_kinds(self) -> tuple[str, ...]:
        return tuple(kind.strip() for kind in self.sensitive_values.split(",") if kind.strip())

    @property
    def session_rules(self) -> SessionRules:
        return SessionRules(
            organization_claim=self.organization_claim,
            groups_claim=self.groups_claim,
            owners_group=self.owners_group,
            default_organization=self.default_organization,
        )

    def catalog(self) -> Catalog:
        return read_catalog(Path(self.dashboards))

    def public_base(self, address: str) -> str:
        """Where embeds are served: `public_url`, or the API's own address."""
        return (self.public_url or f"https://{address}").rstrip("/")

    @property
    def public_path(self) -> str:
        """The path of `public_url`, without its last slash."""
        return urlsplit(self.public_url).path.rstrip("/")


def read_settings(environment: Mapping[str, str]) -> Settings:
    return convert(dict(environment), Settings, strict=False)
