"""What a JSON document's brackets and colons tell that its parser doesn't: how deep it nests, and whether
a name stands twice in one object."""

import re
from typing import Any

_OPEN, _CLOSE = b"[{", b"]}"
# Takes a string that doesn't end, too: what can't fail to match can't be scanned again from each quote.
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"?', re.DOTALL)


def nests_deeper(document: bytes, levels: int) -> bool:
    """Whether brackets nest deeper outside of strings: parsers recurse, and stacks end."""
    return document.count(b"[") + document.count(b"{") > levels and _depth(document) > levels


def repeats_a_name(document: bytes, parsed: Any) -> bool:
    """Whether an object of the document, which is JSON and parses to `parsed`, has a name twice, spelt in
    whatever way: parsers disagree about which of the two counts."""
    return _STRING.sub(b"", document).count(b":") != _names(parsed)


def _depth(document: bytes) -> int:
    depth = deepest = 0
    for byte in _STRING.sub(b"", document):
        if byte in _OPEN:
            depth += 1
            deepest = max(deepest, depth)
        elif byte in _CLOSE:
            depth -= 1
    return deepest


def _names(parsed: Any) -> int:
    if isinstance(parsed, dict):
        return len(parsed) + sum(map(_names, parsed.values()))
    return sum(map(_names, parsed)) if isinstance(parsed, list) else 0
