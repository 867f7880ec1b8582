"""The tables and buckets of `template.yaml`, made on the local AWS."""

from typing import Any

import boto3

from local.aws.environment import REGION
from local.template import Resource, Template

_TABLE_PROPERTIES = (
    "AttributeDefinitions",
    "KeySchema",
    "BillingMode",
    "ProvisionedThroughput",
    "GlobalSecondaryIndexes",
    "LocalSecondaryIndexes",
)


def create_resources(template: Template, session: boto3.Session, endpoint: str) -> None:
    tables = session.client("dynamodb", endpoint_url=endpoint)
    buckets = session.client("s3", endpoint_url=endpoint)
    for table in template.resources("AWS::DynamoDB::Table"):
        _create_table(tables, template.physical_name(table.name), table)
    for bucket in template.resources("AWS::S3::Bucket"):
        _create_bucket(buckets, template.physical_name(bucket.name))


def _create_table(tables: Any, name: str, table: Resource) -> None:
    given = {key: table.properties[key] for key in _TABLE_PROPERTIES if key in table.properties}
    tables.create_table(TableName=name, **given)
    if expiry := table.properties.get("TimeToLiveSpecification"):
        tables.update_time_to_live(TableName=name, TimeToLiveSpecification=expiry)


def _create_bucket(buckets: Any, name: str) -> None:
    if REGION == "us-east-1":  # the one region that must not be named
        buckets.create_bucket(Bucket=name)
    else:
        buckets.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
