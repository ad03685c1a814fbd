"""What is handed to a channel: a message, where it goes, and the id by which the receiver can tell a repetition."""

import msgspec

from scheduler.channels.address import Address
from scheduler.message import Message


class Parcel(msgspec.Struct, frozen=True, kw_only=True):
    """One message for one address.

    Shape: `id` is the same for every attempt. Units: `now` in microseconds since the epoch, `seconds` is how long the
    attempt may take.
    """

    id: str
    address: Address
    message: Message
    now: int
    seconds: float


def shortened(text: str, *, most_bytes: int) -> str:
    """A text cut to what a receiver accepts, at a whole character, with a sign that it was cut."""
    if len(text.encode()) <= most_bytes:
        return text
    return text.encode()[: most_bytes - len("…".encode())].decode(errors="ignore") + "…"


def spoken(message: Message) -> str:
    """Subject and text as one text, for receivers that know no subject."""
    return f"{message.subject}\n\n{message.text}"
