"""`clerestory steps STACK`: what to do once a stack is deployed, each step to be pasted as it is.

SAM prints the same commands in a table, which breaks them. This asks CloudFormation for them again.
"""

import argparse
import sys
from collections.abc import Mapping
from shlex import quote
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from cli.help import command_parser


def main(arguments: list[str]) -> int:
    chosen = _parser().parse_args(arguments)
    try:
        outputs = _outputs(chosen.stack, chosen.region)
    except (BotoCoreError, ClientError) as error:
        print(f"CloudFormation does not tell the outputs of {chosen.stack}: {error}", file=sys.stderr)
        return 1
    print(steps(outputs))
    return 0


def steps(outputs: list[Mapping[str, Any]]) -> str:
    """The steps among a stack's outputs in their order, each below its description: a command too, for not
    every shell takes a comment at its prompt."""
    ordered = sorted(
        (output for output in outputs if output["OutputKey"].startswith("Step")),
        key=lambda output: str(output["OutputKey"]),
    )
    return "\n\n".join(f"echo {quote(step['Description'])}\n{step['OutputValue']}" for step in ordered)


def _outputs(stack: str, region: str | None) -> list[Mapping[str, Any]]:
    client: Any = boto3.client("cloudformation", region_name=region)
    [described] = client.describe_stacks(StackName=stack)["Stacks"]
    outputs: list[Mapping[str, Any]] = described.get("Outputs", [])
    return outputs


def _parser() -> argparse.ArgumentParser:
    parser = command_parser(
        "steps",
        "Print a stack's next steps, ready to paste.",
        "clerestory --region eu-central-1",
        {0: "they are printed", 1: "the stack can't be read, and why"},
    )
    parser.add_argument("stack", metavar="STACK", help="its name")
    parser.add_argument("--region", help="where it is; the AWS CLI's own unless it is given")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
