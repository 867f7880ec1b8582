"""Which sites an embed's Content-Security-Policy lets frame it, as browsers match origins."""

import pytest

from cli.doctor.framing import NotAnOriginError, framing_findings, read_origin

EMBED = "https://embed.example.com"


def weight(sources: str, origin: str, embed: str = EMBED) -> str:
    return framing_findings(f"default-src 'none'; frame-ancestors {sources}", embed, origin)[-1].weight


@pytest.mark.parametrize(
    ("sources", "origin"),
    [
        ("https://app.example.com", "https://app.example.com"),
        ("https://other.example https://app.example.com", "https://app.example.com"),
        ("https://*.example.com", "https://app.example.com"),
        ("https://*.example.com", "https://a.b.example.com"),
        ("HTTPS://App.example.com", "https://app.example.com"),
        ("http://localhost:8787", "http://localhost:8787"),
        ("http://localhost:*", "http://localhost:8787"),
        ("http://app.example.com", "https://app.example.com"),
        ("https:", "https://app.example.com"),
        ("app.example.com", "https://app.example.com"),
        ("'self'", EMBED),
        ("*", "https://app.example.com"),
        ("http://[::1]:8787", "http://[::1]:8787"),
    ],
)
def test_a_site_that_may(sources: str, origin: str) -> None:
    assert weight(sources, origin) == "ok"


@pytest.mark.parametrize(
    ("sources", "origin"),
    [
        ("'none'", "https://app.example.com"),
        ("", "https://app.example.com"),
        ("https://app.example.com", "https://app.example.com.evil.example"),
        ("https://app.example.com", "https://notapp.example.com"),
        ("https://*.example.com", "https://example.com"),
        ("https://*.example.com", "https://evilexample.com"),
        ("https://app.example.com", "http://app.example.com"),
        ("https://app.example.com", "https://app.example.com:8443"),
        ("http://localhost:8787", "http://localhost:8788"),
        ("http://localhost:8787", "http://127.0.0.1:8787"),
        ("'self'", "https://app.example.com"),
        ("https:", "http://app.example.com"),
    ],
)
def test_a_site_that_may_not(sources: str, origin: str) -> None:
    assert weight(sources, origin) == "cause"


def test_without_a_site_it_lists_those_that_may() -> None:
    (finding,) = framing_findings("frame-ancestors https://a.example https://b.example", EMBED, None)
    assert str(finding) == "ok       These sites may frame it: https://a.example https://b.example."


@pytest.mark.parametrize("policy", [None, "", "default-src 'none'"])
def test_an_answer_that_names_no_sites(policy: str | None) -> None:
    (finding,) = framing_findings(policy, EMBED, "https://app.example.com")
    assert finding.weight == "warning"


def test_an_https_site_shows_no_http_embed() -> None:
    assert weight("*", "https://app.example.com", "http://embed.example.com") == "cause"
    assert weight("*", "https://app.example.com", "http://127.0.0.1:8787") == "ok"


@pytest.mark.parametrize(
    "text", ["https://App.Example.com", "https://app.example.com:443", "https://app.example.com/"]
)
def test_an_origin_is_read_as_browsers_write_it(text: str) -> None:
    assert read_origin(text) == "https://app.example.com"


@pytest.mark.parametrize(
    "text", ["app.example.com", "https://app.example.com/page", "null", "*", "https://u@a.example"]
)
def test_what_is_no_origin(text: str) -> None:
    with pytest.raises(NotAnOriginError):
        read_origin(text)
