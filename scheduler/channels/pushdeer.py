"""PushDeer. Source: PushDeer, message/push."""

from typing import Final
from urllib.parse import parse_qsl, urlencode

from scheduler.channels.answers import by_code
from scheduler.channels.outcome import SENT, Outcome, never
from scheduler.channels.parcel import Parcel, shortened
from scheduler.channels.posting import Reply, post

FORM: Final = {"Content-Type": "application/x-www-form-urlencoded"}
LONGEST: Final = 3_000
"""Bytes: what a push notification takes."""


def carry(parcel: Parcel) -> Outcome:
    """Send to the devices of a key."""
    text = shortened(parcel.message.text, most_bytes=LONGEST)
    given = dict(parse_qsl(parcel.address.parts.query))
    body = urlencode(given | {"type": "text", "text": parcel.message.subject, "desp": text}).encode()
    url = parcel.address.parts._replace(query="").geturl()
    reply = post(url, body, headers=FORM, now=parcel.now, seconds=parcel.seconds)
    outcome = by_code(reply, "pushdeer")
    return never("nobody") if outcome == SENT and isinstance(reply, Reply) and not _reached(reply) else outcome


def _reached(reply: Reply) -> bool:
    """Whether any device was reached: a key nobody knows is answered with code 0 and an empty list."""
    content = reply.fields.get("content")
    reached = content.get("result") if isinstance(content, dict) else None
    return isinstance(reached, list) and any("ok" in str(one) for one in reached)
