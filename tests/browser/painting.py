"""Waiting for a page to do what it does by itself: by the frames that its browser paints, not by a clock."""

from playwright.sync_api import Page

_PAINT = """frames => new Promise((done) => {
  const paint = () => (frames-- > 0 ? requestAnimationFrame(paint) : done());
  paint();
})"""


def painted(page: Page, frames: int) -> None:
    """Once the browser has painted that many frames, of which an idle machine paints 60 a second."""
    page.evaluate(_PAINT, frames)
