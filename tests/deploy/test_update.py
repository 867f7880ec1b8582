"""An update from what was deployed before, and the end."""

from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from tests.deploy.account import Account
from tests.deploy.operations import keyset, put_data, secret_name
from tests.deploy.stacks import Stack, delete, deploy, released
from tests.deploy.visitors import Visitor, make_user, sign_in

RELEASES = sorted((Path(__file__).parent / "releases").glob("*.yaml"))
"""Their templates, as `sam build` wrote them."""
KEPT = ("Api", "Table", "DataBucket", "ResultsBucket", "UserPool", "UserPoolClient")


@pytest.mark.parametrize("release", RELEASES, ids=lambda release: release.stem)
def test_live_urls_go_on_through_an_update_and_what_is_missed_stays_after_the_end(
    account: Account, template: Path, tmp_path: Path, release: Path
) -> None:
    name = f"pack-{release.stem.replace('.', '-')}"
    before = deploy(account, released(release, template.parent, tmp_path), name)
    put_data(before)
    make_user(before, "you@example.com", acct_id="UA", organization="airlines")
    visitor = sign_in(before, "you@example.com")
    path = visitor.embed_url(dashboard=38727)
    figure, secret, kept = visitor.figure(path, "Flights"), keyset(before), _kept(before)

    after = deploy(account, template, name)
    assert _kept(after) == kept
    assert Visitor(after).figure(path, "Flights") == figure
    assert sign_in(after, "you@example.com").embed_url(dashboard=38727) == path
    assert keyset(after) == secret

    delete(after)
    with pytest.raises(ClientError, match="does not exist"):
        account.client("cloudformation").describe_stacks(StackName=name)
    assert account.client("dynamodb").describe_table(TableName=kept["Table"])["Table"]["ItemCount"] > 0
    assert account.client("ssm").get_parameter(Name=secret_name(after))["Parameter"]["Version"] == 1
    assert account.client("s3").list_objects_v2(Bucket=kept["DataBucket"])["KeyCount"] > 0
    assert account.client("cognito-idp").list_users(UserPoolId=kept["UserPool"])["Users"]


def _kept(stack: Stack) -> dict[str, str]:
    resources = stack.resources()
    return {name: resources[name] for name in KEPT}
