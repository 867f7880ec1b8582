"""What a viewer sees when the owner resets the secret or revokes them while their page is open."""

from typing import Any

from playwright.sync_api import Browser, expect

from tests.browser.sites import Site, open_site
from tests.pack import Pack

HARBOR = {"custom:organization": "harbor"}
FLEET = 50121


def _ask_as_owner(pack: Pack, method: str, path: str, body: Any = None) -> Any:
    owner: dict[str, Any] = {"sub": "hugo", **HARBOR, "cognito:groups": ["owners"]}
    headers = {"Authorization": f"Bearer {pack.session(**owner)}"}
    answer = pack.http.request(method, f"/organizations/harbor{path}", json=body, headers=headers)
    return answer.raise_for_status()


def _open(site: Site, viewer: str) -> None:
    site.sign_in(sub=viewer, **HARBOR)
    site.mount(dashboard=FLEET)
    site.wait("ready")


def test_a_reset_while_the_page_is_open(pack: Pack, browser: Browser) -> None:
    with open_site(browser, pack) as site:
        _open(site, "rita")
        before = site.src()
        _ask_as_owner(pack, "POST", "/secret/reset", {"confirm": "harbor"})
        expect(site.page.get_by_role("alert")).to_be_hidden()
        site.page.evaluate("mounted.refresh()")
        site.wait("refresh")
        site.wait("ready", 2)
        assert site.src() != before
        assert site.frames() <= 2


def test_a_revoked_viewer_is_told_and_nothing_goes_on(pack: Pack, browser: Browser) -> None:
    with open_site(browser, pack) as site:
        _open(site, "rob")
        revoked = _ask_as_owner(pack, "POST", "/revocations", {"viewer": "rob"}).json()
        site.page.evaluate("mounted.element.lifetime = 3600")
        told = site.wait("error")
        assert (told["code"], told["retries"]) == ("revoked", False)
        expect(site.page.get_by_role("alert")).to_contain_text("This embed was revoked")
        assert site.frames() == 0
        _ask_as_owner(pack, "DELETE", f"/revocations/{revoked['id']}")
        site.page.get_by_role("button", name="Try again").click()
        site.wait("ready", 2)
