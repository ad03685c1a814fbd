"""What was told: one row for each notice, kept for good."""

from typing import Final, LiteralString

import msgspec

from ledger.store.reader import Connection
from scheduler import outbox
from scheduler.notices import Notice

KEEP: Final[LiteralString] = """
INSERT INTO clock.notice (household, dedup_key, kind, language, subject, topics, facts, at, told_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (household, dedup_key) DO NOTHING
"""
LATEST: Final[LiteralString] = """
SELECT kind, at, told_at, subject, facts FROM clock.notice WHERE household = %s ORDER BY told_at DESC, at DESC LIMIT %s
"""


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """A notice that was told. Units: instants in microseconds since the epoch."""

    kind: str
    at: int
    told_at: int
    subject: str
    facts: tuple[str, ...]


def tell(connection: Connection, notice: Notice) -> bool:
    """Put a notice into the outbox, in the caller's transaction; False when the same was told before."""
    message = notice.message
    if not outbox.put(connection, message):
        return False
    row = (message.household, message.dedup_key, message.kind, message.language, message.subject)
    connection.execute(KEEP, (*row, list(notice.topics), list(message.facts), notice.at, message.created_at))
    return True


def latest(connection: Connection, household: str, *, limit: int) -> list[Told]:
    """The latest notices to a household, the newest first."""
    return [
        Told(kind=kind, at=at, told_at=told_at, subject=subject, facts=tuple(facts))
        for kind, at, told_at, subject, facts in connection.execute(LATEST, (household, limit))
    ]
