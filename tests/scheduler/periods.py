"""What must have run: one of each period for each local day, Monday and first of the month, at eight, and no other."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from tests.scheduler.clockwork import Clockwork


def local(at: int, zone: str) -> datetime:
    """An instant as the clocks of a zone show it."""
    return datetime.fromtimestamp(at / 1_000_000, UTC).astimezone(ZoneInfo(zone))


def each_period_ran_once(clock: Clockwork, household: str, zone: str, *, since: int, until: int) -> int:
    """Assert it of a household between two instants; how many days there were."""
    rows = clock.rows("SELECT job, scheduled_for, ran_at FROM clock.job_run WHERE household = %s", household)
    assert all(ran_at >= at for job, at, ran_at in rows if job != "change")
    first, last = local(since, zone), local(until, zone)
    begun = first.date() + timedelta(days=first.hour >= 8)
    ended = last.date() - timedelta(days=last.hour < 8)
    days = [begun + timedelta(days=n) for n in range((ended - begun).days + 1)]
    _once([local(at, zone) for job, at, _ in rows if job == "daily"], days)
    _once([local(at, zone) for job, at, _ in rows if job == "weekly"], [day for day in days if day.isoweekday() == 1])
    _once([local(at, zone) for job, at, _ in rows if job == "monthly"], [day for day in days if day.day == 1])
    return len(days)


def _once(ran: list[datetime], days: list[date]) -> None:
    assert {(one.hour, one.minute) for one in ran} <= {(8, 0)}
    assert Counter(one.date() for one in ran) == Counter(days)
