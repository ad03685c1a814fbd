"""Answers that carry a code in their body: HTTP 200 with an error code is not success."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from scheduler.channels.outcome import SENT, Outcome, later, never
from scheduler.channels.posting import Reply, by_status


@cache
def codes() -> dict[str, dict[str, Any]]:
    """What each service's codes mean."""
    return tomllib.loads((Path(__file__).parent / "codes.toml").read_text(encoding="utf-8"))


def by_code(reply: Reply | Outcome, service: str) -> Outcome:
    """What a service's answer says.

    A code that nobody listed is no success, and is tried again: a dead letter in the end, never a false "sent".
    """
    if isinstance(reply, Outcome):
        return reply
    known = codes()[service]
    code = next((reply.fields[name] for name in known["fields"] if name in reply.fields), None)
    refused = by_status(reply)
    if not isinstance(code, int) or isinstance(code, bool):
        return refused or later("unclear", reply.status)
    if code == known["success"]:
        return refused or SENT
    words = str(reply.fields)
    if code in known["busy"] or any(word in words for word in known.get("busy_words", ())):
        return later("said", code, after_seconds=reply.retry_after)
    if code in known["permanent"]:
        return never("said", code)
    return later("said", code, after_seconds=reply.retry_after) if refused is None else refused
