"""The keysets' parameters in SSM, for the functions that may write them."""

from typing import TYPE_CHECKING, Any

from clerestory.aws.clients import AWSError, error_code
from clerestory.aws.keysets import parameter_name
from clerestory.problems import unavailable
from clerestory.secret.keyset import Keyset, read_keyset, write_keyset
from clerestory.secret.publishing import Stored

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient


class SSMParameters:
    """Parameters are never labelled: the oldest of 100 versions, labelled, would block the next."""

    def __init__(self, client: "SSMClient", prefix: str) -> None:
        self._client = client
        self._prefix = prefix

    def create(self, organization: int, keyset: Keyset) -> bool:
        """Writes the organization's first keyset; False where there is one already."""
        try:
            self._put(organization, keyset, overwrite=False)
        except AWSError as error:
            if error_code(error) == "ParameterAlreadyExists":
                return False
            raise unavailable("The embed secret cannot be written just now.") from error
        return True

    def read(self, organization: int, version: int | None = None) -> Stored | None:
        """The keyset of that version, or the newest; None where there is none."""
        parameter = self._get(organization, "" if version is None else f":{version}")
        return None if parameter is None else Stored(read_keyset(parameter["Value"]), parameter["Version"])

    def version(self, organization: int) -> int | None:
        """The newest version, whatever it holds; None where there is none."""
        parameter = self._get(organization, "", decrypted=False)
        return None if parameter is None else int(parameter["Version"])

    def put(self, organization: int, keyset: Keyset) -> int:
        """The version that this became."""
        try:
            return self._put(organization, keyset, overwrite=True)
        except AWSError as error:
            raise unavailable("The embed secret cannot be written just now.") from error

    def _get(self, organization: int, selector: str, *, decrypted: bool = True) -> Any:
        name = parameter_name(self._prefix, organization) + selector
        try:
            return self._client.get_parameter(Name=name, WithDecryption=decrypted)["Parameter"]
        except AWSError as error:
            if error_code(error) in ("ParameterNotFound", "ParameterVersionNotFound"):
                return None
            raise unavailable("The embed secret cannot be read just now.") from error

    def _put(self, organization: int, keyset: Keyset, *, overwrite: bool) -> int:
        answer = self._client.put_parameter(
            Name=parameter_name(self._prefix, organization),
            Description="Clerestory's embed secret: a keyset. Only the pack itself writes it.",
            Value=write_keyset(keyset),
            Type="SecureString",
            Overwrite=overwrite,
        )
        return answer["Version"]
