"""Calls from one function of the pack to another."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec.json import encode

from clerestory.aws.clients import AWSError
from clerestory.dashboards import Organization
from clerestory.problems import unavailable
from clerestory.records import Run

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient


class FunctionCalls:
    """`client` gives the client when it is needed: most requests call no other function."""

    def __init__(self, client: "Callable[[], LambdaClient]", *, query: str = "", rotate: str = "") -> None:
        self._client = client
        self._query = query
        self._rotate = rotate

    def start_run(self, run: Run) -> None:
        """Hands the run to query and doesn't wait for it."""
        try:
            self._client().invoke(FunctionName=self._query, InvocationType="Event", Payload=encode(run))
        except AWSError as error:
            raise unavailable("The queries cannot be started just now.") from error

    def create_secret(self, organization: Organization) -> None:
        """Has rotate make the organization's first keyset, once: no other function may write it. Where
        rotate starts too slowly, or there is no room for it, whoever asks again finds what it has made."""
        request = {"operation": "create", "organization": str(organization.id)}
        try:
            answer = self._client().invoke(FunctionName=self._rotate, Payload=encode(request))
        except AWSError as error:
            raise unavailable("The first embed secret cannot be made just now.") from error
        if "FunctionError" in answer:
            raise unavailable("The first embed secret could not be made.")
