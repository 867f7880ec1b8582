"""`clerestory COMMAND …`, of which the `make` targets are the short forms."""

import argparse
import importlib
import sys

COMMANDS = {
    "run": ("local.run", "serve the pack on this machine"),
    "check": ("cli.check.__main__", "say what is wrong in a folder of dashboards, by file and line"),
    "build": ("cli.build.pack", "build what sam deploy deploys"),
    "site": ("cli.site", "write the client and the settings page as static files"),
    "doctor": ("cli.doctor.__main__", "say why an embed's URL works or not"),
    "data": ("demo.data.__main__", "make the demo's data"),
    "upload": ("cli.upload", "put the files that the dashboards name into a bucket"),
    "steps": ("cli.steps", "print a stack's next steps"),
}
"""Each command's module, whose `main` takes the arguments and gives the exit code, and what it is for."""


def main(arguments: list[str] | None = None) -> int:
    """The exit code is the command's: its own `--help` says what each means. 2 where it can't be read."""
    given = sys.argv[1:] if arguments is None else arguments
    chosen = _parser().parse_args(given[:1])
    # Only the module of the command: the others take a second to import.
    code: int = importlib.import_module(COMMANDS[chosen.command][0]).main(given[1:])
    return code


def _parser() -> argparse.ArgumentParser:
    listed = "\n".join(f"  {name:8} {purpose}" for name, (_, purpose) in COMMANDS.items())
    parser = argparse.ArgumentParser(
        prog="clerestory",
        usage="clerestory COMMAND [--help] …",
        description="Signed, per-customer embedded dashboards.",
        epilog=f"commands:\n{listed}\n\nclerestory COMMAND --help says the rest.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("command", metavar="COMMAND", choices=COMMANDS, help=argparse.SUPPRESS)
    return parser


if __name__ == "__main__":
    sys.exit(main())
