"""What the pack's table says of new-token embeds."""

from tests.pack import Pack


def embeds(pack: Pack, organization: int, dashboard: int) -> int:
    """New-token embeds of that dashboard, over all days and shards."""
    answer = pack.client("dynamodb").query(
        TableName=table(pack),
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues={":pk": {"S": f"USAGE#{organization}"}},
    )
    return sum(
        int(item["embeds"]["N"])
        for item in answer["Items"]
        if item["sk"]["S"].split("#")[1] == str(dashboard)
    )


def table(pack: Pack) -> str:
    (name,) = pack.client("dynamodb").list_tables()["TableNames"]
    return str(name)


def stored_results(pack: Pack) -> list[str]:
    """The keys of all results that runs have written."""
    s3 = pack.client("s3")
    buckets = [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]
    return [
        stored["Key"]
        for bucket in buckets
        for stored in s3.list_objects_v2(Bucket=bucket).get("Contents", [])
        if stored["Key"].endswith(".json.gz")
    ]
