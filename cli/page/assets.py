"""Files under names that change with their content, so that a browser may keep them for ever."""

import gzip
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from tempfile import NamedTemporaryFile

MANIFEST = "manifest.json"
_DIGITS = 12


def hashed(name: str, content: bytes) -> str:
    stem, _, suffix = name.rpartition(".")
    return f"{stem}-{hashlib.sha256(content).hexdigest()[:_DIGITS]}.{suffix}"


def write_assets(folder: Path, assets: Mapping[str, bytes]) -> dict[str, str]:
    """Put each asset, plain and gzipped, and the manifest into `folder`; return the manifest.

    The same assets give the same bytes. Each file comes as a whole, the manifest last, and nothing is
    taken away: whoever has read another manifest still serves what that one names.
    """
    folder.mkdir(parents=True, exist_ok=True)
    manifest = {name: hashed(name, content) for name, content in sorted(assets.items())}
    for name, content in assets.items():
        zipped = folder / f"{manifest[name]}.gz"
        if not zipped.is_file():  # it comes after the plain one, and both have their content in their name
            _write(folder / manifest[name], content)
            _write(zipped, gzip.compress(content, compresslevel=9, mtime=0))
    _write(folder / MANIFEST, f"{json.dumps(manifest, indent=2)}\n".encode())
    return manifest


def _write(path: Path, content: bytes) -> None:
    with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as unfinished:
        unfinished.write(content)
    Path(unfinished.name).chmod(0o644)  # the temporary file's is its owner's alone
    Path(unfinished.name).replace(path)
