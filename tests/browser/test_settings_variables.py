"""The settings page's form for a dashboard's variables."""

from playwright.sync_api import Page, expect

from tests.browser.settings import open_as_owner
from tests.pack import Pack


def test_the_form_offers_dates_within_their_bounds(pack: Pack, page: Page) -> None:
    open_as_owner(page, pack, "dashboards/38727")
    date = page.get_by_label("Dates, from and to, value 1")
    expect(date).to_have_attribute("min", "2013-01-01")
    expect(date).to_have_attribute("max", "2013-12-31")
