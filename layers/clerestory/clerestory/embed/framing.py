"""Who may frame an embed, and what its page may load."""

from collections.abc import Sequence

ANYBODY = ("*",)
"""For what is nobody's: a refusal of what can't be verified."""


def content_security_policy(embed_origins: Sequence[str]) -> str:
    """Only the pack's own files, and only the organization's sites may frame it (CSP level 3)."""
    framed_by = " ".join(embed_origins) or "'none'"
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' data: blob:",
            "font-src 'self'",
            "connect-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            f"frame-ancestors {framed_by}",
        )
    )
