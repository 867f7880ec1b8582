"""What a site's client does when something is wrong: sessions, networks, sleep, servers, hostile pages."""

import time
from typing import Any

from playwright.sync_api import Browser, expect

from tests.browser.painting import painted
from tests.browser.sites import Minting, Site, open_site, opened_in
from tests.local.flights import flights
from tests.pack import Pack

NO_ANSWER = (500, {"code": "internal-error", "title": "Something went wrong here"})


def panel(site: Site) -> Any:
    return site.page.get_by_role("alert")


def test_mint_fails_thrice_and_then_works(pack: Pack, browser: Browser) -> None:
    with open_site(browser, pack) as site:
        minting = Minting(site.page)
        minting.answers = [NO_ANSWER] * 3
        site.sign_in()
        site.mount()
        assert site.wait("error")["retries"]
        expect(panel(site)).to_contain_text("Something went wrong here")
        site.wait("ready")
        assert len(minting.asked) == 4
        expect(panel(site)).to_be_hidden()


def test_an_expired_session_is_asked_for_again(pack: Pack, browser: Browser) -> None:
    with open_site(browser, pack) as site:
        minting = Minting(site.page)
        minting.answers = [(401, {"message": "Unauthorized"})]
        site.sign_in()
        site.mount()
        site.wait("ready")
        assert site.page.evaluate("site.sessions") == [False, True]
        assert site.events("error") == []


def test_who_is_signed_out_is_told_and_may_sign_in(pack: Pack, browser: Browser) -> None:
    with open_site(browser, pack) as site:
        site.mount()
        assert site.wait("error")["code"] == "no-session"
        expect(panel(site)).to_contain_text("Sign in to see this dashboard")
        site.sign_in()
        site.page.get_by_role("button", name="Try again").click()
        site.wait("ready")


def test_a_page_that_never_says_who_is_signed_in_sends_nothing(pack: Pack, browser: Browser) -> None:
    context = browser.new_context()
    context.clock.install()
    body = '<clerestory-dashboard dashboard="38727"></clerestory-dashboard>'
    with opened_in(context, pack, body=body) as site:
        minting = Minting(site.page)
        context.clock.fast_forward(10_000)
        assert site.wait("error")["code"] == "no-get-session"
        site.page.get_by_role("button", name="Try again").click()
        assert site.wait("error", 2)["code"] == "no-session"
        assert minting.asked == []


def test_wrong_variables_are_named(pack: Pack, browser: Browser) -> None:
    with open_site(browser, pack) as site:
        site.sign_in()
        site.mount(env={"ORIGIN": ["LHR"]})
        assert not site.wait("error")["retries"]
        expect(panel(site)).to_contain_text("ORIGIN: is none of the choices")
        site.update({"ORIGIN": ["JFK"]})
        site.wait("ready")
        expect(panel(site)).to_be_hidden()


def test_offline_and_back(pack: Pack, browser: Browser) -> None:
    with open_site(browser, pack) as site:
        site.sign_in()
        site.mount()
        site.wait("ready")
        site.page.context.set_offline(True)
        site.page.evaluate("mounted.refresh()")
        assert site.wait("error")["code"] == "unreachable"
        site.shows(f"{flights('UA'):,}")
        expect(panel(site)).to_be_hidden()
        site.page.context.set_offline(False)
        site.wait("refresh")


def test_a_new_filter_offline_says_so_and_works_later(pack: Pack, browser: Browser) -> None:
    with open_site(browser, pack) as site:
        site.sign_in()
        site.mount()
        site.wait("ready")
        site.page.context.set_offline(True)
        site.update({"ORIGIN": ["JFK"]})
        expect(panel(site)).to_contain_text("can't be reached")
        site.page.context.set_offline(False)
        site.wait("ready", 2)
        site.shows(f"{flights('UA', ('JFK',)):,}")


def test_after_a_sleep_past_its_end_the_link_is_renewed(pack: Pack, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.clock.install()
    with opened_in(context, pack) as site:
        minting = Minting(site.page)
        site.sign_in()
        site.mount()
        site.wait("ready")
        refresh_in = site.page.evaluate("mounted.element.minted.refresh_in")
        context.clock.fast_forward((refresh_in - 60) * 1000)
        painted(site.page, 12)
        assert len(minting.asked) == 1
        context.clock.fast_forward(120 * 1000)
        site.wait("refresh")
        assert len(minting.asked) == 2


def test_a_wrong_clock_does_no_harm(pack: Pack, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.clock.install(time=time.time() - 10 * 365 * 24 * 3_600)
    with opened_in(context, pack) as site:
        minting = Minting(site.page)
        site.sign_in()
        site.mount()
        site.wait("ready")
        painted(site.page, 30)
        assert len(minting.asked) == 1


def test_a_link_that_died_is_replaced(pack: Pack, browser: Browser) -> None:
    """As after a reset of which mint hasn't heard yet."""
    dead = {"url": f"{pack.url}/d/38727/dead", "title": "On-time performance", "refresh_in": 900}
    with open_site(browser, pack) as site:
        minting = Minting(site.page)
        minting.answers = [(201, dead), (201, dead)]
        site.sign_in()
        site.mount()
        assert site.wait("error")["code"] == "invalid-token"
        expect(panel(site)).to_contain_text("is being renewed")
        site.wait("ready")
        assert len(minting.asked) == 3


def test_what_is_no_dashboard_is_recognized_by_its_silence(pack: Pack, browser: Browser) -> None:
    mute = {"url": f"{pack.url}/demo.svg", "title": "Nothing", "refresh_in": 900}
    with open_site(browser, pack) as site:
        minting = Minting(site.page)
        minting.answers = [(201, mute)]
        site.sign_in()
        site.mount()
        assert site.wait("error")["code"] == "no-answer"
        site.wait("ready")


def test_other_windows_and_origins_are_not_listened_to(pack: Pack, browser: Browser) -> None:
    with open_site(browser, pack) as site:
        site.sign_in()
        site.mount()
        site.wait("ready")
        painted(site.page, 12)
        before = site.page.evaluate("mounted.element.shadowRoot.querySelector('iframe').clientHeight")
        site.page.evaluate(
            """() => {
          const source = mounted.element.shadowRoot.querySelector("iframe").contentWindow;
          for (const data of [{ type: "height", height: 9999 }, { type: "error", problem: { code: "x" } }]) {
            const said = { source: "clerestory", ...data };
            window.postMessage(said, "*");
            for (const [who, origin] of [[source, "https://evil.example"], [window, "API"]])
              dispatchEvent(new MessageEvent("message", { data: said, source: who, origin }));
          }
        }""".replace("API", pack.url)
        )
        painted(site.page, 12)
        after = site.page.evaluate("mounted.element.shadowRoot.querySelector('iframe').clientHeight")
        assert after == before
        assert site.events("error") == []


def test_a_page_that_grows_with_its_frame_comes_to_an_end(pack: Pack, browser: Browser) -> None:
    growing = """<script>addEventListener("resize", grow); grow(); tell({type: "ready"});
      function tell(what) { parent.postMessage({source: "clerestory", ...what}, "*") }
      function grow() { tell({type: "height", height: innerHeight + 9}) }</script>"""
    url = f"{pack.url}/d/38727/growing"
    with open_site(browser, pack) as site:
        minting = Minting(site.page)
        minting.answers = [(201, {"url": url, "title": "Growing", "refresh_in": 900})]
        site.page.route(f"{url}*", lambda route: route.fulfill(body=growing, content_type="text/html"))
        site.sign_in()
        site.mount()
        site.wait("ready")
        painted(site.page, 90)
        height = site.page.evaluate("mounted.element.shadowRoot.querySelector('iframe').clientHeight")
        assert height < 1_000
