"""ServerChan, to WeChat. Source: ServerChan, sending messages."""

from typing import Final

import msgspec

from scheduler.channels.answers import by_code
from scheduler.channels.outcome import Outcome
from scheduler.channels.parcel import Parcel, shortened
from scheduler.channels.posting import post

LONGEST_TITLE: Final = 32
LONGEST: Final = 30_000


def carry(parcel: Parcel) -> Outcome:
    """Send to whoever owns the key. The text is shown as Markdown, where a line ends with two spaces."""
    message = parcel.message
    text = message.text if len(message.subject) <= LONGEST_TITLE else f"{message.subject}\n\n{message.text}"
    title = message.subject if len(message.subject) <= LONGEST_TITLE else message.subject[: LONGEST_TITLE - 1] + "…"
    body = msgspec.json.encode(
        {"title": title, "desp": shortened(text, most_bytes=LONGEST).replace("\n", "  \n"), "noip": 1}
    )
    return by_code(post(parcel.address.url, body, headers={}, now=parcel.now, seconds=parcel.seconds), "serverchan")
