"""`clerestory build`: `sam build`, with somebody's own dashboards in the layer."""

import argparse
import os
import subprocess
import sys
from pathlib import Path

from cli.help import command_parser

ROOT = Path(__file__).resolve().parents[2]
SAM = ROOT / ".build" / "sam" / "bin" / "sam"


def main(arguments: list[str] | None = None) -> int:
    chosen, others = _parser().parse_known_args(arguments)
    environment = dict(os.environ)
    if chosen.dashboards is not None:
        environment["DASHBOARDS"] = str(chosen.dashboards.resolve())
    # This Python is the one that has what the layers are built with.
    environment["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), environment["PATH"]])
    try:
        done = subprocess.run([chosen.sam, "build", *others], cwd=ROOT, env=environment, check=False)
    except FileNotFoundError:
        print(f"There is no SAM CLI at {chosen.sam}: make sam fetches it.", file=sys.stderr)
        return 2
    return done.returncode


def _parser() -> argparse.ArgumentParser:
    parser = command_parser(
        "build",
        "Build what sam deploy deploys. Arguments that aren't listed here go to sam build.",
        "--dashboards ../mine",
        {0: "it is built", 1: "it isn't, and why", 2: "there is no SAM CLI, or the arguments can't be read"},
    )
    parser.add_argument(
        "--dashboards", type=Path, metavar="FOLDER", help="what the pack shows (demo/dashboards)"
    )
    parser.add_argument("--sam", default=str(SAM), metavar="FILE", help=f"SAM CLI ({SAM.relative_to(ROOT)})")
    return parser


if __name__ == "__main__":
    sys.exit(main())
