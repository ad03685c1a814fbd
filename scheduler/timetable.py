"""Which checks are due for a household, and when: pure, in its own time zone, whatever its clocks do.

A period is a local day, week or month, and each has one instant at which it is due. What is due at the same instant
is looked at together.
"""

from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from typing import Final, Literal, TypeAlias

import msgspec

from ledger.calendar import DAY, SECOND, Zone

Job: TypeAlias = Literal["first", "daily", "weekly", "monthly", "due", "change"]
MINUTE: Final = 8 * 60
"""The local minute of the day at which checks are due: before the banks open."""
MINUTES: Final = 60 * SECOND
MONDAY: Final = 1


class Due(msgspec.Struct, frozen=True):
    """What is due at an instant. Units: `at` in microseconds since the epoch; `day` a local day as an ordinal."""

    at: int
    day: int
    jobs: tuple[Job, ...]


def due(zone: Zone, *, after: int, until: int) -> Iterator[Due]:
    """What is due in the window (after, until], in order."""
    found = next_due(zone, after=after)
    while found.at <= until:
        yield found
        found = next_due(zone, after=found.at)


@lru_cache(maxsize=1_024)
def next_due(zone: Zone, *, after: int) -> Due:
    """What is due first after an instant; most households are asked about after the same.

    Shape: a local day that a zone left out, as some did when they crossed the date line, is no period.
    """
    day = zone.day(after)
    while True:
        at = zone.moment_of(day, MINUTE)
        if at > after and zone.day(at) == day:
            return Due(at, day, _jobs(day))
        day += 1


def checked_day(zone: Zone, at: int) -> int:
    """The latest local day whose check was due by an instant."""
    day = zone.day(at)
    return day if zone.moment_of(day, MINUTE) <= at else day - 1


def _jobs(day: int) -> tuple[Job, ...]:
    """The periods that are looked at on a day: itself, the week that is over, the month that is over."""
    on = date.fromordinal(day)
    jobs: list[Job] = ["daily"]
    if on.isoweekday() == MONDAY:
        jobs.append("weekly")
    if on.day == 1:
        jobs.append("monthly")
    return tuple(jobs)


def quiet_until(zone: Zone, at: int, quiet: tuple[int, int] | None) -> int:
    """When a household that is not to be disturbed at an instant may be: the instant itself outside its quiet hours.

    Shape: `quiet` is from and until, in minutes of the local day, as its clocks show them; it may run over midnight.
    """
    if quiet is None or quiet[0] == quiet[1]:
        return at
    begins, ends = quiet
    passed = (at + zone.offset(at)) % DAY
    minute = passed // MINUTES
    if not (begins <= minute < ends if begins < ends else minute >= begins or minute < ends):
        return at
    end = zone.moment_of(zone.day(at) + (minute >= ends), ends)
    return end if end > at else at + ends * MINUTES - passed  # a clock that was set back shows the end twice
