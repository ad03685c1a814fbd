"""What ran, what is next and what was missed: rows of what ran, compared with the timetable."""

from collections.abc import Iterable
from typing import Final, LiteralString

import msgspec

from ledger.calendar import DAY, Zone
from ledger.store.reader import Connection
from scheduler.timetable import Due, due, next_due

SHOWN: Final = 12
LOOKED_BACK: Final = 400 * DAY
LATE_AFTER: Final = DAY // 24

AGENDA: Final[LiteralString] = """
SELECT enrolled_at, failure FROM clock.agenda WHERE household = %s
"""
RAN: Final[LiteralString] = """
SELECT job, scheduled_for, ran_at FROM clock.job_run WHERE household = %s AND scheduled_for > %s
ORDER BY scheduled_for DESC, job
"""
WHOLE: Final[LiteralString] = """
SELECT count(*), count(*) FILTER (WHERE next_at <= %(now)s), min(next_at) FILTER (WHERE next_at > 0),
       count(*) FILTER (WHERE failures > 0), min(household) FILTER (WHERE failures > 0)
FROM clock.agenda
"""


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """A job and the instant it is due, with when it ran if it did. Units: microseconds since the epoch."""

    job: str
    scheduled_for: int
    ran_at: int | None = None

    @property
    def late(self) -> bool:
        """Whether it ran long after it was due."""
        return self.ran_at is not None and self.ran_at - self.scheduled_for > LATE_AFTER


class Schedule(msgspec.Struct, frozen=True, kw_only=True):
    """A household's schedule.

    Shape: `enrolled_at` is None for one the clock never met; `ran` the newest first; `failure` is what the latest look
    failed with, if it did.
    """

    enrolled_at: int | None
    ran: tuple[Job, ...]
    missed: tuple[Job, ...]
    next: tuple[Job, ...]
    failure: str | None


class Whole(msgspec.Struct, frozen=True, kw_only=True):
    """The schedule of all households. Units: `next_at` in microseconds since the epoch."""

    households: int
    due: int
    next_at: int | None
    failed: int
    first_failed: str | None


def schedule(connection: Connection, household: str, *, zone: Zone, now: int) -> Schedule:
    """What ran for a household, is next, and was missed since the clock met it."""
    found = connection.execute(AGENDA, (household,)).fetchone()
    if found is None:
        return Schedule(enrolled_at=None, ran=(), missed=(), next=_ahead(zone, now), failure=None)
    enrolled_at, failure = found
    since = max(enrolled_at, now - LOOKED_BACK)
    rows = connection.execute(RAN, (household, since - 1)).fetchall()
    ran = [Job(job=job, scheduled_for=at, ran_at=ran_at) for job, at, ran_at in rows]
    done = {(one.job, one.scheduled_for) for one in ran}
    wanted = _jobs(due(zone, after=since, until=now))
    return Schedule(
        enrolled_at=enrolled_at,
        ran=tuple(ran[:SHOWN]),
        missed=tuple(one for one in wanted if (one.job, one.scheduled_for) not in done),
        next=_ahead(zone, now),
        failure=failure,
    )


def whole(connection: Connection, *, now: int) -> Whole:
    """How all households stand with the clock."""
    row = connection.execute(WHOLE, {"now": now}).fetchone()
    assert row is not None
    return Whole(**dict(zip(Whole.__struct_fields__, row, strict=True)))


def _jobs(periods: Iterable[Due]) -> list[Job]:
    return [job for period in periods for job in _of(period)]


def _of(period: Due) -> list[Job]:
    return [Job(job=job, scheduled_for=period.at) for job in period.jobs]


def _ahead(kept: Zone, now: int) -> tuple[Job, ...]:
    """The next of each kind of period, in order."""
    found: dict[str, Job] = {}
    period = next_due(kept, after=now)
    while len(found) < 3:
        for one in _of(period):
            found.setdefault(one.job, one)
        period = next_due(kept, after=period.at)
    return tuple(sorted(found.values(), key=lambda one: (one.scheduled_for, one.job)))
