"""The embed function without its HTTP, on the real table and parameter."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from msgspec.structs import replace

from clerestory.aws.floors import Floors, VerifyingKeysets
from clerestory.aws.keysets import Keysets, parameter_name
from clerestory.aws.ledger import Ledger
from clerestory.catalog import Catalog
from clerestory.dashboards import Chart, Dashboard, Embed, Number, Organization, Variable
from clerestory.embed.admission import Verified, admit
from clerestory.embed.runs import Runs
from clerestory.embed.vouching import Address, Vouching
from clerestory.problems import (
    Kind,
    Problem,
    unavailable,
)
from clerestory.records import Run
from clerestory.secret.keyset import (
    Key,
    Keyset,
    first_keyset,
    nobodys_keyset,
    write_keyset,
)
from clerestory.tokens import sign
from tests.aws.clock import Clock

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
