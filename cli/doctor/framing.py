"""Which sites may show an embed: the response's `frame-ancestors` (CSP level 3, section 6.4.2)."""

import re
from urllib.parse import urlsplit

from cli.doctor.finding import Finding
from cli.doctor.link import origin_of

_SOURCE = re.compile(r"(?:(https?)://)?((?:\*\.)?[^:/*]+|\*|\[[^\]]+\])(?::(\d+|\*))?/?")
_SHOWN = re.compile(r"[A-Za-z0-9:/.*'\[\] -]{1,2000}", re.ASCII)
_USUAL_PORTS = {"http": "80", "https": "443"}
# What serves http may serve https as well, at its own port.
_SCHEMES, _PORTS = {"http": "https?"}, {"80": "(80|443)", "*": r"\d+"}


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
        text = "The answer doesn't say which sites may frame it."
        return [Finding("warning", text, "Check what stands before it.")]
    if framed_by is None:
        listed = " ".join(sources) or "'none'"
        return [
            Finding(
                "ok", f"These sites may frame it: {listed if _SHOWN.fullmatch(listed) else '(not shown)'}."
            )
        ]
    if not any(_allows(source.lower(), framed_by, embed) for source in sources):
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
    here = inner.hostname in ("localhost", "127.0.0.1")
    if not framed_by.startswith("https:") or inner.scheme == "https" or here:
        return []
    return [
        Finding("cause", "Browsers don't show an http: page in an https: one.", "Serve the embeds by https.")
    ]


def _allows(source: str, origin: str, embed: str) -> bool:
    if source == "'self'":
        return origin == embed
    match = _SOURCE.fullmatch(f"{source}//*:*" if source in ("http:", "https:") else source)
    if match is None:
        return False
    scheme, host, port = match[1] or urlsplit(embed).scheme, match[2], match[3]
    port = port or _USUAL_PORTS[scheme]
    hosts = re.escape(host).replace(r"\*", ".+")
    pattern = f"{_SCHEMES.get(scheme, scheme)}://{hosts}:{_PORTS.get(port, port)}"
    parts = urlsplit(origin)
    whole = origin if parts.port else f"{origin}:{_USUAL_PORTS[parts.scheme]}"
    return re.fullmatch(pattern, whole) is not None
