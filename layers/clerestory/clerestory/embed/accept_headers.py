"""What an answer may look like, as its client says in `Accept` and `Accept-Encoding` (RFC 9110, 12.5)."""

import re

_WEIGHT = re.compile(r"(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)", re.ASCII)
_JSON = ("application/json", "application/problem+json")


def prefers_json(accept: str) -> bool:
    """Whether JSON is asked for rather than a page. Where both are as welcome, it is if JSON is named
    and the page is only not ruled out: many libraries send `application/json, */*`."""
    ranges = _weights(accept)
    return max(_rank(ranges, each) for each in _JSON) > _rank(ranges, "text/html")


def takes_gzip(accept_encoding: str) -> bool:
    codings = _weights(accept_encoding)
    return codings.get("gzip", codings.get("*", 0)) > 0


def _rank(ranges: dict[str, float], media_type: str) -> tuple[float, int]:
    """The weight by the most specific range that fits, and how specific it is. Refused is not fitting."""
    kind = media_type.partition("/")[0]
    for specific, fitting in ((2, media_type), (1, f"{kind}/*"), (0, "*/*")):
        if fitting in ranges:
            weight = ranges[fitting]
            return (weight, specific) if weight else (0, 0)
    return 0, 0


def _weights(header: str) -> dict[str, float]:
    """Each name of the list with its `q`. One whose weight can't be read counts as not there."""
    weights: dict[str, float] = {}
    for item in header.lower().split(","):
        name, *parameters = (part.strip() for part in item.split(";"))
        values = [
            part.partition("=")[2].strip() for part in parameters if part.partition("=")[0].strip() == "q"
        ]
        weight = values[0] if values else "1"
        if name and _WEIGHT.fullmatch(weight):
            weights[name] = max(weights.get(name, 0.0), float(weight))
    return weights
