"""What became of each message: on its way, sent, or a dead letter that can be brought back."""

from typing import Any, Final, Literal, LiteralString

import msgspec

from ledger.store.reader import Connection
from scheduler.addressbook import stored
from scheduler.channels.address import LEFT_OUT, masked

LETTERS: Final[LiteralString] = """
SELECT coalesce(d.id, ''), o.household, o.dedup_key, o.kind, o.subject, coalesce(d.channel, ''), c.kind, c.address,
       CASE WHEN d.id IS NULL AND o.state = 'spread' THEN 'dropped' ELSE coalesce(d.state, o.state) END,
       coalesce(d.attempts, 0), o.created_at,
       CASE WHEN d.id IS NULL THEN o.not_before WHEN d.state = 'due' THEN d.due_at END,
       d.tried_at, d.ended_at, coalesce(d.outcome, ''), coalesce(d.detail, '')
FROM clock.outbox AS o
LEFT JOIN clock.delivery AS d ON d.household = o.household AND d.dedup_key = o.dedup_key
LEFT JOIN clock.channel AS c ON c.household = o.household AND c.name = d.channel
WHERE (%(household)s::text IS NULL OR o.household = %(household)s) AND (NOT %(dead)s OR d.state = 'dead')
ORDER BY o.created_at DESC, o.household, o.dedup_key, d.channel LIMIT %(most)s
"""
PENDING: Final[LiteralString] = """
SELECT count(*) FROM (
    SELECT household, dedup_key FROM clock.outbox WHERE state = 'waiting'
    UNION SELECT household, dedup_key FROM clock.delivery WHERE state = 'due') AS message
"""
BRING_BACK: Final[LiteralString] = """
UPDATE clock.delivery AS d SET state = 'due', due_at = %(now)s, attempts = 0, ended_at = NULL
WHERE d.id = %(id)s AND d.state = 'dead'
  AND EXISTS (SELECT FROM clock.channel AS c WHERE c.household = d.household AND c.name = d.channel
              AND strpos(c.address, %(left_out)s) = 0)
"""
DROP: Final[LiteralString] = """
WITH letters AS (
    UPDATE clock.delivery SET state = 'dead', outcome = 'dropped', detail = NULL, ended_at = %(now)s
    WHERE state = 'due' AND (%(household)s::text IS NULL OR household = %(household)s)
    RETURNING household, dedup_key
), messages AS (
    UPDATE clock.outbox SET state = 'spread'
    WHERE state = 'waiting' AND (%(household)s::text IS NULL OR household = %(household)s)
    RETURNING household, dedup_key
)
SELECT count(*) FROM (SELECT * FROM letters UNION SELECT * FROM messages) AS dropped
"""
"""What was spread already becomes dead letters, which can be brought back; the rest counts as spread to no channel.

What no channel wanted stays: it is not on its way, and nobody was sent it.
"""
WHAT_HINDERS: Final[LiteralString] = """
SELECT d.state, c.name IS NOT NULL FROM clock.delivery AS d
LEFT JOIN clock.channel AS c ON c.household = d.household AND c.name = d.channel WHERE d.id = %s
"""

Fate = Literal["brought_back", "unknown", "not_dead", "no_channel", "no_keys"]


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """One message on its way through one channel.

    Shape: `state` is waiting, unaddressed, dropped (these without a channel), due, sent or dead; `address` shows no
    secrets; `outcome` is that of the latest attempt, but for what is due where keys are missing: that hinders it now.
    Units: instants in microseconds since the epoch.
    """

    id: str
    household: str
    dedup_key: str
    kind: str
    subject: str
    channel: str
    address: str
    state: str
    attempts: int
    created_at: int
    due_at: int | None
    tried_at: int | None
    ended_at: int | None
    outcome: str
    detail: str


def letters(connection: Connection, *, household: str | None, dead: bool, most: int) -> list[Letter]:
    """The latest letters of one household, or of all; only the dead ones if so wished."""
    found = connection.execute(LETTERS, {"household": household, "dead": dead, "most": most}).fetchall()
    return [_letter(row) for row in found]


def _letter(row: tuple[Any, ...]) -> Letter:
    before, kind, text, after = row[:6], row[6], row[7], row[8:]
    address = stored(kind, text) if kind else None
    shown = masked(address) if address else ""
    letter = Letter(**dict(zip(Letter.__struct_fields__, (*before, shown, *after), strict=True)))
    if letter.state == "due" and address is not None and not address.whole:
        return msgspec.structs.replace(letter, outcome="no_keys", detail="")
    return letter


def pending(connection: Connection) -> int:
    """How many messages are on their way: not yet spread to channels, or not yet sent through one."""
    found = connection.execute(PENDING).fetchone()
    assert found is not None
    return int(found[0])


def drop(connection: Connection, *, household: str | None, now: int) -> int:
    """Send nothing of what waits, of one household or of all; how many messages that are."""
    found = connection.execute(DROP, {"household": household, "now": now}).fetchone()
    assert found is not None
    return int(found[0])


def bring_back(connection: Connection, letter: str, *, now: int) -> Fate:
    """Let a dead letter be tried again from the beginning, under the same id."""
    if connection.execute(BRING_BACK, {"id": letter, "now": now, "left_out": LEFT_OUT}).rowcount:
        return "brought_back"
    found = connection.execute(WHAT_HINDERS, (letter,)).fetchone()
    if found is None:
        return "unknown"
    state, has_channel = found
    if state != "dead":
        return "not_dead"
    return "no_keys" if has_channel else "no_channel"
