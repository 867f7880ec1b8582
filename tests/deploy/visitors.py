"""What a site and its visitors do with a deployed pack."""

import time
from typing import Any
from urllib.parse import urlsplit

import httpx

from tests.deploy.stacks import Stack

PASSWORD = "Twelve-letters-9"
SECONDS_TO_ANSWER = 60
"""A function's first request starts its process."""


class Visitor:
    """Somebody with this session token, or with none."""

    def __init__(self, stack: Stack, session: str | None = None) -> None:
        headers = {"authorization": f"Bearer {session}"} if session else {}
        self.http = httpx.Client(
            base_url=stack.account.endpoint,
            headers=headers | {"host": stack.host},
            timeout=SECONDS_TO_ANSWER,
            trust_env=False,
        )

    def mint(self, **request: Any) -> httpx.Response:
        return self.http.post("/embeds", json=request)

    def embed_url(self, **request: Any) -> str:
        """Its path: the host is the stack's."""
        answer = self.mint(**request)
        assert answer.status_code == 201, answer.text
        return urlsplit(str(answer.json()["url"])).path

    def results(self, path: str) -> httpx.Response:
        """The first answer of the embed's results that isn't 202."""
        end = time.monotonic() + SECONDS_TO_ANSWER
        while (answer := self.http.get(f"{path}/results")).status_code == 202 and time.monotonic() < end:
            time.sleep(0.2)
        return answer

    def figure(self, path: str, title: str) -> Any:
        """The one number of that chart."""
        charts = self.results(path).raise_for_status().json()["charts"]
        return next(chart for chart in charts if chart["title"] == title)["rows"][0][0]


def make_user(stack: Stack, email: str, groups: tuple[str, ...] = (), **attributes: str) -> None:
    """In the stack's user pool; `acct_id` and `organization` are its own attributes."""
    cognito, pool = stack.account.client("cognito-idp", stack.region), stack.outputs["UserPoolId"]
    named = {"email": email, "email_verified": "true"} | {
        f"custom:{key}": each for key, each in attributes.items()
    }
    cognito.admin_create_user(
        UserPoolId=pool,
        Username=email,
        MessageAction="SUPPRESS",
        UserAttributes=[{"Name": name, "Value": value} for name, value in named.items()],
    )
    cognito.admin_set_user_password(UserPoolId=pool, Username=email, Password=PASSWORD, Permanent=True)
    for group in groups:
        cognito.admin_add_user_to_group(UserPoolId=pool, Username=email, GroupName=group)


def sign_in(stack: Stack, email: str) -> Visitor:
    answer = stack.account.client("cognito-idp", stack.region).admin_initiate_auth(
        UserPoolId=stack.outputs["UserPoolId"],
        ClientId=stack.outputs["UserPoolClientId"],
        AuthFlow="ADMIN_USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": email, "PASSWORD": PASSWORD},
    )
    return Visitor(stack, answer["AuthenticationResult"]["IdToken"])
