"""DingTalk group robots, with the signature if a secret is given.

Source: DingTalk open platform, custom robots.
"""

import base64
import hashlib
import hmac
from typing import Final
from urllib.parse import urlencode

import msgspec

from scheduler.channels.answers import by_code
from scheduler.channels.outcome import Outcome
from scheduler.channels.parcel import Parcel, shortened, spoken
from scheduler.channels.posting import post

LONGEST: Final = 18_000
"""Bytes. DingTalk takes 20,000 of the whole body."""


def carry(parcel: Parcel) -> Outcome:
    """Send to a group."""
    content = shortened(spoken(parcel.message), most_bytes=LONGEST)
    body = msgspec.json.encode({"msgtype": "text", "text": {"content": content}, "msgUuid": parcel.id})
    url = signed(parcel.address.url, parcel.address.secret, at_ms=parcel.now // 1000)
    return by_code(post(url, body, headers={}, now=parcel.now, seconds=parcel.seconds), "dingtalk")


def signed(url: str, secret: str, *, at_ms: int) -> str:
    """The address with the time and its signature; unchanged where no secret is set."""
    if not secret:
        return url
    digest = hmac.new(secret.encode(), f"{at_ms}\n{secret}".encode(), hashlib.sha256).digest()
    given = urlencode({"timestamp": at_ms, "sign": base64.b64encode(digest).decode()})
    return f"{url}{'&' if '?' in url else '?'}{given}"
