"""The agenda of every household, as rows: who is due, what was done for it, and what went wrong.

Rows are moved on only from the revision that was read, so that whoever was overtaken, by another process or by an
answer of the household, writes nothing at all.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Final, LiteralString

import msgspec

from ledger.store.reader import Connection
from scheduler.concerns import Concern
from scheduler.household import Standing
from scheduler.jobs import Done

LONGEST_BACKOFF_MINUTES: Final = 6 * 60

ENROL: Final[LiteralString] = """
INSERT INTO clock.agenda
    (household, timezone, enrolled_at, checked_to, next_at, last_at, last_version, told_version)
SELECT h.household, 'Asia/Shanghai', greatest(%(now)s, h.recorded_at), 0, 0, 0, 0, 0
FROM headroom.head AS h
WHERE h.household NOT LIKE 'urn:%%' AND (%(households)s::text[] IS NULL OR h.household = ANY(%(households)s))
  AND NOT EXISTS (SELECT FROM clock.agenda AS a WHERE a.household = h.household)
ON CONFLICT (household) DO NOTHING
"""
CALL: Final[LiteralString] = """
UPDATE clock.agenda AS a SET next_at = -c.position
FROM unnest(%s::text[], %s::bigint[]) AS c (household, position) WHERE a.household = c.household
"""
# Who is due is found first, by the index: a planner that knows little of the agenda would begin with all households.
# Whoever has an agenda has facts, so that none of these is left out afterwards.
DUE: Final[LiteralString] = """
WITH due AS MATERIALIZED (
    SELECT household, revision, enrolled_at, checked_to, last_at, last_version, told_version, next_at
    FROM clock.agenda
    WHERE next_at <= %(now)s AND household <> ALL(%(besides)s::text[]) ORDER BY next_at LIMIT %(limit)s)
SELECT d.household, d.revision, d.enrolled_at, d.checked_to, d.last_at, d.last_version, d.told_version, d.next_at,
       h.version
FROM due AS d JOIN headroom.head AS h USING (household) ORDER BY d.next_at
"""
# Household by household, in the order of the key: asked for all at once, the table may be read from end to end.
CONCERNS: Final[LiteralString] = """
SELECT c.household, c.topic, c.light, c.value, c.told_at, c.better_since, c.acknowledged_at, c.seen_light, c.seen_value,
       c.snoozed_until
FROM unnest(%s::text[]) AS wanted (household) CROSS JOIN LATERAL (
    SELECT * FROM clock.concern AS each WHERE each.household = wanted.household ORDER BY each.topic OFFSET 0) AS c
ORDER BY c.household, c.topic
"""
MOVE_ON: Final[LiteralString] = """
UPDATE clock.agenda AS a SET
    revision = a.revision + 1, timezone = d.timezone, checked_to = d.checked_to, last_at = d.last_at,
    last_version = d.last_version, told_version = d.told_version, failures = 0, failed_at = NULL, failure = NULL,
    next_at = CASE WHEN a.next_at = d.seen_next_at THEN d.next_at ELSE a.next_at END
FROM unnest(%s::text[], %s::integer[], %s::text[], %s::bigint[], %s::bigint[], %s::integer[], %s::integer[],
            %s::bigint[], %s::bigint[])
    AS d (household, revision, timezone, checked_to, last_at, last_version, told_version, next_at, seen_next_at)
WHERE a.household = d.household AND a.revision = d.revision
"""
FAIL: Final[LiteralString] = """
UPDATE clock.agenda SET failures = failures + 1, failed_at = %(now)s, failure = %(failure)s,
    next_at = %(now)s + least(%(longest)s, (2 ^ least(failures, 20))::bigint) * 60000000
WHERE household = %(household)s
"""
RAN: Final[LiteralString] = """
INSERT INTO clock.job_run (household, job, scheduled_for, ran_at, epoch)
SELECT r.household, r.job, r.scheduled_for, %s, %s
FROM unnest(%s::text[], %s::text[], %s::bigint[]) AS r (household, job, scheduled_for)
"""
REMEMBER: Final[LiteralString] = """
INSERT INTO clock.concern AS c (household, topic, light, value, told_at, better_since, acknowledged_at, seen_light,
                                seen_value, snoozed_until)
SELECT * FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::bigint[], %s::bigint[], %s::bigint[],
                     %s::text[], %s::text[], %s::bigint[])
ON CONFLICT (household, topic) DO UPDATE SET light = excluded.light, value = excluded.value,
    told_at = excluded.told_at, better_since = excluded.better_since, acknowledged_at = excluded.acknowledged_at,
    seen_light = excluded.seen_light, seen_value = excluded.seen_value, snoozed_until = excluded.snoozed_until
"""
TOUCH: Final[LiteralString] = "UPDATE clock.agenda SET revision = revision + 1 WHERE household = %s"


class Overtaken(Exception):
    """A household was seen to by somebody else, or answered, since it was read."""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A household that is due. Shape: `version` is its latest fact, `next_at` as it was read."""

    standing: Standing
    next_at: int
    version: int


def enrol(connection: Connection, *, now: int, households: list[str] | None = None) -> int:
    """Begin an agenda for households that have none: some, or all of the book; for how many."""
    return connection.execute(ENROL, {"now": now, "households": households}).rowcount


def call(connection: Connection, positions: dict[str, int]) -> None:
    """Have households looked at at once, because of facts at these positions of the log."""
    connection.execute(CALL, (list(positions), list(positions.values())))


def due_rows(connection: Connection, *, now: int, limit: int, besides: Iterable[Row] = ()) -> list[Row]:
    """Households that are due, those called for first, besides some that are being seen to."""
    asked = {"now": now, "limit": limit, "besides": [row.standing.household for row in besides]}
    return [
        Row(
            standing=Standing(**dict(zip(Standing.__struct_fields__, row[:7], strict=True))),
            next_at=row[7],
            version=row[8],
        )
        for row in connection.execute(DUE, asked, prepare=True)
    ]


def concerns(connection: Connection, households: list[str]) -> dict[str, dict[str, Concern]]:
    """What some households were told, by household and topic."""
    found: dict[str, dict[str, Concern]] = {}
    for household, *fields in connection.execute(CONCERNS, (households,), prepare=True):
        topic, light, value, told_at, better_since, acknowledged_at, seen_light, seen_value, snoozed_until = fields
        found.setdefault(household, {})[topic] = Concern(
            topic=topic, light=light, value=value, told_at=told_at, better_since=better_since,
            acknowledged_at=acknowledged_at, seen_light=seen_light, seen_value=seen_value, snoozed_until=snoozed_until,
        )  # fmt: skip
    return found


def move_on(connection: Connection, done: Sequence[tuple[Row, Done]]) -> None:
    """Note what was done, in the transaction of its effect. Raises: Overtaken."""
    rows = [
        (one.standing.household, row.standing.revision, one.timezone, one.standing.checked_to, one.standing.last_at,
         one.standing.last_version, one.standing.told_version, one.next_at, row.next_at)
        for row, one in done
    ]  # fmt: skip
    if rows and connection.execute(MOVE_ON, _columns(rows)).rowcount != len(rows):
        raise Overtaken


def ran(connection: Connection, done: Iterable[Done], *, now: int, epoch: int) -> None:
    """Record every job that was done."""
    rows = [(run.household, run.job, run.scheduled_for) for one in done for run in one.runs]
    if rows:
        connection.execute(RAN, (now, epoch, *_columns(rows)))


def remember(connection: Connection, told: Iterable[tuple[str, Concern]]) -> None:
    """Keep what households were told and answered."""
    rows = [
        (household, one.topic, one.light, one.value, one.told_at, one.better_since, one.acknowledged_at,
         one.seen_light, one.seen_value, one.snoozed_until)
        for household, one in told
    ]  # fmt: skip
    if rows:
        connection.execute(REMEMBER, _columns(rows))


def answered(connection: Connection, household: str, told: Iterable[Concern]) -> bool:
    """Keep what a household answers; a look at it that is under way begins again. False for an unknown household."""
    with connection.transaction():
        known = connection.execute(TOUCH, (household,)).rowcount == 1
        remember(connection, [(household, one) for one in told])
    return known


def failed(connection: Connection, household: str, *, now: int, failure: str) -> None:
    """Note that looking at a household failed; it is tried again later, and nothing counts as done."""
    told = {"household": household, "now": now, "failure": failure[:500], "longest": LONGEST_BACKOFF_MINUTES}
    connection.execute(FAIL, told)


def _columns(rows: Sequence[tuple[Any, ...]]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]
