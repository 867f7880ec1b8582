"""A site of somebody else's, which embeds dashboards: another origin than the pack's, as in life."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, Request, Route
from playwright.sync_api import TimeoutError as TimedOut

from tests.pack import Pack

EMBEDDABLE = 38727

# What the site's own script does, and what a test looks at: all events, and everything that could leak.
SCRIPT = """
import { configure, mountDashboard, provideSession } from "CLIENT";
const events = [];
for (const name of ["loading", "ready", "refresh", "error"])
  addEventListener(`clerestory:${name}`, ({ detail }) => {
    events.push({ name, ...detail });
    const number = events.filter((each) => each.name === name).length;
    document.documentElement.dataset[name] = (document.documentElement.dataset[name] ?? "") + " " + number;
  });
const sessions = [];
const getSession = ({ expired }) => {
  sessions.push(expired);
  return window.session;
};
window.site = { events, sessions, configure, provideSession, getSession, mount(options) {
  const given = { api: "API", dashboard: 38727, getSession, ...options };
  return (window.mounted = mountDashboard(document.querySelector("main"), given));
} };
"""

# Counts what is there: timers, listeners of the window and the document, and frames, in shadow roots too.
# (Playwright's own list of frames hears of one that is gone a moment later.)
COUNTING = """
if (window === top) {
  const timers = new Set(), listeners = new Set();
  const { setTimeout: set, clearTimeout: clear } = window;
  window.setTimeout = (act, ms, ...rest) => {
    const id = set(() => { timers.delete(id); act(); }, ms, ...rest);
    timers.add(id);
    return id;
  };
  window.clearTimeout = (id) => { timers.delete(id); clear(id); };
  for (const target of [window, document]) {
    const { addEventListener: add } = target;
    target.addEventListener = (name, listener, options) => {
      const key = { name };
      listeners.add(key);
      options?.signal?.addEventListener("abort", () => listeners.delete(key));
      add.call(target, name, listener, options);
    };
  }
  window.left = () => ({ timers: timers.size, listeners: listeners.size, frames: window.length });
}
"""


class Site:
    """An open page of the site, with the client in it."""

    def __init__(self, page: Page, pack: Pack) -> None:
        self.page = page
        self.pack = pack
        self.url = pack.url.replace("127.0.0.1", "localhost")

    def sign_in(self, account: str = "UA", **claims: Any) -> None:
        token = self.pack.session(**{"sub": "ana", "custom:acct_id": account, **claims})
        self.page.evaluate("token => { window.session = token }", token)

    def mount(self, **options: Any) -> None:
        self.page.evaluate("options => { site.mount(options) }", options)

    def update(self, env: Any) -> None:
        self.page.evaluate("env => mounted.update(env)", env)

    def events(self, name: str) -> list[Any]:
        found: list[Any] = self.page.evaluate("name => site.events.filter(each => each.name === name)", name)
        return found

    def wait(self, name: str, count: int = 1, seconds: float = 20) -> Any:
        """The event of that name and number, once it has come."""
        try:
            numbered = self.page.locator(f'html[data-{name}~="{count}"]')
            numbered.wait_for(state="attached", timeout=seconds * 1_000)
        except TimedOut as error:
            events = self.page.evaluate("site.events")
            raise AssertionError(f"no {name} number {count} among {events}") from error
        return self.events(name)[count - 1]

    def frames(self) -> int:
        return self.page.locator("clerestory-dashboard iframe").count()

    def src(self) -> str:
        src: str = self.page.evaluate("mounted.element.minted.url")
        return src

    def shows(self, text: str) -> None:
        """Once the dashboard that is seen holds the text."""
        frame = self.page.frame_locator("clerestory-dashboard iframe:not(.next, .old)")
        frame.get_by_text(text, exact=True).wait_for(timeout=20_000)


class Minting:
    """What stands between the site and mint: counts its requests and may answer in its place."""

    def __init__(self, page: Page) -> None:
        self.asked: list[Request] = []
        self.answers: list[tuple[int, Any]] = []
        page.route("**/embeds", self._answer)

    def _answer(self, route: Route) -> None:
        if route.request.method == "POST":
            self.asked.append(route.request)
            if self.answers:
                status, body = self.answers.pop(0)
                headers = {"access-control-allow-origin": route.request.headers["origin"]}
                route.fulfill(status=status, body=json.dumps(body), headers=headers)
                return
        route.continue_()


@contextmanager
def open_site(
    browser: Browser,
    pack: Pack,
    policy: dict[str, str] | None = None,
    body: str = "<main></main>",
    client: str = "",
) -> Iterator[Site]:
    """A site whose only policy beside a strict CSP is `policy`. It loads the client from the pack, unless
    `client` says from where."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    with opened_in(context, pack, policy, body, client) as site:
        yield site


@contextmanager
def opened_in(
    context: BrowserContext,
    pack: Pack,
    policy: dict[str, str] | None = None,
    body: str = "<main></main>",
    client: str = "",
) -> Iterator[Site]:
    # A site that the test itself answers for counts as one of the internet.
    context.grant_permissions(["local-network-access"])
    page = context.new_page()
    site = Site(page, pack)
    strict = (
        f"default-src 'none'; script-src 'self' {pack.url}; connect-src {pack.url}; frame-src {pack.url}; "
        "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'"
    )
    html = (
        '<!doctype html><html lang="en"><title>A site</title>'
        f'<script type="module" src="/site.js"></script>{body}</html>'
    )
    headers = {"content-security-policy": strict, **(policy or {})}
    page.route(
        f"{site.url}/site", lambda route: route.fulfill(body=html, content_type="text/html", headers=headers)
    )
    script = SCRIPT.replace("CLIENT", client or "API/assets/clerestory.js").replace("API", pack.url)
    page.route(
        f"{site.url}/site.js", lambda route: route.fulfill(body=script, content_type="text/javascript")
    )
    page.add_init_script(COUNTING)
    page.goto(f"{site.url}/site")
    page.wait_for_load_state("load")
    try:
        yield site
    finally:
        context.close()
