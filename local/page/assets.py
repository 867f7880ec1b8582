"""Files under names that change with their content, so that a browser may keep them for ever."""

import gzip
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

MANIFEST = "manifest.json"
_DIGITS = 12


def hashed(name: str, content: bytes) -> str:
    stem, _, suffix = name.rpartition(".")
    return f"{stem}-{hashlib.sha256(content).hexdigest()[:_DIGITS]}.{suffix}"


def write_assets(folder: Path, assets: Mapping[str, bytes]) -> dict[str, str]:
    """Put each asset, plain and gzipped, and the manifest into `folder`; return the manifest.

    The same assets give the same bytes. The manifest comes last, and what the one before it named
    and this doesn't goes after it, so a reader never meets a name without its file.
    """
    folder.mkdir(parents=True, exist_ok=True)
    before = _manifest(folder)
    manifest = {name: hashed(name, content) for name, content in sorted(assets.items())}
    for name, content in assets.items():
        _write(folder / manifest[name], content)
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    for stale in set(before.values()) - set(manifest.values()):
        (folder / stale).unlink(missing_ok=True)
        (folder / f"{stale}.gz").unlink(missing_ok=True)
    return manifest


def _manifest(folder: Path) -> dict[str, str]:
    path = folder / MANIFEST
    manifest: dict[str, str] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return manifest


def _write(path: Path, content: bytes) -> None:
    zipped = path.with_name(f"{path.name}.gz")
    if path.is_file() and zipped.is_file() and path.read_bytes() == content:
        return
    path.write_bytes(content)
    zipped.write_bytes(gzip.compress(content, compresslevel=9, mtime=0))
