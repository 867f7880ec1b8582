"""Several style sheets into one file, so that a browser asks once.

Deliberately little: a sheet names the others in lines of `@import "./path.css";` before anything else.
"""

import re
from pathlib import Path

from cli.page.modules import ModuleError

_IMPORT = re.compile(r"^@import \"\./(?P<sheet>[\w/-]+\.css)\";\n", re.MULTILINE)


def join_styles(entry: Path) -> str:
    """`entry` with what it imports in the place of each import. Raises ModuleError."""
    text = entry.read_text(encoding="utf-8")
    joined = _IMPORT.sub(lambda rule: _sheet(entry.parent / rule["sheet"], entry), text)
    if re.search(r"^\s*@import\b", joined, re.MULTILINE):
        raise ModuleError(
            f'{entry.name} must import as `@import "./path.css";`, and what it imports nothing.'
        )
    return joined


def _sheet(path: Path, importer: Path) -> str:
    if not path.is_file():
        raise ModuleError(f"{importer.name} needs {path}, which doesn't exist.")
    return path.read_text(encoding="utf-8")
