"""A message to a household, as it goes into the outbox: written once, whatever channels carry it."""

from typing import Literal

import msgspec


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """One message. Shape: of a household's messages with the same `dedup_key` only the first is kept; `facts` are ids.

    Units: `not_before` and `created_at` in microseconds since the epoch.
    """

    household: str
    dedup_key: str
    kind: str
    language: Literal["en", "zh"]
    subject: str
    text: str
    html: str
    facts: tuple[str, ...]
    not_before: int
    created_at: int
