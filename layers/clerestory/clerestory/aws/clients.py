"""boto3 clients from one session: the second client of a session costs a fraction of the first."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_ssm import SSMClient

SECONDS_FOR_ANOTHER = 15
"""How long a function of the pack may take to answer another that waits: with a cold start of its own."""

AWSError = (BotoCoreError, ClientError)

# An answer that takes longer is no answer to a page that waits; the callers retry by themselves.
CONFIG = Config(
    connect_timeout=2,
    read_timeout=5,
    retries={"mode": "standard", "max_attempts": 3},
    # botocore composes its own name anew for each request, and checks again what the types say
    user_agent="Clerestory",
    parameter_validation=False,
)
# Asked again, it would start once more.
PATIENT = CONFIG.merge(
    Config(read_timeout=SECONDS_FOR_ANOTHER, retries={"mode": "standard", "total_max_attempts": 1})
)


def error_code(error: Exception) -> str:
    """AWS's name for the error; the class's name for one that never reached AWS."""
    if isinstance(error, ClientError):
        return error.response["Error"]["Code"]
    return type(error).__name__


def cancellation_reasons(error: Exception) -> list[Any]:
    """Of a transaction that was cancelled: one for each of its writes."""
    return error.response.get("CancellationReasons", []) if isinstance(error, ClientError) else []


@cache
def _session() -> boto3.Session:
    return boto3.Session()


def dynamodb_client() -> DynamoDBClient:
    client: DynamoDBClient = _client("dynamodb")
    return client


def lambda_client() -> LambdaClient:
    client: LambdaClient = _client("lambda")
    return client


def patient_lambda_client() -> LambdaClient:
    """For who waits for the answer of what it invokes."""
    client: LambdaClient = _client("lambda", PATIENT)
    return client


def s3_client() -> S3Client:
    client: S3Client = _client("s3")
    return client


def ssm_client() -> SSMClient:
    client: SSMClient = _client("ssm")
    return client


@cache
def _client(service: Any, config: Config = CONFIG) -> Any:
    return _session().client(service, config=config)


def s3_access() -> dict[str, str]:
    """The role's credentials and the place, for an engine that reads S3 by itself."""
    return access_of(_session(), s3_client())


def access_of(session: boto3.Session, s3: S3Client) -> dict[str, str]:
    """As `s3_access`, for a session that holds credentials and a client of its place."""
    credentials = session.get_credentials()
    if credentials is None:
        raise NoCredentialsError
    frozen = credentials.get_frozen_credentials()
    return {
        "key_id": frozen.access_key or "",
        "secret": frozen.secret_key or "",
        "session_token": frozen.token or "",
        "region": session.region_name or "",
        "endpoint": s3.meta.endpoint_url,
    }
