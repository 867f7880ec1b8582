"""The JSON that a request carries, in the form that its route takes."""

from typing import TypeVar

from msgspec import DecodeError, ValidationError, convert
from msgspec.json import decode

from clerestory.problems import INVALID_JSON, INVALID_REQUEST, TOO_LARGE, Problem

Body = TypeVar("Body")

MAX_BODY = 65_536


def json_body(content: bytes, form: type[Body]) -> Body:
    """Its size is checked before it is parsed."""
    if len(content) > MAX_BODY:
        raise Problem(TOO_LARGE, f"The body may have {MAX_BODY:,} bytes.")
    try:
        document = decode(content)
    except (DecodeError, UnicodeDecodeError, RecursionError):
        raise Problem(INVALID_JSON) from None
    try:
        return convert(document, form)
    except ValidationError as error:
        raise Problem(INVALID_REQUEST, f"{error}.") from None
