"""The form of every command's `--help`: what it does, what it takes, an example, what its exit codes mean."""

from argparse import ArgumentParser, RawDescriptionHelpFormatter

UNREADABLE = "the arguments can't be read"
"""What exit code 2 means of itself: argparse ends with it."""


def command_parser(command: str, does: str, example: str, codes: dict[int, str]) -> ArgumentParser:
    """Without the command's own arguments. `example` is what follows `clerestory COMMAND`."""
    meanings = "\n".join(
        f"  {code}  {meaning}" for code, meaning in sorted(({2: UNREADABLE} | codes).items())
    )
    example = f"clerestory {command} {example}".rstrip()
    return ArgumentParser(
        prog=f"clerestory {command}",
        description=does,
        epilog=f"example:\n  {example}\n\nexit codes:\n{meanings}",
        formatter_class=RawDescriptionHelpFormatter,
    )
