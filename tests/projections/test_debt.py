"""What the debt of a household promises. Source: domain.md section 5, "Debt". Oracle O1a."""

from typing import Any

from tests.build import (
    Record,
    billed,
    charged_fee,
    charged_interest,
    charged_penalty,
    corrected,
    draw_reversed,
    drew,
    fact,
    granted,
    opened_line,
    repaid,
    voided,
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


def test_every_figure_adds_up_by_lender_group_and_in_all() -> None:
    """Two lines of one group, each 1,000 due with 4.00 of interest; one is 10 days late: penalty 6.00 and 0.02."""
    facts: list[Record] = []
    for name, due_on in (("a", "2026-01-11"), ("b", "2026-02-11")):
        facts += [opened_line(name, daily_rate="0.0004", lender_group="ant")]
        facts += [drew(1000, "2026-01-01", line=name, method="bullet", due_on=due_on)]
    told = debt("2026-01-21", *facts, opened_line("c"), drew(50, "2026-01-01", line="c", due_on="2027-01-21"))
    assert told["by_lender_group"]["ant"] == {
        "principal": "2000.00", "accrued_interest": "18.02", "overdue": "1004.00", "total": "2018.02",
        "due_30_days": "1016.40", "due_12_months": "1016.40",
    }  # fmt: skip
    assert {name: told[name] for name in told["by_lender_group"]["ant"]} == {
        "principal": "2050.00", "accrued_interest": "18.02", "overdue": "1004.00", "total": "2068.02",
        "due_30_days": "1016.40", "due_12_months": "1066.40",
    }  # fmt: skip


def test_a_posted_penalty_is_a_part_of_the_debt_until_it_is_paid() -> None:
    facts = (opened_line(), drew(1000, "2026-01-01"), charged_penalty(9, "2026-01-10"))
    assert debt("2026-01-20", *facts)["total"] == "1009.00"
    assert debt("2026-01-20", *facts, repaid(9, "2026-01-15"))["total"] == "1000.00"


def test_twelve_months_end_on_the_same_day_also_past_a_leap_day() -> None:
    def due(due_on: str) -> str:
        told = debt("2027-06-15", opened_line(), drew(1000, "2026-01-01", method="bullet", due_on=due_on))
        twelve_months: str = told["due_12_months"]
        return twelve_months

    assert (due("2028-06-15"), due("2028-06-16")) == ("1000.00", "0.00")
    assert debt("2028-02-29", opened_line(), drew(1, "2026-01-01", due_on="2029-02-28"))["due_12_months"] == "1.00"


def test_days_past_due_follow_a_correction_only_for_later_knowledge() -> None:
    """An instalment of 100 due on 10 February, thought to be paid that day; on 1 March it is learned: on the 20th."""
    known = given(
        opened_line(), drew(1200, "2026-01-10", method="equal_principal", periods=12), repaid(100, "2026-02-10")
    )
    corrected_ = known.later_learned("2026-03-01", corrected("h1:4", repaid(100, "2026-02-20")))
    late = [corrected_.as_of(at).told()["lines"][0]["days_past_due"] for at in ("2026-02-15", "2026-02-20")]
    assert late == [5, 0]
    assert corrected_.as_of("2026-02-15", known=4).told()["lines"][0]["days_past_due"] == 0
    voided_ = corrected_.later_learned("2026-03-02", voided("h1:5"))
    assert voided_.as_of("2026-02-15").told()["lines"][0]["days_past_due"] == 0
    gone = voided_.later_learned("2026-03-03", voided("h1:4"))
    assert gone.as_of("2026-03-09").told()["lines"][0]["days_past_due"] == 27


def test_a_currency_without_a_minor_unit_is_rounded_to_whole_units() -> None:
    """3,333 yen at 0.000325 for 31 days: 33.58, so 34. Three instalments of 3,000 at 1.2167 % a month: 1,024.43."""
    yen = fact("HouseholdOpened", "2025-12-31", currency="JPY")
    told = debt("2026-02-01", yen, opened_line(daily_rate="0.000325"), drew(3333, "2026-01-01"))
    assert (told["principal"], told["accrued_interest"], told["total"]) == ("3333", "34", "3367")
    loan = drew(3000, "2026-01-10", method="equal_instalment", periods=3, period_basis="equal")
    (shown,) = line("2026-01-10", yen, opened_line(daily_rate="0.0004"), loan)["loans"]
    assert (shown["principal"], shown["next_due"]) == ("3000", "1024")


def test_a_cancelled_draw_is_owed_no_longer() -> None:
    told = debt("2026-01-21", opened_line(), drew(1000, "2026-01-02"), draw_reversed(1000, "2026-01-03"))
    assert (told["principal"], told["total"]) == ("0.00", "0.00")
