"""The sites that a dashboard can stand in: declared in markup, many on a page, isolated, without cookies."""

import json
from pathlib import Path

from playwright.sync_api import Browser, expect

from tests.browser.conftest import OPTIONS
from tests.browser.painting import painted
from tests.browser.sites import Site, open_site, opened_in
from tests.local.flights import flights
from tests.machine import chromium
from tests.pack import ROOT, Pack

ISOLATED = {"cross-origin-embedder-policy": "require-corp", "cross-origin-opener-policy": "same-origin"}


def test_a_site_that_isolates_itself(pack: Pack, browser: Browser) -> None:
    with open_site(browser, pack, ISOLATED) as site:
        assert site.page.evaluate("crossOriginIsolated")
        _shows_flights(site)


def test_a_strict_policy_is_kept(pack: Pack, browser: Browser) -> None:
    with open_site(browser, pack) as site:
        site.page.evaluate(
            "() => { window.broken = []; addEventListener('securitypolicyviolation', (each) => "
            "broken.push(each.violatedDirective)) }"
        )
        _shows_flights(site)
        assert site.page.evaluate("broken") == []


def test_declared_in_markup_with_a_shared_session(pack: Pack, browser: Browser) -> None:
    element = f'<clerestory-dashboard api="{pack.url}" dashboard="on-time-performance"'
    body = (
        f"""{element} env='{{"ORIGIN": ["JFK"]}}'></clerestory-dashboard>{element}></clerestory-dashboard>"""
    )
    with open_site(browser, pack, body=body) as site:
        painted(site.page, 6)
        assert site.events("error") == []
        site.sign_in("B6")
        site.page.evaluate("site.provideSession(() => window.session)")
        first, second = (site.page.locator("clerestory-dashboard").nth(number) for number in (0, 1))
        second.scroll_into_view_if_needed()
        site.wait("ready", 2)
        for shown, origins in ((first, ("JFK",)), (second, ("EWR", "JFK", "LGA"))):
            frame = shown.locator("iframe").content_frame
            expect(frame.get_by_text(f"{flights('B6', origins):,}", exact=True)).to_be_visible()
        first.evaluate("""each => each.setAttribute("env", '{"ORIGIN": ["LGA"]}')""")
        site.wait("ready", 3)
        assert second.locator("iframe").count() == 1


def test_filters_that_are_no_json_are_said_to_be(pack: Pack, browser: Browser) -> None:
    body = f'<clerestory-dashboard api="{pack.url}" dashboard="231" env="ORIGIN"></clerestory-dashboard>'
    with open_site(browser, pack, body=body) as site:
        site.page.evaluate("site.provideSession(() => 'any')")
        assert site.wait("error")["code"] == "invalid-env"


def test_an_element_that_names_no_dashboard_is_said_to_and_shows_the_one_it_is_given(
    pack: Pack, browser: Browser
) -> None:
    context = browser.new_context()
    context.clock.install()
    body = f'<clerestory-dashboard api="{pack.url}"></clerestory-dashboard>'
    with opened_in(context, pack, body=body) as site:
        site.sign_in()
        site.page.evaluate("site.provideSession(() => window.session)")
        context.clock.fast_forward(10_000)
        assert site.wait("error")["code"] == "no-dashboard"
        site.page.evaluate("document.querySelector('clerestory-dashboard').dashboard = 231")
        site.wait("ready")
        site.page.evaluate("document.querySelector('clerestory-dashboard').removeAttribute('dashboard')")
        context.clock.fast_forward(10_000)
        assert site.wait("error", 2)["code"] == "no-dashboard"
        assert site.frames() == 0


def test_with_all_cookies_and_storage_blocked(pack: Pack, browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "Default").mkdir()
    blocked = {"profile": {"default_content_setting_values": {"cookies": 2}, "cookie_controls_mode": 1}}
    (tmp_path / "Default" / "Preferences").write_text(json.dumps(blocked))
    context = browser.browser_type.launch_persistent_context(
        tmp_path, executable_path=chromium(), args=OPTIONS, viewport={"width": 1280, "height": 900}
    )
    with opened_in(context, pack) as site:
        denied = "() => { try { return !localStorage } catch { return true } }"
        assert site.page.evaluate(denied)
        _shows_flights(site)
        assert site.page.frames[1].evaluate(denied)


def test_the_iframe_is_sandboxed_and_tells_nothing_of_its_site(pack: Pack, browser: Browser) -> None:
    with open_site(browser, pack) as site:
        _shows_flights(site)
        iframe = site.page.locator("clerestory-dashboard iframe")
        sandbox = iframe.get_attribute("sandbox") or ""
        assert "allow-top-navigation" not in sandbox
        assert "allow-forms" not in sandbox
        assert iframe.get_attribute("referrerpolicy") == "no-referrer"
        assert iframe.get_attribute("loading") == "lazy"


def test_a_swap_scrolls_nothing(pack: Pack, browser: Browser) -> None:
    """The viewer works in the dashboard, and has scrolled to the middle of it."""
    with open_site(browser, pack) as site:
        site.page.set_viewport_size({"width": 1000, "height": 600})
        _shows_flights(site)
        site.page.evaluate(
            "mounted.element.shadowRoot.querySelector('iframe').focus({ preventScroll: true })"
        )
        for wanted in (40, 700):
            site.page.evaluate("y => scrollTo(0, y)", wanted)
            site.update({"ORIGIN": ["EWR"] if wanted == 40 else ["JFK"]})
            site.wait("ready", 2 if wanted == 40 else 3)
            painted(site.page, 18)
            assert site.page.evaluate("scrollY") == wanted


def test_the_smallest_example_works(pack: Pack, browser: Browser) -> None:
    example = (ROOT / "examples" / "minimal.html").read_text().replace("https://YOUR-API", pack.url)
    with open_site(browser, pack) as site:
        example = example.replace("YOUR-SESSION-TOKEN", pack.session(sub="ana", **{"custom:acct_id": "UA"}))
        site.page.route(
            f"{site.url}/example", lambda route: route.fulfill(body=example, content_type="text/html")
        )
        site.page.goto(f"{site.url}/example")
        frame = site.page.frame_locator("clerestory-dashboard iframe")
        expect(frame.get_by_text(f"{flights('UA'):,}", exact=True)).to_be_visible(timeout=20_000)


def _shows_flights(site: Site) -> None:
    site.sign_in()
    site.mount()
    site.wait("ready")
    site.shows(f"{flights('UA'):,}")
