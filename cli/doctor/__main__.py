"""`clerestory doctor URL`: why an embed's URL doesn't work, one finding a line.

The exit code is 0 when it works, 1 when there is a cause, 2 when the URL can't be read.
"""

import argparse
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

from clerestory.catalog import Catalog
from clerestory.problems import INVALID_TOKEN
from cli.check import compile_folder
from cli.defaults import DASHBOARDS
from cli.doctor.answers import clock_finding, with_answer
from cli.doctor.asking import UnreachableError, ask
from cli.doctor.diagnosis import diagnose
from cli.doctor.finding import Finding
from cli.doctor.framing import NotAnOriginError, framing_findings, read_origin
from cli.doctor.link import Link, NotAnEmbedError, origin_of, read_link
from cli.help import command_parser


def main(arguments: list[str] | None = None) -> int:
    chosen = _parser().parse_args(arguments)
    try:
        link = read_link(sys.stdin.readline() if chosen.url == "-" else chosen.url)
    except NotAnEmbedError as why:
        print(why, file=sys.stderr)
        return 2
    findings = examine(link, chosen)
    print(*findings, sep="\n")
    return 1 if any(finding.weight == "cause" for finding in findings) else 0


def examine(link: Link, chosen: argparse.Namespace) -> list[Finding]:
    catalog, mistakes = _definitions(chosen.dashboards)
    server = link._replace(base=(chosen.api or link.base).rstrip("/"))
    answer, otherwise = None, Finding("ok", "The server wasn't asked: only it can check the signature.")
    try:
        answer = None if chosen.offline else ask(server, open_it=chosen.open)
    except UnreachableError as why:
        text = f"{server.origin} can't be reached: {why}."
        otherwise = Finding("cause", text, "Check the URL's beginning.")
    if answer is None:
        return [*diagnose(link, time.time(), catalog), *mistakes, otherwise]
    now = time.time() - (answer.skew if chosen.clock_from_server else 0)
    findings = [*diagnose(link, now, catalog), *mistakes]
    # What can't be verified is nobody's, and anybody may frame that.
    verified = answer.code != INVALID_TOKEN.code
    framing = framing_findings(answer.policy, link.origin, chosen.framed_by) if verified else []
    clock = [] if chosen.clock_from_server else clock_finding(answer)
    return [*with_answer(findings, answer, chosen.open), *clock, *framing]


def _definitions(folder: Path) -> tuple[Catalog | None, list[Finding]]:
    """None where there are none, or none that can be read."""
    if not folder.is_dir():
        return None, []
    if catalog := compile_folder(folder).catalog:
        return catalog, []
    text = f"{folder} has mistakes, so the variables weren't checked."
    return None, [Finding("warning", text, "make check names them.")]


def _parser() -> argparse.ArgumentParser:
    parser = command_parser(
        "doctor",
        "Say why an embed's URL doesn't work.",
        "'https://embed.example.com/d/38727/eyJ…' --framed-by https://app.example.com",
        {0: "it works", 1: "there is a cause", 2: "the URL or an option can't be read"},
    )
    parser.add_argument("url", metavar="URL", help="the iframe's src; - reads it from the standard input")
    parser.add_argument("--api", type=_base, metavar="URL", help="ask this server instead of the URL's own")
    parser.add_argument("--offline", action="store_true", help="ask no server")
    parser.add_argument("--open", action="store_true", help="open the embed, which counts if it is new")
    parser.add_argument(
        "--framed-by", type=_origin, metavar="ORIGIN", help="say whether this site may frame it"
    )
    parser.add_argument("--clock-from-server", action="store_true", help="judge times by the server's clock")
    parser.add_argument(
        "--dashboards",
        type=Path,
        default=DASHBOARDS,
        metavar="FOLDER",
        help=f"the definitions to check variables with ({DASHBOARDS})",
    )
    return parser


def _origin(text: str) -> str:
    try:
        return read_origin(text)
    except NotAnOriginError:
        raise argparse.ArgumentTypeError("an origin is like https://app.example.com") from None


def _base(text: str) -> str:
    try:
        origin_of(urlsplit(text))
    except ValueError:
        raise argparse.ArgumentTypeError("a server is like https://embed.example.com") from None
    return text


if __name__ == "__main__":
    sys.exit(main())
