"""Which sites may show an embed: the response's `frame-ancestors` (CSP level 3, section 6.4.2)."""

import re
from urllib.parse import urlsplit

from cli.doctor.finding import Finding
from cli.doctor.link import origin_of

_HOST = re.compile(
    r"(?:(?P<scheme>https?)://)?(?P<host>(?:\*\.)?[^:/*]+|\*|\[[^\]]+\])(?::(?P<port>\d+|\*))?/?"
)
_SHOWN = re.compile(r"[A-Za-z0-9:/.*'\[\] -]{1,2000}", re.ASCII)
_PORTS = {"http": 80, "https": 443}


class NotAnOriginError(ValueError):
    """The text isn't `scheme://host[:port]`."""


def read_origin(text: str) -> str:
    try:
        parts = urlsplit(text)
        origin = origin_of(parts)
    except ValueError:
        raise NotAnOriginError(text) from None
    if parts.path not in ("", "/") or parts.query or parts.fragment or parts.username:
        raise NotAnOriginError(text)
    return origin


def framing_findings(policy: str | None, embed: str, framed_by: str | None) -> list[Finding]:
    """`embed` and `framed_by` are origins."""
    sources = _sources(policy)
    if sources is None:
        return [
            Finding(
                "warning", "The answer doesn't say which sites may frame it.", "Check what stands before it."
            )
        ]
    listed = " ".join(sources) or "'none'"
    if framed_by is None:
        named = listed if _SHOWN.fullmatch(listed) else "(not shown)"
        return [Finding("ok", f"These sites may frame it: {named}.")]
    if not any(_allows(source, framed_by, embed) for source in sources):
        text = f"{framed_by} may not frame it."
        return [Finding("cause", text, "Add it to embed_origins in the organization's organization.yaml.")]
    return [Finding("ok", f"{framed_by} may frame it."), *_mixed(embed, framed_by)]


def _sources(policy: str | None) -> list[str] | None:
    for directive in (policy or "").split(";"):
        name, *sources = directive.split() or [""]
        if name.lower() == "frame-ancestors":
            return sources
    return None


def _mixed(embed: str, framed_by: str) -> list[Finding]:
    inner = urlsplit(embed)
    if not framed_by.startswith("https:") or inner.scheme == "https":
        return []
    if inner.hostname in ("localhost", "127.0.0.1"):
        return []
    text = "Browsers don't show an http: page in an https: one."
    return [Finding("cause", text, "Serve the embeds by https.")]


def _allows(source: str, origin: str, embed: str) -> bool:
    if source.lower() == "'self'":
        return origin == embed
    if source.lower() in ("http:", "https:"):
        return _scheme_allows(source[:-1].lower(), urlsplit(origin).scheme)
    found = _HOST.fullmatch(source.lower())
    return found is not None and _host_allows(found, origin, urlsplit(embed).scheme)


def _host_allows(source: re.Match[str], origin: str, own_scheme: str) -> bool:
    parts, scheme, pattern = urlsplit(origin), source["scheme"] or own_scheme, source["host"].strip("[]")
    host = parts.hostname or ""
    named = host.endswith(pattern[1:]) if pattern.startswith("*.") else pattern in ("*", host)
    port = parts.port or _PORTS[parts.scheme]
    return named and _scheme_allows(scheme, parts.scheme) and _port_allows(source["port"], port, scheme)


def _scheme_allows(source: str, scheme: str) -> bool:
    return source == scheme or (source, scheme) == ("http", "https")


def _port_allows(source: str | None, port: int, scheme: str) -> bool:
    if source == "*":
        return True
    wanted = int(source) if source else _PORTS[scheme]
    return wanted == port or (wanted, port) == (80, 443)
