"""Bark, to an iPhone. Source: Bark server, API version 2."""

from typing import Final

import msgspec

from scheduler.channels.answers import by_code
from scheduler.channels.outcome import Outcome
from scheduler.channels.parcel import Parcel, shortened
from scheduler.channels.posting import post

LONGEST: Final = 3_000
"""Bytes: a push notification takes 4 KB in all."""


def carry(parcel: Parcel) -> Outcome:
    """Send to a device. The same id again replaces the notification instead of showing it twice."""
    parts = parcel.address.parts
    before, _, key = parts.path.rstrip("/").rpartition("/")
    text = shortened(parcel.message.text, most_bytes=LONGEST)
    body = msgspec.json.encode(
        {"device_key": key, "title": parcel.message.subject, "body": text, "group": "headroom", "id": parcel.id}
    )
    url = parts._replace(path=f"{before}/push").geturl()
    return by_code(post(url, body, headers={}, now=parcel.now, seconds=parcel.seconds), "bark")
