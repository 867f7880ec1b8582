"""What a viewer sees when a site's client shows a dashboard, filters it and renews it."""

from typing import Any

from playwright.sync_api import Browser, Route, expect

from tests.browser.painting import painted
from tests.browser.sites import Minting, Site, open_site, opened_in
from tests.local.flights import flights
from tests.pack import Pack

# For each frame that the browser paints: is there an iframe that a viewer can see, and how many are there?
WATCH = """() => {
  const root = mounted.element.shadowRoot;
  window.painted = [];
  const look = () => {
    const frames = [...root.querySelectorAll("iframe")];
    const seen = frames.filter((each) => getComputedStyle(each).opacity === "1" && each.clientHeight > 300);
    painted.push({ seen: seen.length, frames: frames.length });
    requestAnimationFrame(look);
  };
  look();
}"""


def test_loading_then_the_charts_of_the_visitor(pack: Pack, browser: Browser) -> None:
    with open_site(browser, pack) as site:
        site.sign_in("US")
        site.mount()
        assert site.wait("loading")["reason"] == "first"
        assert site.wait("ready")["title"] == "On-time performance"
        site.shows(f"{flights('US'):,}")
        assert (
            site.page.locator("clerestory-dashboard iframe").get_attribute("title") == "On-time performance"
        )


def test_the_height_follows_the_content_and_settles(pack: Pack, browser: Browser) -> None:
    with open_site(browser, pack) as site:
        _show(site)
        content = site.page.frames[1].evaluate("document.body.getBoundingClientRect().height")
        assert abs(_height(site) - content) <= 1
        site.page.set_viewport_size({"width": 400, "height": 900})
        painted(site.page, 30)
        higher = _height(site)
        assert higher > content
        painted(site.page, 18)
        assert _height(site) == higher


def test_a_filter_changes_without_a_flash(pack: Pack, browser: Browser) -> None:
    with open_site(browser, pack) as site:
        _show(site)
        site.page.evaluate(WATCH)
        site.update({"ORIGIN": ["JFK"]})
        site.wait("ready", 2)
        site.shows(f"{flights('UA', ('JFK',)):,}")
        expect(site.page.locator("clerestory-dashboard iframe")).to_have_count(1)
        painted(site.page, 20)
        frames = site.page.evaluate("painted")
        assert len(frames) > 20
        assert min(each["seen"] for each in frames) >= 1
        assert max(each["frames"] for each in frames) == 2
        assert frames[-1]["frames"] == 1


def test_what_is_seen_stays_while_the_next_page_loads(pack: Pack, browser: Browser) -> None:
    with open_site(browser, pack) as site:
        _show(site)
        held: list[Route] = []
        site.page.route("**/results", lambda route: held.append(route))
        site.update({"ORIGIN": ["JFK"], "DATE_RANGE": ["2013-02-01", "2013-03-31"]})
        site.page.frame_locator("clerestory-dashboard iframe.next").get_by_text("Loading").wait_for()
        painted(site.page, 18)
        site.shows(f"{flights('UA'):,}")
        site.page.unroute("**/results")  # while the run goes on, the page asks again
        for route in held:
            route.continue_()
        site.wait("ready", 2)
        assert held


def test_equal_values_ask_nothing(pack: Pack, browser: Browser) -> None:
    with open_site(browser, pack) as site:
        minting = Minting(site.page)
        _show(site, env={"ORIGIN": ["JFK"], "DATE_RANGE": ["2013-01-01", "2013-06-30"]})
        site.update({"DATE_RANGE": ["2013-01-01", "2013-06-30"], "ORIGIN": ["JFK"]})
        painted(site.page, 18)
        assert len(minting.asked) == 1
        assert site.frames() == 1


def test_only_the_last_of_many_quick_changes_is_shown(pack: Pack, browser: Browser) -> None:
    with open_site(browser, pack) as site:
        _show(site)
        for origins in (["EWR"], ["LGA"], ["EWR", "LGA"]):
            site.update({"ORIGIN": origins})
        site.shows(f"{flights('UA', ('EWR', 'LGA')):,}")
        assert site.frames() <= 2


def test_twenty_refreshes_leave_nothing_behind(pack: Pack, browser: Browser) -> None:
    """A link lives for a few seconds here, and the visitor's time is made to pass. The pack's is not, so that
    each link is another visitor's: one who asks twice within two seconds gets the same again."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.clock.install()
    with opened_in(context, pack) as site:
        minting = Minting(site.page)
        site.sign_in(sub="visitor-0", **{"custom:organization": "harbor"})
        before = site.page.evaluate("left()")
        site.mount(dashboard=50121, lifetime=8)
        site.wait("ready")
        site.page.evaluate(WATCH)
        for number in range(1, 21):
            site.sign_in(sub=f"visitor-{number}", **{"custom:organization": "harbor"})
            context.clock.fast_forward(8_000)
            assert site.wait("refresh", number)["swaps"]
            site.wait("ready", number + 1)
        assert len(minting.asked) == 21
        assert min(each["seen"] for each in site.page.evaluate("painted")) >= 1
        left = site.page.evaluate("left()")
        assert left["listeners"] <= before["listeners"] + 5
        assert left["timers"] <= before["timers"] + 6
        assert left["frames"] <= 2  # the one that was shown leaves a moment after the next has come
        site.page.evaluate("mounted.destroy()")
        assert site.page.evaluate("left()") == before


def test_the_look_is_in_the_fragment_and_a_change_of_it_loads_nothing(pack: Pack, browser: Browser) -> None:
    with open_site(browser, pack) as site:
        minting = Minting(site.page)
        _show(site, theme="light", titled=False)
        embedded = site.page.frames[1]
        assert embedded.url.endswith("#theme=light&titled=false")
        embedded.evaluate("window.same = true")
        length = site.page.evaluate("history.length")
        site.page.evaluate("mounted.element.theme = 'dark'")
        embedded.locator('html[data-theme="dark"]').wait_for(state="attached")
        assert embedded.evaluate("window.same")
        site.page.evaluate("mounted.element.theme = mounted.element.titled = null")
        site.page.evaluate("mounted.element.title = 'Your flights'")
        embedded.locator("html:not([data-theme])").wait_for(state="attached")
        assert embedded.evaluate("window.same")
        assert site.page.locator("clerestory-dashboard iframe").get_attribute("title") == "Your flights"
        assert site.page.evaluate("history.length") == length
        assert len(minting.asked) == 1


def test_the_focus_stays_in_the_dashboard(pack: Pack, browser: Browser) -> None:
    with open_site(browser, pack) as site:
        _show(site)
        site.page.evaluate("mounted.element.shadowRoot.querySelector('iframe').focus()")
        site.update({"ORIGIN": ["EWR"]})
        site.wait("ready", 2)
        assert site.page.evaluate("mounted.element.shadowRoot.activeElement?.className") == ""


def test_an_element_can_move_and_go(pack: Pack, browser: Browser) -> None:
    with open_site(browser, pack) as site:
        _show(site)
        site.page.evaluate("document.body.append(mounted.element)")
        site.wait("ready", 2)
        assert site.frames() == 1
        site.page.evaluate("mounted.destroy()")
        assert site.page.locator("iframe").count() == 0


HOSTILE = [
    "</script><script>window.hacked = true</script>",
    "<img src=x onerror='parent.hacked = true'>",
    "javascript:window.hacked = true",
    "'; DROP TABLE flights; --",
    "\u2028\u202e\x00",
]


def test_hostile_values_are_inert(pack: Pack, browser: Browser) -> None:
    with open_site(browser, pack) as site:
        site.sign_in()
        site.mount(env={})
        for count, value in enumerate(HOSTILE, 1):
            site.update({"ORIGIN": [value], value: value})
            assert site.wait("error", count)["code"] == "invalid-variables"
            assert site.page.locator("clerestory-dashboard script, clerestory-dashboard img").count() == 0
        assert not site.page.evaluate("window.hacked")


def _show(site: Site, **options: Any) -> None:
    site.sign_in()
    site.mount(**options)
    site.wait("ready")
    painted(site.page, 9)


def _height(site: Site) -> float:
    height: float = site.page.locator("clerestory-dashboard iframe").evaluate("each => each.clientHeight")
    return height
