"""How five languages write a value so that it stays one: always on one line, never code.

What can't be seen is escaped, as are the characters that would end the string or begin code in it.
"""

from collections.abc import Callable, Mapping

from msgspec import Struct

from clerestory.dashboards import Scalar, Value

_COMMON = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def _python_escape(character: str) -> str:
    code = ord(character)
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _braced_escape(character: str) -> str:
    return f"\\u{{{ord(character):x}}}"


def _quoted(text: str, special: Mapping[str, str], escape: Callable[[str], str]) -> str:
    written = (special.get(each) or (each if each.isprintable() else escape(each)) for each in text)
    return f'"{"".join(written)}"'


def _python(text: str) -> str:
    return _quoted(text, _COMMON, _python_escape)


def _javascript(text: str) -> str:
    # The program may be pasted into a page's script element.
    return _quoted(text, _COMMON, _braced_escape).replace("</", "<\\/")


def _ruby(text: str) -> str:
    return _quoted(text, _COMMON | {"#": "\\#"}, _braced_escape)


def _php(text: str) -> str:
    if text.isprintable() and "?>" not in text:
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
    # `?>` ends the program even in a comment, where values stand too.
    return _quoted(text, _COMMON | {"$": "\\$"}, _braced_escape).replace("?>", "?\\u{3e}")


def _list(values: tuple[str, ...]) -> str:
    return f"[{', '.join(values)}]"


def _go_list(values: tuple[str, ...]) -> str:
    kind = "string" if values and all(value.startswith('"') for value in values) else "any"
    return f"[]{kind}{{{', '.join(values)}}}"


class Syntax(Struct, frozen=True):
    """A language's literals and comments, and how an entry of `env` is written and indented in it."""

    text: Callable[[str], str]
    comment: str
    indent: str = "    "
    entry: str = "{name}: {value},"
    true: str = "true"
    false: str = "false"
    list: Callable[[tuple[str, ...]], str] = _list

    def value(self, value: Value) -> str:
        if isinstance(value, tuple):
            return self.list(tuple(self._scalar(each) for each in value))
        return self._scalar(value)

    def _scalar(self, value: Scalar) -> str:
        if isinstance(value, bool):
            return self.true if value else self.false
        return self.text(value) if isinstance(value, str) else repr(value)


PYTHON = Syntax(_python, "#", true="True", false="False")
JAVASCRIPT = Syntax(_javascript, "//", indent="  ")
RUBY = Syntax(_ruby, "#", indent="  ", entry="{name} => {value},")
PHP = Syntax(_php, "//", entry="{name} => {value},")
GO = Syntax(_python, "//", indent="\t\t", list=_go_list)
