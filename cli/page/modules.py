"""Several small ES modules into one file, so that a browser asks once.

Deliberately little: every import is `import { names } from "./module.js"`, and top-level names are
unique over all modules, so joining is putting them one after another without their imports.
"""

import re
from pathlib import Path

_IMPORT = re.compile(r"^import \{[^}]*\} from \"\./(?P<module>[\w-]+\.js)\";\n", re.MULTILINE)
_ANY_IMPORT = re.compile(r"^import\b(?!\()", re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function|const|let|class)\b)", re.MULTILINE)
_TOP_LEVEL = re.compile(r"^(?:async )?(?:function\*?|const|let|class) (?P<name>\w+)", re.MULTILINE)


class ModuleError(Exception):
    """The modules, or the sheets, can't be joined. The text is one sentence for a person."""


def join(entry: Path) -> str:
    """`entry` and all that it imports, each after what it needs."""
    texts: dict[Path, str] = {}
    _visit(entry, texts, [])
    owners: dict[str, Path] = {}
    for path, text in texts.items():
        for name in _TOP_LEVEL.findall(text):
            if name in owners:
                raise ModuleError(f"{path.name} and {owners[name].name} both have a top-level {name}.")
            owners[name] = path
    return "\n".join(texts.values())


def _visit(path: Path, texts: dict[Path, str], above: list[Path]) -> None:
    if path in above:
        raise ModuleError(f"{path.name} imports itself through {above[-1].name}.")
    if path in texts:
        return
    if not path.is_file():
        raise ModuleError(f"{above[-1].name if above else 'The page'} needs {path}, which doesn't exist.")
    source = path.read_text(encoding="utf-8")
    for module in _IMPORT.findall(source):
        _visit(path.parent / module, texts, [*above, path])
    body = _EXPORT.sub("", _IMPORT.sub("", source))
    if _ANY_IMPORT.search(body) or re.search(r"^export\b", body, re.MULTILINE):
        raise ModuleError(
            f'{path.name} must import as `import {{ … }} from "./module.js";` and export declarations.'
        )
    texts[path] = body.strip() + "\n"
