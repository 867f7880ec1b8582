"""A function for the gateway's tests: it answers with its event, or with what the event asks for."""

import json
from typing import Any

events = 0


def handler(event: dict[str, Any], context: Any) -> Any:
    global events
    events += 1
    headers = event.get("headers", {})
    if "x-fail" in headers:
        raise RuntimeError("asked to fail")
    if "x-answer" in headers:
        return json.loads(headers["x-answer"])
    body = json.dumps({"event": event, "events": events, "function": context.function_name})
    return {"statusCode": 200, "headers": {"content-type": "application/json"}, "body": body}
