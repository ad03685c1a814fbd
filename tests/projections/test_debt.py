"""What the debt of a household promises. Source: domain.md section 5, "Debt". Oracle O1a."""

from typing import Any

from tests.build import (
    Record,
    billed,
    charged_fee,
    charged_interest,
    draw_reversed,
    drew,
    granted,
    opened_line,
    repaid,
)
from tests.spec import given

BORROWED = (opened_line(daily_rate="0.0004"), granted(50000), drew(10000, "2025-12-15"))


def debt(on: str, *facts: Record) -> Any:
    return given(*facts).as_of(on).told()["debt"]


def line(on: str, *facts: Record) -> Any:
    return given(*facts).as_of(on).told()["lines"][0]


def test_interest_counts_days_up_to_and_without_the_day_asked_for() -> None:
    told = debt("2026-01-21", *BORROWED)
    assert (told["principal"], told["accrued_interest"], told["total"]) == ("10000.00", "148.00", "10148.00")
    assert debt("2025-12-15", *BORROWED)["accrued_interest"] == "0.00"


def test_debt_is_principal_and_what_accrued_and_what_was_posted() -> None:
    told = debt("2026-01-21", *BORROWED, charged_interest(100, "2026-01-15"), charged_fee(7, "2026-01-16"))
    assert (told["principal"], told["accrued_interest"], told["total"]) == ("10000.00", "24.00", "10131.00")


def test_debts_add_up_by_lender_group_and_in_all() -> None:
    other = (opened_line("mybank", lender_group="ant"), drew(300, "2026-01-01", line="mybank"))
    third = (opened_line("card"), drew(200, "2026-01-01", line="card"))
    told = debt("2026-01-21", opened_line("jiebei", lender_group="ant"), drew(100, "2026-01-01"), *other, *third)
    assert {group: owed["principal"] for group, owed in told["by_lender_group"].items()} == {
        "ant": "400.00", "card": "200.00"
    }  # fmt: skip
    assert told["principal"] == "600.00"


def test_a_bullet_falls_due_once_and_is_overdue_after_its_day() -> None:
    facts = (opened_line(), drew(1000, "2026-01-01", method="bullet", due_on="2026-02-10"))
    before, after = debt("2026-02-09", *facts), debt("2026-02-11", *facts)
    assert (before["due_30_days"], before["due_12_months"], before["overdue"]) == ("1000.00", "1000.00", "0.00")
    assert (after["due_30_days"], after["due_12_months"], after["overdue"]) == ("0.00", "0.00", "1000.00")
    assert line("2026-02-11", *facts)["days_past_due"] == 1


def test_dues_reach_thirty_days_and_twelve_months_ahead_and_no_further() -> None:
    def dues(due_on: str) -> tuple[str, str]:
        facts = (opened_line(), drew(1000, "2026-01-01", method="bullet", due_on=due_on))
        told = debt("2026-01-31", *facts)
        return told["due_30_days"], told["due_12_months"]

    assert dues("2026-03-02") == ("1000.00", "1000.00")
    assert dues("2026-03-03") == ("0.00", "1000.00")
    assert dues("2027-01-31") == ("0.00", "1000.00")
    assert dues("2027-02-01") == ("0.00", "0.00")


def test_an_at_will_loan_owes_one_months_interest_among_the_dues() -> None:
    told = debt("2026-04-01", opened_line(daily_rate="0.0004"), drew(10000, "2026-04-01"))
    assert told["due_30_days"] == "120.00"


def test_a_bill_is_what_falls_due_and_paying_it_settles_it() -> None:
    card = (
        opened_line(limit_basis="full_balance", product="card"),
        granted(9000),
        drew(1000, "2026-01-02"),
        billed(1000, "2026-01-20", due_on="2026-02-05"),
    )
    assert debt("2026-01-21", *card)["due_30_days"] == "1000.00"
    assert debt("2026-01-22", *card, repaid(1000, "2026-01-22"))["due_30_days"] == "0.00"


def test_a_loan_shows_what_it_owes_and_when_it_is_due_next() -> None:
    facts = (
        opened_line(daily_rate="0.0004"),
        drew(1000, "2026-01-01", loan="one", method="bullet", due_on="2026-02-10"),
        drew(500, "2026-01-01", loan="two"),
        repaid(500, "2026-01-01", loan="two"),
    )
    assert line("2026-01-11", *facts)["loans"] == [
        {"loan": "one", "principal": "1000.00", "accrued_interest": "4.00", "posted_unpaid": "0.00",
         "next_due_on": "2026-02-10", "next_due": "1016.00", "derived": False},
    ]  # fmt: skip


def test_a_cancelled_draw_is_owed_no_longer() -> None:
    told = debt("2026-01-21", opened_line(), drew(1000, "2026-01-02"), draw_reversed(1000, "2026-01-03"))
    assert (told["principal"], told["total"]) == ("0.00", "0.00")
