"""Days and instants where calendars are awkward: clock changes, month ends, the calendar's own ends."""

from datetime import UTC, date, timedelta
from zoneinfo import ZoneInfo

import pytest

from ledger.calendar import DAY, SECOND, Zone, add_months, microseconds, moment, parse_when, zone
from tests.build import drew, fact, granted, opened_line, repaid, temporary
from tests.spec import given, yuan

HOUR = 3600 * SECOND


def on(text: str) -> int:
    return date.fromisoformat(text).toordinal()


def instant(text: str) -> int:
    read = parse_when(text)
    assert isinstance(read, int)
    return read


# Days of a zone


def test_a_day_on_which_clocks_go_forward_has_23_hours_and_on_which_they_go_back_25() -> None:
    berlin = zone("Europe/Berlin")
    assert berlin.start(on("2026-03-30")) - berlin.start(on("2026-03-29")) == DAY - HOUR
    assert berlin.start(on("2026-10-26")) - berlin.start(on("2026-10-25")) == DAY + HOUR


def test_a_day_whose_midnight_is_left_out_begins_when_the_clocks_have_gone_forward() -> None:
    assert zone("Africa/Cairo").start(on("2026-04-24")) == instant("2026-04-24T01:00:00+03:00")


@pytest.mark.parametrize("name", ["Asia/Shanghai", "Europe/Berlin", "America/New_York", "Pacific/Apia"])
def test_an_instant_lies_in_the_day_that_begins_at_or_before_it(name: str) -> None:
    there: Zone = zone(name)
    for day in range(on("2026-01-01"), on("2027-01-01")):
        assert there.day(there.start(day)) == day
        assert there.day(there.start(day) - 1) == day - 1


def test_days_later_is_the_same_local_time_across_a_clock_change() -> None:
    berlin = zone("Europe/Berlin")
    assert berlin.text(berlin.later(instant("2026-03-28T10:00:00+01:00"), 2)) == "2026-03-30T10:00:00+02:00"


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("Asia/Shanghai", "2026-03-05"),
        ("Europe/Berlin", "2026-03-29"),
        ("Europe/Berlin", "2026-10-25"),
        ("America/New_York", "2026-11-01"),
        ("Australia/Lord_Howe", "2026-04-05"),
        ("America/Santiago", "2026-04-05"),
        ("Pacific/Apia", "2011-12-30"),
    ],
)
def test_days_later_clocks_show_the_same_and_of_two_such_instants_it_is_the_first(name: str, day: str) -> None:
    there, info = zone(name), ZoneInfo(name)
    around = there.start(on(day))
    for when in range(around - 4 * DAY, around + 4 * DAY, 10 * 60 * SECOND):
        for days in (1, 2, 3):
            shown = moment(when).astimezone(info).replace(tzinfo=None) + timedelta(days=days)
            assert there.later(when, days) == microseconds(shown.replace(tzinfo=info).astimezone(UTC))


@pytest.mark.parametrize(
    ("name", "shown", "instant"),
    [
        ("Asia/Shanghai", "2026-06-11T21:40", "2026-06-11T21:40:00+08:00"),
        ("Asia/Shanghai", "2026-06-11 21:40:07.25", "2026-06-11T21:40:07.250000+08:00"),
        ("Europe/Berlin", "2026-03-29T01:59:59", "2026-03-29T01:59:59+01:00"),
        ("Europe/Berlin", "2026-03-29T02:00", "2026-03-29T03:00:00+02:00"),
        ("Europe/Berlin", "2026-03-29T02:59", "2026-03-29T03:59:00+02:00"),
        ("Europe/Berlin", "2026-10-25T02:30", "2026-10-25T02:30:00+02:00"),
        ("Europe/Berlin", "2026-10-25T03:00", "2026-10-25T03:00:00+01:00"),
        ("Pacific/Apia", "2011-12-30T12:00", "2011-12-31T12:00:00+14:00"),
    ],
)
def test_what_clocks_show_is_an_instant_also_where_they_skip_it_or_show_it_twice(
    name: str, shown: str, instant: str
) -> None:
    assert zone(name).text(zone(name).shown(shown)) == instant


@pytest.mark.parametrize(
    "text", ["2026-06-11", "2026-06-11T21:40+08:00", "2026-06-11T21:40Z", "21:40", "1500-01-01T00:00"]
)
def test_what_has_an_offset_or_no_time_of_day_is_not_shown_by_a_clock(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        zone("Asia/Shanghai").shown(text)


def test_a_hold_falls_at_the_same_local_time_though_the_clocks_changed() -> None:
    history = given(
        fact("HouseholdOpened", "2026-01-01", timezone="Europe/Berlin"),
        opened_line(restoration="t_plus_n", restoration_days=2),
        granted(5000),
        drew(1000, "2026-02-01"),
        repaid(600, "2026-03-28T10:00:00+01:00"),
    )
    assert yuan(history.as_of("2026-03-30T09:59:59+02:00").line().held) == "600.00"
    assert yuan(history.as_of("2026-03-30T10:00:00+02:00").line().held) == "0.00"


def test_a_bare_date_is_a_day_of_the_households_own_zone() -> None:
    there = given(
        fact("HouseholdOpened", "2026-01-01", timezone="America/New_York"), opened_line(), granted(5000, "2026-02-01")
    )
    assert there.as_of("2026-02-01T04:59:59Z").book.lines["jiebei"].limit == 0
    assert yuan(there.as_of("2026-02-01T05:00:00Z").line().limit) == "5000.00"


# Month ends


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2028-01-31", 1, "2028-02-29"),
        ("2026-03-31", -1, "2026-02-28"),
        ("2026-12-15", 1, "2027-01-15"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2026-08-31", 6, "2027-02-28"),
        ("9999-12-31", 1, "9999-12-31"),
    ],
)
def test_the_same_day_of_another_month_is_its_last_where_it_has_no_such_day(day: str, months: int, then: str) -> None:
    assert date.fromordinal(add_months(on(day), months)).isoformat() == then


# The calendar's own ends


def test_what_holds_for_ever_is_written_with_the_last_day_there_is() -> None:
    for end in ("9999-12-31", "9999-12-31T23:59:59+08:00", "9999-12-31T23:59:59Z"):
        asked = given(
            opened_line(valid_until=end), granted(5000), temporary(100, "2026-01-02", until=end)
        ).as_of("9999-12-30")  # fmt: skip
        assert (asked.line().status, yuan(asked.line().available)) == ("open", "5100.00")


def test_a_question_about_the_last_day_there_is_has_an_answer() -> None:
    asked = given(opened_line(daily_rate="0.0004"), granted(5000), drew(100, "2026-02-01")).as_of("9999-12-31")
    assert asked.told()["debt"]["due_30_days"] == "0.00"
    assert asked.told()["at"] == "9999-12-31T23:59:59.999999+08:00"


@pytest.mark.parametrize("early", ["0001-01-01", "1582-12-31", "0001-01-01T00:00:00+08:00"])
def test_a_year_before_the_calendar_cannot_be_read(early: str) -> None:
    with pytest.raises(ValueError, match="1583"):
        parse_when(early)
