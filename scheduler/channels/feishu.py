"""Feishu and Lark group robots: one protocol at two hosts, with the signature if a secret is given.

Source: Feishu open platform, custom bots.
"""

import base64
import hashlib
import hmac
from typing import Final

import msgspec

from scheduler.channels.answers import by_code
from scheduler.channels.outcome import Outcome
from scheduler.channels.parcel import Parcel, shortened, spoken
from scheduler.channels.posting import post

LONGEST: Final = 18_000
"""Bytes. Feishu takes 20 KB of the whole body."""


def carry(parcel: Parcel) -> Outcome:
    """Send to a group."""
    text = shortened(spoken(parcel.message), most_bytes=LONGEST)
    signature = signed(parcel.address.secret, at=parcel.now // 1_000_000)
    body = msgspec.json.encode(signature | {"msg_type": "text", "content": {"text": text}})
    return by_code(post(parcel.address.url, body, headers={}, now=parcel.now, seconds=parcel.seconds), "feishu")


def signed(secret: str, *, at: int) -> dict[str, str]:
    """The time and its signature; nothing where no secret is set. The key is what one would expect to be the text."""
    if not secret:
        return {}
    digest = hmac.new(f"{at}\n{secret}".encode(), b"", hashlib.sha256).digest()
    return {"timestamp": str(at), "sign": base64.b64encode(digest).decode()}
