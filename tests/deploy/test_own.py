"""Somebody's own: their issuer, dashboards, data and page; and more stacks than one."""

from collections.abc import Iterator
from pathlib import Path
from string import Template

import httpx
import pytest
from playwright.sync_api import sync_playwright

from tests.browser.conftest import OPTIONS
from tests.deploy.account import Account, emulated
from tests.deploy.building import with_own_dashboards
from tests.deploy.documents import Document, serving
from tests.deploy.hosts import answering
from tests.deploy.issuer import SiteIssuer, issuing
from tests.deploy.stacks import Stack, deploy
from tests.deploy.visitors import Visitor
from tests.machine import headless_chromium
from tests.own_pack import CHARTS, OwnPack, write_own_pack

ISSUER = "https://issuer.example.com"
SITE = "app.example.com"
ELSEWHERE = "us-east-1"
PAGE = Template("""<!doctype html>
<title>A site</title>
<script type="module">
  import { provideSession } from "https://$host/assets/clerestory.js";
  provideSession(() => "$session");
</script>
<clerestory-dashboard api="https://$host" dashboard="revenue"></clerestory-dashboard>
""")


@pytest.fixture(scope="module")
def issuer() -> Iterator[SiteIssuer]:
    with issuing(ISSUER) as running:
        yield running


@pytest.fixture(scope="module")
def account(issuer: SiteIssuer) -> Iterator[Account]:
    with emulated({ISSUER: issuer.address}) as running:
        yield running


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> OwnPack:
    return write_own_pack(tmp_path_factory.mktemp("files"))


@pytest.fixture(scope="module")
def own_template(own: OwnPack, template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return with_own_dashboards(own.dashboards, template.parent, tmp_path_factory.mktemp("own"))


@pytest.fixture(scope="module")
def stack(account: Account, own: OwnPack, own_template: Path) -> Stack:
    issuer = {"JwtIssuer": ISSUER, "JwtAudience": "site", "AllowedOrigins": f"https://{SITE}"}
    stack = deploy(account, own_template, "reports", **issuer, HostSite="yes", Tracing="on")
    folders = f"DASHBOARDS='{own.dashboards}' DATA='{own.data}'"
    account.shell(f"make --silent upload-data BUCKET={stack.outputs['DataBucketInUse']} {folders}")
    return stack


@pytest.fixture(scope="module")
def elsewhere(stack: Stack, own_template: Path) -> Stack:
    """The same name in a second region, by the same account."""
    return deploy(stack.account, own_template, stack.name, ELSEWHERE, HostSite="yes")


def customer(stack: Stack, issuer: SiteIssuer, tenant: object = "globex") -> Visitor:
    return Visitor(stack, issuer.session(app_metadata={"tenant_id": tenant}))


# Who sees what


@pytest.mark.parametrize(("tenant", "sold"), [("globex", 42), ("initech", 7)])
def test_a_session_of_the_sites_own_issuer_shows_its_tenants_rows(
    stack: Stack, issuer: SiteIssuer, tenant: str, sold: int
) -> None:
    visitor = customer(stack, issuer, tenant)
    url = visitor.embed_url(dashboard="revenue")
    assert {title: visitor.figure(url, title) for title in CHARTS} == dict.fromkeys(CHARTS, sold)


@pytest.mark.parametrize("tenant", [["globex"], ["globex", "initech"], None, {"is": "globex"}, ""])
def test_a_claim_that_is_not_one_plain_value_opens_nothing(
    stack: Stack, issuer: SiteIssuer, tenant: object
) -> None:
    answer = customer(stack, issuer, tenant).mint(dashboard="revenue")
    assert (answer.status_code, answer.json()["code"]) == (403, "claim-missing")


@pytest.mark.parametrize("claims", [{"aud": "another"}, {"iss": "https://evil.example"}, {"exp": 1}])
def test_a_session_for_others_is_refused(stack: Stack, issuer: SiteIssuer, claims: dict[str, object]) -> None:
    session = issuer.session(app_metadata={"tenant_id": "globex"}, **claims)
    assert Visitor(stack, session).mint(dashboard="revenue").status_code == 401


def test_the_sites_own_page_shows_the_dashboard(stack: Stack, issuer: SiteIssuer, tmp_path: Path) -> None:
    session = issuer.session(app_metadata={"tenant_id": "globex"})
    page = Document("text/html", PAGE.substitute(host=stack.host, session=session))
    with (
        serving({"/": page}) as port,
        answering([stack.host], stack.account.port, _folder(tmp_path, "api")) as api,
        answering([SITE], port, _folder(tmp_path, "site")) as site,
        sync_playwright() as playwright,
    ):
        rules = f"MAP {stack.host}:443 127.0.0.1:{api.port},MAP {SITE}:443 127.0.0.1:{site.port}"
        options = [*OPTIONS, f"--host-resolver-rules={rules}"]
        browser = playwright.chromium.launch(executable_path=headless_chromium(), args=options)
        opened = browser.new_context(ignore_https_errors=True).new_page()
        opened.goto(f"https://{SITE}/")
        frame = opened.frame_locator("clerestory-dashboard iframe")
        frame.get_by_text("42", exact=True).first.wait_for(timeout=60_000)
        browser.close()


def _folder(parent: Path, name: str) -> Path:
    (parent / name).mkdir()
    return parent / name


# The site that the stack hosts


def test_the_hosted_site_is_uploaded_by_the_printed_command_and_served(stack: Stack) -> None:
    stack.account.shell("make --silent site")
    stack.account.shell(stack.outputs["SiteUpload"])
    host = stack.outputs["SiteUrl"].removeprefix("https://")
    asked = {"host": host, "x-forwarded-proto": "https"}
    page = httpx.get(f"{stack.account.endpoint}/settings/", headers=asked, trust_env=False)
    assert page.status_code == 200
    assert f"https://{stack.host}" in page.headers["content-security-policy"]
    assert ISSUER in page.headers["content-security-policy"]


# More stacks than one


def test_the_same_name_in_a_second_region_is_a_stack_of_its_own(
    stack: Stack, elsewhere: Stack, issuer: SiteIssuer
) -> None:
    assert elsewhere.outputs["SiteUrl"] != stack.outputs["SiteUrl"]
    path = customer(stack, issuer).embed_url(dashboard="revenue")
    assert Visitor(elsewhere).http.get(path).status_code in (401, 503)
    assert Visitor(stack).http.get(path).status_code == 200


def test_a_second_stack_of_the_account_takes_none_of_the_firsts_tokens(
    stack: Stack, own_template: Path, issuer: SiteIssuer
) -> None:
    own = {"JwtIssuer": ISSUER, "JwtAudience": "site"}
    second = deploy(stack.account, own_template, "reports-of-others", **own)
    theirs = customer(second, issuer).embed_url(dashboard="revenue")
    ours = customer(stack, issuer).embed_url(dashboard="revenue")
    assert Visitor(stack).http.get(theirs).status_code == 401
    assert Visitor(second).http.get(ours).status_code == 401
