"""Vega, Vega-Lite and vega-embed as one ES module, out of a package: no Node, nothing downloaded."""

import hashlib
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PACKAGE = "vl-convert-python"

# What the page uses. vega-embed brings the expression interpreter that a strict CSP needs.
EXPORTS = "const format = (specifier) => vega.defaultLocale().format(specifier);export {vegaEmbed, format};"


class BundleMissingError(Exception):
    """The package that holds the bundle isn't installed. The text is one sentence for a person."""


def vega_module(cache: Path) -> bytes:
    """The module's text. It takes seconds to make, so it is kept in `cache` for the next build."""
    try:
        made_of = f"{version(PACKAGE)} {EXPORTS}"
    except PackageNotFoundError as missing:
        raise BundleMissingError(
            f"The charts' code is in the package {PACKAGE}, which isn't installed: pip install {PACKAGE}."
        ) from missing
    kept = cache / f"vega-{hashlib.sha256(made_of.encode()).hexdigest()[:16]}.js"
    if not kept.is_file():
        cache.mkdir(parents=True, exist_ok=True)
        unfinished = kept.with_suffix(".unfinished")
        unfinished.write_text(_bundle(), encoding="utf-8")
        unfinished.replace(kept)
    return kept.read_bytes()


def _bundle() -> str:
    # Here, so that a build that finds the bundle kept doesn't load 100 MB.
    from vl_convert import javascript_bundle

    bundle: str = javascript_bundle(EXPORTS)
    return bundle
