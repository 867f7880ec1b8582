"""`python -m tests.sam.render embed/new-token`: an event with its blanks filled in, for `sam local invoke`.

A token in it is signed with the secret of the pack that `make run` serves, so that its functions take it.
"""

import argparse
import json
import sys
import time
from pathlib import Path

import boto3

from clerestory.aws.keysets import parameter_name
from clerestory.secret.keyset import Keyset, read_keyset
from cli.check import compile_folder
from local.aws.environment import REGION
from tests.sam.cases import EVENTS, ROOT, Case, cases, filled
from tests.sam.tokens import ORGANIZATIONS, blanks


def main() -> int:
    arguments = _parser().parse_args()
    case = Case(*arguments.case.split("/", 1)) if "/" in arguments.case else None
    catalog = compile_folder(ROOT / "demo" / "dashboards").catalog
    if case not in cases(EVENTS) or case is None or catalog is None:
        print(f"{arguments.case} is no event: name one like embed/new-token.", file=sys.stderr)
        return 1
    now, given = int(time.time()), case.expectation.given
    keysets = _keysets(arguments.aws, arguments.prefix) if given.token else {}
    fill = blanks(case.event, given, keysets, catalog, Path(ROOT / ".build/page"), now)
    print(json.dumps(filled(case.event, fill, now), indent=2))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.sam.render", description=__doc__)
    parser.add_argument("case", help="a function and an event of its, such as embed/new-token")
    parser.add_argument("--aws", default="http://127.0.0.1:8788", help="the pack's AWS (%(default)s)")
    parser.add_argument("--prefix", default="/clerestory/local", help="its SECRET_PREFIX (%(default)s)")
    return parser


def _keysets(aws: str, prefix: str) -> dict[int, Keyset]:
    session = boto3.Session("local", "local", region_name=REGION)
    ssm = session.client("ssm", endpoint_url=aws)
    stored = {
        each: ssm.get_parameter(Name=parameter_name(prefix, each), WithDecryption=True)["Parameter"]
        for each in ORGANIZATIONS
    }
    return {each: read_keyset(parameter["Value"]) for each, parameter in stored.items()}


if __name__ == "__main__":
    sys.exit(main())
