"""The timetable: one instant a period, in any zone, and quiet hours that run over midnight."""

from datetime import date
from zoneinfo import available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.calendar import DAY, parse_when, zone
from scheduler.timetable import checked_day, due, next_due, quiet_until
from tests.scheduler.clockwork import HOUR, SHANGHAI, instant

ZONES = sorted(name for name in available_timezones() if "/" in name and not name.startswith(("posix", "right", "Etc")))


@given(st.sampled_from(ZONES), st.integers(0, 2_000_000_000), st.integers(1, 40))
def test_windows_side_by_side_give_what_one_window_gives(name: str, second: int, days: int) -> None:
    kept, start = zone(name), second * 1_000_000
    middle, end = start + days * DAY // 3, start + days * DAY
    assert [*due(kept, after=start, until=middle), *due(kept, after=middle, until=end)] == list(
        due(kept, after=start, until=end)
    )


@given(st.sampled_from(ZONES), st.integers(0, 2_000_000_000))
def test_what_is_next_is_on_the_next_local_day_that_exists(name: str, second: int) -> None:
    kept = zone(name)
    first = next_due(kept, after=second * 1_000_000)
    second_one = next_due(kept, after=first.at)
    assert first.at > second * 1_000_000
    assert kept.day(first.at) == first.day
    assert second_one.day - first.day in (1, 2)
    assert second_one.at - first.at <= 2 * DAY


@pytest.mark.parametrize(("time", "day"), [("07:59:59", "2026-04-30"), ("08:00:00", "2026-05-01")])
def test_a_day_counts_as_checked_from_eight_in_the_morning(time: str, day: str) -> None:
    assert date.fromordinal(checked_day(SHANGHAI, instant(f"2026-05-01T{time}"))).isoformat() == day


def test_a_day_that_samoa_left_out_is_no_period() -> None:
    apia = zone("Pacific/Apia")
    days = [date.fromordinal(one.day).isoformat() for one in due(
        apia, after=apia.at("2011-12-29"), until=apia.at("2012-01-01"))]  # fmt: skip
    assert days == ["2011-12-29", "2011-12-31"]


@pytest.mark.parametrize(
    ("at", "until"),
    [
        ("2026-05-01T21:59:59", "2026-05-01T21:59:59"),
        ("2026-05-01T22:00:00", "2026-05-02T07:00:00"),
        ("2026-05-02T06:59:59", "2026-05-02T07:00:00"),
        ("2026-05-02T07:00:00", "2026-05-02T07:00:00"),
    ],
)
def test_quiet_hours_run_over_midnight(at: str, until: str) -> None:
    assert quiet_until(SHANGHAI, instant(at), (22 * 60, 7 * 60)) == instant(until)


@pytest.mark.parametrize(
    ("at", "until"), [("10:59:59", "10:59:59"), ("11:00:00", "13:00:00"), ("12:59:59", "13:00:00"),
                      ("13:00:00", "13:00:00")]
)  # fmt: skip
def test_quiet_hours_inside_a_day_end_with_their_last_minute(at: str, until: str) -> None:
    found = quiet_until(SHANGHAI, instant(f"2026-05-01T{at}"), (11 * 60, 13 * 60))
    assert found == instant(f"2026-05-01T{until}")


def test_quiet_hours_inside_a_day_and_none_at_all() -> None:
    noon = instant("2026-05-01T12:00:00")
    assert quiet_until(SHANGHAI, noon, (11 * 60, 13 * 60)) == noon + HOUR
    assert quiet_until(SHANGHAI, noon, (13 * 60, 14 * 60)) == noon
    assert quiet_until(SHANGHAI, noon, None) == noon


@pytest.mark.parametrize(
    ("quiet", "at", "until"),
    [
        (("22:00", "07:00"), "2026-03-28T23:30:00+01:00", "2026-03-29T07:00:00+02:00"),
        (("22:00", "07:00"), "2026-03-29T06:59:59+02:00", "2026-03-29T07:00:00+02:00"),
        (("22:00", "07:00"), "2026-10-25T00:30:00+02:00", "2026-10-25T07:00:00+01:00"),
        (("02:30", "07:00"), "2026-03-29T03:10:00+02:00", "2026-03-29T07:00:00+02:00"),
        (("02:30", "07:00"), "2026-03-29T01:59:59+01:00", "2026-03-29T01:59:59+01:00"),
        (("22:00", "02:30"), "2026-03-29T03:10:00+02:00", "2026-03-29T03:10:00+02:00"),
        (("22:00", "02:30"), "2026-10-25T02:15:30+02:00", "2026-10-25T02:30:00+02:00"),
        (("22:00", "02:30"), "2026-10-25T02:45:00+02:00", "2026-10-25T02:45:00+02:00"),
        (("22:00", "02:30"), "2026-10-25T02:15:30+01:00", "2026-10-25T02:30:00+01:00"),
        (("22:00", "02:30"), "2026-10-25T02:30:00+01:00", "2026-10-25T02:30:00+01:00"),
    ],
)
def test_nobody_is_disturbed_while_the_clocks_show_quiet_hours_also_when_they_are_changed(
    quiet: tuple[str, str], at: str, until: str
) -> None:
    """In Berlin 02:00-03:00 is left out on 29 March 2026, and shown twice on 25 October."""
    berlin = zone("Europe/Berlin")
    begins, ends = (int(one[:2]) * 60 + int(one[3:]) for one in quiet)
    assert quiet_until(berlin, berlin.at(parse_when(at)), (begins, ends)) == berlin.at(parse_when(until))


def test_quiet_hours_of_no_length_are_none() -> None:
    noon = instant("2026-05-01T12:00:00")
    assert quiet_until(SHANGHAI, noon, (12 * 60, 12 * 60)) == noon
