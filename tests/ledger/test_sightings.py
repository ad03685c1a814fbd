"""What one sighting after another tells of limit, drawn and holds. Source: domain.md section 3, "An observation"."""

from typing import Any

import pytest

from tests.build import (
    Record,
    charged_fee,
    drew,
    froze,
    granted,
    opened_line,
    repaid,
    repayment_reversed,
    saw,
    temporary,
)
from tests.spec import Asked, given, yuan

BOOK = (opened_line(), granted(50000, "2026-02-01"), drew(30000, "2026-02-10"))
REPAID = (*BOOK, repaid(10000, "2026-03-01", payment="p"))
CARD = (opened_line(limit_basis="full_balance"), granted(5000))
AT = "2026-03-06T08:00:00+08:00"


def morning(day: str, **seen: Any) -> Record:
    return saw(f"2026-03-{day}T09:00:00+08:00", **seen)


def unexplained(asked: Asked) -> list[str]:
    return [yuan(one.amount) for one in asked.line().residuals if one.kind == "unexplained"]


@pytest.mark.parametrize(
    ("facts", "seen", "amount"),
    [
        ((*CARD, charged_fee(20, "2026-02-01")), 50, "30.00"),
        ((*CARD, repaid(100, "2026-02-01")), 0, "100.00"),
        ((*BOOK[:2], repaid(100, "2026-02-02")), 50, "50.00"),
        ((*BOOK[:2], saw("2026-02-03T09:00:00+08:00", drawn=0)), 50, "50.00"),
    ],
)
def test_drawn_that_something_set_before_is_no_opening_value(facts: tuple[Record, ...], seen: int, amount: str) -> None:
    assert unexplained(given(*facts, saw(AT, drawn=seen)).as_of()) == [amount]


def test_an_unexplained_movement_bears_interest_at_the_rate_of_the_line() -> None:
    """1,000.00 over 10 days at 0.04 percent a day."""
    asked = given(opened_line(daily_rate="0.0004"), granted(50000), drew(1, "2026-03-06"), saw(AT, drawn=1001))
    loans = {one.loan: one.accrued_interest for one in asked.as_of("2026-03-16").position().lines[0].loans}
    assert loans["unexplained"] == "4.00"


def test_less_drawn_than_seen_before_is_taken_off_what_was_unexplained_first() -> None:
    asked = given(*BOOK, morning("02", drawn=31000), morning("03", drawn=30500)).as_of()
    principal = {one.loan: one.principal for one in asked.position().lines[0].loans}
    assert sorted(principal.values()) == ["30000.00", "500.00"]
    assert principal["unexplained"] == "500.00"


def test_more_available_than_limit_and_books_leave_was_drawn_less() -> None:
    asked = given(*BOOK, saw(AT, limit=50000, available=25000)).as_of()
    assert asked.figures() == ("50000.00", "25000.00", "0.00", "25000.00", "25000.00")
    assert unexplained(asked) == ["-5000.00"]


def test_more_available_with_no_limit_seen_is_an_ambiguous_change() -> None:
    asked = given(*BOOK, saw(AT, available=25000)).as_of()
    assert (asked.figures()[0], asked.line().changes[-1].ambiguous) == ("55000.00", True)


@pytest.mark.parametrize(("day", "limit", "held"), [("09", "49000.00", "10000.00"), ("10", "39000.00", "0.00")])
def test_what_seemed_pending_for_more_than_a_week_is_pending_no_more(day: str, limit: str, held: str) -> None:
    asked = given(*REPAID, morning("02", available=20000), morning(day, available=19000)).as_of()
    assert asked.figures() == (limit, "20000.00", held, "19000.00", "19000.00")


def test_what_is_held_already_is_not_pending_a_second_time() -> None:
    """Of 10,000 repaid 8,000 are held; 3,000 more are missing, and no more than 2,000 could be pending."""
    asked = given(*REPAID, morning("02", available=22000), morning("03", available=19000)).as_of()
    assert asked.figures() == ("47000.00", "20000.00", "8000.00", "19000.00", "19000.00")


def test_of_a_payment_that_was_reversed_nothing_is_pending() -> None:
    asked = given(*REPAID, repayment_reversed("2026-03-02", payment="p"), morning("03", available=15000)).as_of()
    assert asked.figures() == ("45000.00", "30000.00", "0.00", "15000.00", "15000.00")


def test_of_holds_those_that_were_inferred_are_let_go_first() -> None:
    asked = given(
        opened_line(restoration="on_full_settlement"),
        *BOOK[1:],
        repaid(10000, "2026-02-27"),
        morning("01", limit=50000, available=15000),
        morning("02", available=20000),
    ).as_of()
    assert [(held.inferred, yuan(held.amount)) for held in asked.line().holds] == [(False, "10000.00")]


def test_a_limit_seen_under_the_temporary_one_shows_that_this_has_ended() -> None:
    history = given(*BOOK, temporary(5000, "2026-03-01", until="2026-03-31"), saw(AT, limit=3000))
    assert [yuan(history.as_of(day).line().limit) for day in ("2026-03-31", "2026-04-01")] == ["3000.00", "3000.00"]


def test_an_opening_limit_holds_the_temporary_one_inside_it() -> None:
    history = given(opened_line(), temporary(1000, "2026-03-01", until="2026-03-31"), saw(AT, limit=6000))
    assert [yuan(history.as_of(day).line().limit) for day in ("2026-03-31", "2026-04-01")] == ["6000.00", "5000.00"]


def test_available_opens_the_limit_of_a_pool_with_what_its_other_lines_use() -> None:
    pool = (opened_line("root"), opened_line("m", shared_with="root"), drew(1000, "2026-02-01", line="root"))
    assert given(*pool, saw(AT, line="m", available=4000)).as_of().figures("m")[0] == "5000.00"


@pytest.mark.parametrize(
    ("between", "since"),
    [
        ([froze("2026-02-20")], "2026-02-01"),
        ([temporary(100, "2026-02-20", until="2026-02-25")], "2026-02-01"),
        ([repaid(10000, "2026-03-01"), morning("02", available=20000)], "2026-02-01"),
        ([morning("02", drawn=30000)], "2026-02-01"),
        ([morning("02", available=20000)], "2026-03-02T09:00:00+08:00"),
    ],
)
def test_a_change_is_counted_from_when_the_limit_was_last_known(between: list[Record], since: str) -> None:
    asked = given(*BOOK, *between, saw(AT, limit=12000)).as_of()
    assert asked.line().changes[-1].kind == "inferred"
    assert asked.book.zone.text(asked.line().changes[-1].since) == since


def test_a_sighting_of_a_day_and_one_of_its_first_instant_are_not_of_the_same_time() -> None:
    lender = {"kind": "lender"}
    asked = given(*BOOK, saw("2026-03-05", limit=12000), saw("2026-03-05T00:00:00+08:00", limit=50000, source=lender))
    assert asked.as_of().told()["open_conflicts"] == []
