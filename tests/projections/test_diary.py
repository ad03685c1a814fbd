"""The days ahead: payments, limits that end, and names that stay when a bill moves one of them."""

from datetime import date

from projections.diary import DiaryDay, diary
from tests.build import billed, closed, drew, granted, new_terms, opened_line, temporary
from tests.projections.plans import AT, household, loan
from tests.spec import History, yuan


def ahead(history: History, *, months: int = 12) -> tuple[DiaryDay, ...]:
    return diary(history.as_of(AT).book, months=months)


def shown(history: History, *, months: int = 12) -> list[tuple[str, str, str]]:
    return [(day.kind, date.fromordinal(day.on).isoformat(), yuan(day.amount)) for day in ahead(history, months=months)]


def test_instalments_stand_on_their_days() -> None:
    history = household(*loan("car", 12_000, "0", method="equal_principal", periods=12))
    assert shown(history, months=2) == [("due", "2026-04-30", "1000.00"), ("due", "2026-05-31", "1000.00")]
    assert ahead(history)[0].loans == ("car-1",)


def test_a_bill_stands_for_the_instalment_of_its_month_under_the_same_name() -> None:
    plain = household(*loan("car", 12_000, "0", method="equal_principal", periods=12))
    told = plain.and_then(billed(1_050, AT, due_on="2026-04-25", line="car", minimum="500"))
    assert [day.key for day in ahead(plain)] == [day.key for day in ahead(told)]
    first = ahead(told)[0]
    assert (date.fromordinal(first.on).isoformat(), yuan(first.amount), first.minimum) == (
        "2026-04-25",
        "1050.00",
        50_000,
    )
    assert first.loans == ()


def test_two_loans_of_one_line_have_two_days_in_a_month() -> None:
    history = household(
        opened_line("line", daily_rate="0"),
        granted(50_000, line="line"),
        drew(1_200, "2026-03-05", line="line", loan="one", method="equal_principal", periods=12),
        drew(2_400, "2026-03-20", line="line", loan="two", method="equal_principal", periods=12),
    )
    assert [(day.on - ahead(history)[0].on, day.key) for day in ahead(history, months=1)] == [
        (0, "due/line/2026-04/1"), (15, "due/line/2026-04/2")
    ]  # fmt: skip


def test_a_temporary_limit_and_a_validity_end_on_their_last_day() -> None:
    history = household(
        opened_line("line", valid_until="2026-09-30"),
        granted(20_000, line="line"),
        temporary(5_000, AT, until="2026-05-15", line="line"),
    )
    assert shown(history) == [("temporary_limit", "2026-05-15", "5000.00"), ("validity", "2026-09-30", "20000.00")]
    renewed = history.and_then(new_terms(AT, "line", valid_until="2026-12-31"))
    assert [day.key for day in ahead(renewed)] == [day.key for day in ahead(history)]


def test_a_closed_line_has_nothing_that_ends() -> None:
    history = household(
        opened_line("line", valid_until="2026-09-30"), granted(20_000, line="line"), closed(AT, line="line")
    )
    assert shown(history) == []
