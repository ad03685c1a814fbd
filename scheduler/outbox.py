"""The outbox: what a household is to be told, written in the transaction of what it tells."""

from typing import Final, LiteralString

import msgspec

from ledger.store.reader import Connection
from scheduler.message import Message

PUT: Final[LiteralString] = """
INSERT INTO clock.outbox
    (household, dedup_key, kind, language, subject, text, html, facts, not_before, created_at)
VALUES (%(household)s, %(dedup_key)s, %(kind)s, %(language)s, %(subject)s, %(text)s, %(html)s, %(facts)s,
        %(not_before)s, %(created_at)s)
ON CONFLICT (household, dedup_key) DO NOTHING
"""


def put(connection: Connection, message: Message) -> bool:
    """Write a message in the caller's transaction; False when the household was told the same before."""
    given = msgspec.structs.asdict(message) | {"facts": list(message.facts)}
    return connection.execute(PUT, given).rowcount == 1
