"""A function that takes its time, and tells which execution environment it ran in."""

import time
import uuid
from typing import Any

environment = uuid.uuid4().hex
events = 0


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    global events
    events += 1
    left = context.get_remaining_time_in_millis()
    time.sleep(event["wait"])
    return {"environment": environment, "events": events, "milliseconds_left": left}
