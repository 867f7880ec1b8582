"""An embed's URL, in either of its forms, taken apart."""

import re
from typing import NamedTuple
from urllib.parse import SplitResult, parse_qs, quote, unquote, urlsplit

_PATH = re.compile(r"(?P<prefix>.*?)/d/(?P<first>[^/]+)(?:/(?P<second>[^/]+))?(?:/results)?/?")
FORMS = "/d/{dashboard}/{token} or /d/{organization}/{dashboard}/?embed_token={token}"


class NotAnEmbedError(ValueError):
    """Why the text can't be read as an embed's URL, in words that don't hold it."""


class Link(NamedTuple):
    """`base` is where embeds are served, and `organization` what the URL names, in the form with slugs.
    `characters` is the length of the URL."""

    base: str
    dashboard: str
    token: str
    organization: str | None
    characters: int

    @property
    def page(self) -> str:
        """The URL again, at `base`."""
        if self.organization is None:
            return self._at(self.dashboard, self.token)
        return f"{self._at(self.organization, self.dashboard)}/?embed_token={quote(self.token, safe='')}"

    @property
    def results(self) -> str:
        """Where the results are, which have one form only."""
        return f"{self._at(self.dashboard, self.token)}/results"

    @property
    def origin(self) -> str:
        return origin_of(urlsplit(self.base))

    def _at(self, *segments: str) -> str:
        return "/".join([f"{self.base}/d", *(quote(each, safe="") for each in segments)])


def read_link(text: str) -> Link:
    text = text.strip().replace("&amp;", "&")
    if "<" in text or '"' in text:
        raise NotAnEmbedError("This is HTML: give only the URL that stands in src.")
    try:
        parts = urlsplit(text)
        origin = origin_of(parts)
    except ValueError:
        raise NotAnEmbedError("This isn't a URL.") from None
    path = _PATH.fullmatch(parts.path)
    if path is None:
        raise NotAnEmbedError(f"This isn't an embed's URL, which ends in {FORMS}.")
    tokens = parse_qs(parts.query, keep_blank_values=True).get("embed_token", [])
    if len(tokens) > 1:
        raise NotAnEmbedError(f"embed_token stands in the URL {len(tokens)} times: give it once.")
    first, second = unquote(path["first"]), unquote(path["second"] or "")
    if not second or tokens == [""]:
        raise NotAnEmbedError(f"The URL has no token: it should end in {FORMS}.")
    base = origin + path["prefix"]
    if tokens:
        return Link(base, second, tokens[0], first, len(text))
    return Link(base, first, second, None, len(text))


def origin_of(parts: SplitResult) -> str:
    """Scheme, host and port, as browsers write them. Raises ValueError where there are none."""
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    usual = parts.port in (None, 443 if parts.scheme == "https" else 80)
    return f"{parts.scheme}://{host}{'' if usual else f':{parts.port}'}"
