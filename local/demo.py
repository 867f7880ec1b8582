"""The demo, where its dashboards are what is served. The folder may be gone: nothing else needs it."""

from pathlib import Path

from msgspec import Struct

from local.personas import Viewer, read_viewers

FOLDER = Path(__file__).resolve().parent.parent / "demo"
DASHBOARDS = FOLDER / "dashboards"


class Demo(Struct, frozen=True):
    """`page` is the folder of its site; `organization` that of sessions which name none. Somebody's own
    dashboards have neither."""

    page: Path | None = None
    viewers: tuple[Viewer, ...] = ()
    organization: str = ""


def demo_of(dashboards: Path) -> Demo:
    if dashboards.resolve() != DASHBOARDS:
        return Demo()
    return Demo(FOLDER / "page", read_viewers(FOLDER / "viewers.json"), "airlines")
