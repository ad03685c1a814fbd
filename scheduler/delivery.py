"""From the outbox to the receivers: messages are spread to channels, deliveries claimed, tried, and their end recorded.

At least once: a courier that dies between sending and recording sends again when its claim has run out, under the same
id. A claim is a lease on one delivery, longer than an attempt may take, so that two living couriers never hold the same
one; no transaction is open while something is sent.
"""

from collections.abc import Callable
from typing import Final, Literal, LiteralString

import msgspec

from ledger.store.reader import Connection
from scheduler.addressbook import stored
from scheduler.channels.address import LEFT_OUT, Address, masked
from scheduler.channels.outcome import Outcome, never
from scheduler.channels.parcel import Parcel
from scheduler.channels.wording import failing, outcome_text
from scheduler.message import Message
from scheduler.outbox import put

Send = Callable[[Parcel], Outcome]

SECOND: Final = 1_000_000
MOST_SPREAD: Final = 200
"""Messages in one transaction: a long one would hold back whoever follows the log."""

TAKE: Final[LiteralString] = """
SELECT household, dedup_key FROM clock.outbox WHERE state = 'waiting' AND not_before <= %s
ORDER BY not_before LIMIT %s FOR UPDATE SKIP LOCKED
"""
SPREAD: Final[LiteralString] = """
WITH letters AS (
    INSERT INTO clock.delivery (household, dedup_key, channel, id, due_at, created_at)
    SELECT o.household, o.dedup_key, c.name,
           left(encode(sha256(convert_to(concat_ws(chr(10), o.household, o.dedup_key, c.name), 'UTF8')), 'hex'), 24),
           %(now)s, %(now)s
    FROM unnest(%(households)s::text[], %(keys)s::text[]) AS taken (household, dedup_key)
    JOIN clock.outbox AS o USING (household, dedup_key)
    JOIN clock.channel AS c ON c.household = o.household AND strpos(c.address, %(left_out)s) = 0
    WHERE CASE WHEN o.kind = 'channel_failing' THEN c.failing_since IS NULL
               ELSE c.kinds = '{}' OR o.kind = ANY (c.kinds) END
    ON CONFLICT DO NOTHING
    RETURNING household, dedup_key
)
UPDATE clock.outbox AS o
SET state = CASE WHEN EXISTS (SELECT FROM letters AS l WHERE l.household = o.household AND l.dedup_key = o.dedup_key)
                 THEN 'spread' ELSE 'unaddressed' END
FROM unnest(%(households)s::text[], %(keys)s::text[]) AS taken (household, dedup_key)
WHERE o.household = taken.household AND o.dedup_key = taken.dedup_key
"""
CLAIM: Final[LiteralString] = """
WITH first AS (
    SELECT d.household, d.dedup_key, d.channel FROM clock.delivery AS d WHERE d.state = 'due' AND d.due_at <= %(now)s
      AND NOT EXISTS (SELECT FROM clock.channel AS k WHERE k.household = d.household AND k.name = d.channel
                      AND strpos(k.address, %(left_out)s) > 0)
    ORDER BY d.due_at LIMIT 1 FOR UPDATE OF d SKIP LOCKED
), mine AS (
    UPDATE clock.delivery AS d
    SET due_at = %(until)s, tried_at = %(now)s, attempts = attempts + 1, claims = claims + 1
    FROM first WHERE d.household = first.household AND d.dedup_key = first.dedup_key AND d.channel = first.channel
    RETURNING d.*
)
SELECT m.id, m.channel, m.attempts, m.claims, c.kind, c.address,
       o.household, o.dedup_key, o.kind, o.language, o.subject, o.text, o.html, o.facts, o.not_before, o.created_at
FROM mine AS m JOIN clock.outbox AS o USING (household, dedup_key)
LEFT JOIN clock.channel AS c ON c.household = m.household AND c.name = m.channel
"""
"""What is due through a channel without its keys stays due, and is no attempt, until the address is set again."""
END: Final[LiteralString] = """
UPDATE clock.delivery SET state = %(state)s, outcome = %(outcome)s, detail = %(detail)s, ended_at = %(now)s
WHERE household = %(household)s AND dedup_key = %(key)s AND channel = %(channel)s
  AND state = 'due' AND (claims = %(claims)s OR %(state)s = 'sent')
"""
"""Whoever lost its claim may still say that the message arrived: that spares the receiver a repetition."""
AGAIN: Final[LiteralString] = """
UPDATE clock.delivery SET due_at = %(due_at)s, outcome = %(outcome)s, detail = %(detail)s
WHERE household = %(household)s AND dedup_key = %(key)s AND channel = %(channel)s
  AND state = 'due' AND claims = %(claims)s
"""
WORKS: Final[LiteralString] = """
UPDATE clock.channel SET failing_since = NULL WHERE household = %s AND name = %s AND failing_since IS NOT NULL
"""
FAILS: Final[LiteralString] = """
UPDATE clock.channel SET failing_since = %s WHERE household = %s AND name = %s AND failing_since IS NULL
"""


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """How patient a courier is. By default it tries for about a day and a half.

    Shape: after `alarm_attempts` the household is told through its other channels that this one does not work.
    """

    send_seconds: float = 30.0
    lease_seconds: float = 120.0
    first_wait_seconds: float = 30.0
    longest_wait_seconds: float = 6 * 3600.0
    most_attempts: int = 15
    alarm_attempts: int = 5

    def wait(self, attempts: int, *, chance: float, asked_seconds: int | None) -> int:
        """How long to wait after so many attempts, doubling, spread by chance so that not all come back together.

        Units: microseconds; `chance` is from 0 up to 1.
        """
        doubled = min(self.first_wait_seconds * 2.0 ** min(attempts - 1, 60), self.longest_wait_seconds)
        return int(max(doubled * (0.5 + chance / 2), asked_seconds or 0) * SECOND)


class Claimed(msgspec.Struct, frozen=True, kw_only=True):
    """One delivery that is ours until the lease runs out. Shape: `address` is None when the channel was removed."""

    id: str
    channel: str
    attempts: int
    claims: int
    address: Address | None
    message: Message


class Tried(msgspec.Struct, frozen=True, kw_only=True):
    """One attempt, as logs and counts may know it: ids and codes, no texts and no address."""

    id: str
    household: str
    channel: str
    kind: str
    attempts: int
    state: Literal["due", "sent", "dead"]
    outcome: str
    detail: str


def spread(connection: Connection, *, now: int) -> int:
    """Make a delivery for every channel that wants what may be sent by now; how many messages were looked at."""
    with connection.transaction():
        taken = connection.execute(TAKE, (now, MOST_SPREAD)).fetchall()
        if taken:
            households, keys = zip(*taken, strict=True)
            given = {"now": now, "households": list(households), "keys": list(keys), "left_out": LEFT_OUT}
            connection.execute(SPREAD, given)
    return len(taken)


def claim(connection: Connection, *, now: int, rules: Rules) -> Claimed | None:
    """Take the delivery that has been due longest; None when nothing is due."""
    until = now + int(rules.lease_seconds * SECOND)
    row = connection.execute(CLAIM, {"now": now, "until": until, "left_out": LEFT_OUT}).fetchone()
    if row is None:
        return None
    told = dict(zip(Message.__struct_fields__, row[6:], strict=True))
    return Claimed(
        id=row[0],
        channel=row[1],
        attempts=row[2],
        claims=row[3],
        address=stored(row[4], row[5]) if row[4] else None,
        message=Message(**told | {"facts": tuple(told["facts"])}),
    )


def deliver_next(
    connection: Connection, *, send: Send, clock: Callable[[], int], chance: Callable[[], float], rules: Rules
) -> Tried | None:
    """Try one delivery and record how that ended; None when nothing is due. `chance` gives numbers from 0 up to 1."""
    claimed = claim(connection, now=clock(), rules=rules)
    if claimed is None:
        return None
    outcome = _attempt(claimed, send=send, now=clock(), rules=rules)
    return record(connection, claimed, outcome, now=clock(), chance=chance(), rules=rules)


def _attempt(claimed: Claimed, *, send: Send, now: int, rules: Rules) -> Outcome:
    if claimed.address is None:
        return never("removed")
    if claimed.attempts > rules.most_attempts:
        return never("gave_up")
    return send(
        Parcel(id=claimed.id, address=claimed.address, message=claimed.message, now=now, seconds=rules.send_seconds)
    )


def record(
    connection: Connection, claimed: Claimed, outcome: Outcome, *, now: int, chance: float, rules: Rules
) -> Tried:
    """Record how an attempt ended, and in the same transaction tell the household of a channel that does not work."""
    ended: Literal["due", "sent", "dead"] = "due"
    if outcome.state == "sent":
        ended = "sent"
    elif outcome.state == "never" or claimed.attempts >= rules.most_attempts:
        ended = "dead"
    wait = rules.wait(claimed.attempts, chance=chance, asked_seconds=outcome.after_seconds)
    message = claimed.message
    given = {
        "household": message.household, "key": message.dedup_key, "channel": claimed.channel, "claims": claimed.claims,
        "state": ended, "outcome": outcome.code, "detail": outcome.detail, "now": now, "due_at": now + wait,
    }  # fmt: skip
    with connection.transaction():
        ours = connection.execute(AGAIN if ended == "due" else END, given).rowcount == 1
        if ours and ended == "sent":
            connection.execute(WORKS, (message.household, claimed.channel))
        elif ours and (ended == "dead" or claimed.attempts >= rules.alarm_attempts):
            _report(connection, claimed, outcome, now=now)
    return Tried(
        id=claimed.id,
        household=message.household,
        channel=claimed.channel,
        kind=claimed.address.kind if claimed.address else "",
        attempts=claimed.attempts,
        state=ended,
        outcome=outcome.code,
        detail=outcome.detail,
    )


def _report(connection: Connection, claimed: Claimed, outcome: Outcome, *, now: int) -> None:
    """Tell a household once, through its other channels, that this one began to fail."""
    message = claimed.message
    if claimed.address is None or not connection.execute(FAILS, (now, message.household, claimed.channel)).rowcount:
        return
    put(
        connection,
        failing(
            household=message.household,
            name=claimed.channel,
            address=masked(claimed.address),
            reason=outcome_text(outcome.code, outcome.detail, language=message.language),
            language=message.language,
            since=now,
        ),
    )


def deliver_due(
    connection: Connection,
    *,
    send: Send,
    clock: Callable[[], int],
    chance: Callable[[], float],
    rules: Rules,
    told: Callable[[Tried], None],
    go_on: Callable[[], bool] = lambda: True,
) -> int:
    """Spread and try everything that is due, one at a time, until nothing is; how many attempts that took."""
    attempts = 0
    while go_on():
        spreading = spread(connection, now=clock())
        tried = deliver_next(connection, send=send, clock=clock, chance=chance, rules=rules)
        if tried is not None:
            attempts += 1
            told(tried)
        elif not spreading:
            break
    return attempts
