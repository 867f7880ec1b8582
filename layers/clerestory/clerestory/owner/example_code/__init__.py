"""Example code: a runnable program, in five languages, that prints a dashboard's iframe.

What the dashboard and the settings say goes into the programs as literals of each language, so that
no value can become code. The secret never does: a program reads it from its environment.
"""

import re
from pathlib import Path

from msgspec import Struct

from clerestory.dashboards import Dashboard, Organization
from clerestory.owner.example_code.env import env_lines, viewer_lines
from clerestory.owner.example_code.syntax import GO, JAVASCRIPT, PHP, PYTHON, RUBY, Syntax

_PROGRAMS = Path(__file__).parent / "programs"
_BLANK = re.compile(r"\{\{(\w+)\}\}")


class Language(Struct, frozen=True):
    """`filename` is the program's, and `install` the command that fetches what it needs."""

    filename: str
    install: str
    syntax: Syntax


LANGUAGES = {
    "python": Language("embed.py", "pip install PyJWT", PYTHON),
    "javascript": Language("embed.mjs", "npm install jsonwebtoken", JAVASCRIPT),
    "ruby": Language("embed.rb", "gem install jwt", RUBY),
    "php": Language("embed.php", "", PHP),
    "go": Language("embed.go", "go mod init example/iframe && go get github.com/golang-jwt/jwt/v4", GO),
}


class ExampleCode(Struct, frozen=True):
    """The answer of `…/example-code`. `install` is empty where there is nothing to install."""

    language: str
    dashboard: int
    filename: str
    install: str
    code: str


def example_code(
    language: str, organization: Organization, dashboard: Dashboard, public_url: str
) -> ExampleCode:
    """`language` is one of LANGUAGES; `public_url` is where embeds are served."""
    chosen = LANGUAGES[language]
    syntax = chosen.syntax
    filled = {
        "slug": dashboard.slug,
        "install": chosen.install,
        "base_url": syntax.text(f"{public_url}/d/{dashboard.id}"),
        "organization": str(organization.id),
        "dashboard": str(dashboard.id),
        "env": "\n".join(env_lines(dashboard.variables, syntax)),
        "viewer": "".join(f"{line}\n" for line in viewer_lines(dashboard.embed, syntax)),
    }
    template = (_PROGRAMS / f"{chosen.filename}.txt").read_text(encoding="utf-8")
    # In one pass: what was filled in is not searched for blanks.
    code = _BLANK.sub(lambda blank: filled[blank[1]], template)
    return ExampleCode(language, dashboard.id, chosen.filename, chosen.install, code)
