"""WeCom group robots. Source: WeCom developer centre, group robots."""

from typing import Final

import msgspec

from scheduler.channels.answers import by_code
from scheduler.channels.outcome import Outcome
from scheduler.channels.parcel import Parcel, shortened, spoken
from scheduler.channels.posting import post

LONGEST: Final = 2048
"""Bytes of a text."""


def carry(parcel: Parcel) -> Outcome:
    """Send to a group."""
    content = shortened(spoken(parcel.message), most_bytes=LONGEST)
    body = msgspec.json.encode({"msgtype": "text", "text": {"content": content}})
    return by_code(post(parcel.address.url, body, headers={}, now=parcel.now, seconds=parcel.seconds), "wecom")
