"""Several small ES modules into one file, so that a browser asks once.

Deliberately little: every import is `import { names } from "./module.js"`, and top-level names are
unique over all modules, so joining is putting them one after another without their imports.
"""

import re
from pathlib import Path

_IMPORT = re.compile(r"^import \{[^}]*\} from \"\./(?P<module>[\w-]+\.js)\";\n", re.MULTILINE)
_ANY_IMPORT = re.compile(r"^import\b(?!\()", re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function|const|let|class)\b)", re.MULTILINE)
_EXPORTED = re.compile(r"^export (?:async )?(?:function|const|let|class) (?P<name>\w+)", re.MULTILINE)
_TOP_LEVEL = re.compile(r"^(?:async )?(?:function\*?|const|let|class) (?P<name>\w+)", re.MULTILINE)

_NUMBER = re.compile(r"^const ([A-Z][A-Z_]*) = ([\d_]+);$", re.MULTILINE)
_CONSTANT = re.compile(r"\b[A-Z][A-Z_]*\b")


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


def join_library(entry: Path) -> str:
    """The same as a module that exports what `entry` exports, without comments and indentation, and with
    numbers in the place of the constants that name them.

    A line of a template literal counts as code: none may need its indentation, or start with `//`.
    """
    lines = (line.strip() for line in _with_numbers(join(entry)).splitlines())
    code = "\n".join(line for line in lines if line and not line.startswith("//"))
    names = ", ".join(_EXPORTED.findall(entry.read_text(encoding="utf-8")))
    return f"// From {entry.parent.parent.name}/{entry.parent.name}\n{code}\nexport {{ {names} }};\n"


def _with_numbers(code: str) -> str:
    numbers = dict(_NUMBER.findall(code))
    return _CONSTANT.sub(lambda name: numbers.get(name[0], name[0]), _NUMBER.sub("", code))


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
