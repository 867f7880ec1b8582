"""An AWS on one port that `sam deploy` deploys to, with IAM's policies enforced: MiniStack, and what the
pack's stack needs beyond it.

    python -m tests.deploy.emulator

Its settings are environment variables: MiniStack's own (`GATEWAY_PORT` and others), and `EMULATOR_FOLDER`,
where it writes down every call of a function (`calls.jsonl`) and lays the roles' credentials
(`credentials/<function>.json`).
"""

import sys

from tests.deploy.emulator import cognito, functions, http_api, iam, names, scheduler, transform

PATCHES = (
    cognito.patch,
    functions.patch,
    http_api.patch,
    iam.patch,
    names.patch,
    scheduler.patch,
    transform.patch,
)

if __name__ == "__main__":
    for patch in PATCHES:
        patch()
    sys.argv = ["ministack"]
    from ministack.app import main

    main()
