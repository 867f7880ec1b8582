"""The keysets' parameters in SSM, for the functions that may write them."""

from typing import TYPE_CHECKING

from clerestory.aws.clients import AWSError, error_code
from clerestory.aws.keysets import parameter_name
from clerestory.keyring import Keyset, write_keyset
from clerestory.problems import unavailable

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient


class Parameters:
    def __init__(self, client: "SSMClient", prefix: str) -> None:
        self._client = client
        self._prefix = prefix

    def create(self, organization: int, keyset: Keyset) -> bool:
        """Writes the organization's first keyset; False where there is one already."""
        try:
            self._client.put_parameter(
                Name=parameter_name(self._prefix, organization),
                Description="Clerestory's embed secret: a keyset. Only its rotate function writes it.",
                Value=write_keyset(keyset),
                Type="SecureString",
                Overwrite=False,
            )
        except AWSError as error:
            if error_code(error) == "ParameterAlreadyExists":
                return False
            raise unavailable("The embed secret cannot be written just now.") from error
        return True
