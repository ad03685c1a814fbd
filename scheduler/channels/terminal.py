"""The terminal of whoever runs the courier."""

from typing import TextIO

from scheduler.channels.outcome import SENT, Outcome, later
from scheduler.channels.parcel import Parcel, spoken


def show(parcel: Parcel, stream: TextIO) -> Outcome:
    """Write a message, without what could steer a terminal."""
    text = "".join(letter for letter in spoken(parcel.message) if letter == "\n" or letter.isprintable())
    try:
        stream.write(f"\n[{parcel.message.household}] {text}\n")
        stream.flush()
    except (OSError, ValueError):
        return later("cut")
    return SENT
