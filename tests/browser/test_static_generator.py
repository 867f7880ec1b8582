"""The example for a static generator, built by that generator and opened."""

import fcntl
import os
import shutil
import subprocess
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.statics import hosted
from tests.local.flights import flights
from tests.machine import program
from tests.pack import ROOT, Pack

EXAMPLE = ROOT / "examples" / "eleventy"
GENERATOR = ROOT / ".build" / "eleventy"
# What a site's own sign-in gives it.
AUTH = "window.auth = { getToken: async () => SESSION }"


def test_its_page_shows_the_dashboard_with_the_front_matters_filters(
    pack: Pack, page: Page, tmp_path: Path
) -> None:
    site = generated(tmp_path, pack)
    session = pack.session(sub="ana", **{"custom:acct_id": "UA"})
    page.add_init_script(AUTH.replace("SESSION", repr(session)))
    page.goto(f"{hosted(page, pack, site)}/")
    frame = page.frame_locator("clerestory-dashboard iframe")
    wanted = f"{flights('UA', ('JFK', 'LGA')):,}"
    expect(frame.get_by_text(wanted, exact=True)).to_be_visible(timeout=20_000)


def generated(folder: Path, pack: Pack) -> Path:
    """The example's pages. The generator is fetched once, and two runs of the tests wait for each other."""
    GENERATOR.mkdir(parents=True, exist_ok=True)
    with (GENERATOR / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        shutil.copy(EXAMPLE / "package.json", GENERATOR)
        if not (GENERATOR / "node_modules" / ".bin" / "eleventy").exists():
            fetch = [program("npm"), "install", "--no-audit", "--no-fund"]
            subprocess.run(fetch, cwd=GENERATOR, check=True, capture_output=True)
    example = shutil.copytree(EXAMPLE, folder / "example")
    (example / "node_modules").symlink_to(GENERATOR / "node_modules")
    build = [program("npm"), "run", "build"]
    environment = {**os.environ, "CLERESTORY_API": pack.url}
    subprocess.run(build, cwd=example, env=environment, check=True, capture_output=True)
    return example / "_site"
