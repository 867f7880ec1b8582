"""JSON as a page carries it, inside of a script element."""

# RFC 8259 allows any character of a string as an escape; these end a script element or a line.
_ESCAPES = {ord(character): f"\\u{ord(character):04x}".encode() for character in "<>&\u2028\u2029"}


def script_safe(json: bytes) -> bytes:
    """The same JSON with nothing in it that could end a script element."""
    for code, escaped in _ESCAPES.items():
        json = json.replace(chr(code).encode(), escaped)
    return json
