"""What is owed on what was not paid in time, and what a lender's own charge replaces of our count.

Source: domain.md section 4.
"""

import pytest

from ledger.loan import LoanTerms
from tests.ledger.debts import RATE, Debt, a_year, card, on


def overdue_loan(**terms: int) -> Debt:
    """1,000.00 due on 10 April with 36.00 of interest: then 0.60 a day of penalty on the one, 0.0216 on the other."""
    debt = Debt(**terms)
    debt.drew(1_000_00, "2026-01-10", loan="late", method="bullet", due_on="2026-04-10")
    return debt


# Penalty


def test_a_day_of_penalty_counts_once_however_often_the_line_moves() -> None:
    debt = overdue_loan()
    debt.drew(1_00, "2026-04-13")
    debt.charged("fee", 1_00, "2026-04-18")
    assert debt.loans.accrued_penalty(on("2026-04-23")) == 7_80 + 28


def test_both_penalties_are_told_as_penalty() -> None:
    assert overdue_loan().paid(1_100_00, "2026-04-23").penalty == 7_80 + 28


def test_a_line_may_name_another_multiplier() -> None:
    debt = overdue_loan(penalty_multiplier=2_000_000_000_000)
    assert debt.loans.accrued_penalty(on("2026-04-20")) == 8_00 + 29


def test_part_of_what_is_due_paid_inside_the_grace_period_keeps_its_interest_up_to_then() -> None:
    debt = overdue_loan(grace_days=3)
    debt.paid(836_40, "2026-04-11")
    assert debt.accrued("2026-04-13") == 16


def test_a_draw_taken_back_inside_the_grace_period_keeps_its_interest_up_to_then() -> None:
    debt = overdue_loan(grace_days=3)
    debt.refunded(400_00, "2026-04-12", loan="late")
    assert debt.accrued("2026-04-12") == 36_00 + 32 + 48


def test_penalty_on_a_reversed_payment_runs_from_its_reversal() -> None:
    debt = a_year()
    debt.paid(1_080_84, "2026-02-10")
    debt.undid(debt.version, "2026-02-20")
    assert debt.loans.accrued_penalty(on("2026-02-20")) == 0
    assert debt.loans.accrued_penalty(on("2026-03-02")) == 6_49


def test_penalty_on_a_loan_repaid_and_reversed_after_its_end_runs_from_the_reversal() -> None:
    debt = overdue_loan()
    debt.paid(1_000_00, "2026-01-10")
    debt.undid(debt.version, "2026-05-01")
    assert debt.loans.accrued_penalty(on("2026-05-11")) == 6_00


def test_a_reversed_payment_owes_the_penalty_that_it_had_paid() -> None:
    debt = overdue_loan()
    debt.paid(1_100_00, "2026-04-23")
    debt.undid(debt.version, "2026-04-23")
    assert debt.loans.accrued_penalty(on("2026-04-23")) == 7_80 + 28


def test_on_a_full_balance_our_penalty_is_counted_and_no_payment_goes_to_it() -> None:
    debt = card()
    debt.drew(1_000_00, "2026-01-10", method="bullet", due_on="2026-04-10")
    paid = debt.paid(1_000_00, "2026-04-23")
    assert (paid.penalty, debt.loans.drawn, debt.loans.principal) == (0, 0, 0)


# What the lender charged


def test_a_charge_below_what_was_paid_leaves_the_rest_paid_ahead() -> None:
    debt = Debt()
    debt.drew(10_000_00, "2026-01-01")
    debt.paid(40_00, "2026-01-11")
    debt.charged("interest", 30_00, "2026-01-31")
    assert (debt.loans.total(on("2026-01-31")), debt.accrued("2026-02-10")) == (10_000_00, 30_00)
    debt.charged("interest", 50_00, "2026-02-10")
    assert debt.loans.posted_unpaid["interest"] == 40_00


def test_a_charge_replaces_the_interest_of_the_grace_period_up_to_its_day() -> None:
    debt = overdue_loan(grace_days=30)
    debt.charged("interest", 37_50, "2026-04-13")
    assert (debt.accrued("2026-04-13"), debt.accrued("2026-04-15")) == (0, 80)


def test_a_penalty_charged_inside_the_grace_period_leaves_the_interest_of_those_days() -> None:
    debt = overdue_loan(grace_days=30)
    debt.charged("penalty", 5_00, "2026-04-13")
    assert debt.accrued("2026-04-13") == 36_00 + 1_20
    assert debt.accrued("2026-04-15") == 36_00 + 2_00


def test_penalty_paid_before_it_is_charged_is_not_owed_twice() -> None:
    debt = overdue_loan()
    assert debt.paid(6_00, "2026-04-20").penalty == 6_00
    debt.charged("penalty", 6_50, "2026-04-23")
    assert (debt.loans.posted_unpaid["penalty"], debt.loans.accrued_penalty(on("2026-04-23"))) == (50, 0)


def test_a_charged_penalty_below_what_was_paid_leaves_the_rest_paid_ahead() -> None:
    debt = overdue_loan()
    debt.paid(6_00, "2026-04-20")
    debt.charged("penalty", 4_00, "2026-04-23")
    assert [debt.loans.accrued_penalty(on(f"2026-04-2{day}")) for day in (6, 7)] == [0, 49]
    debt.charged("penalty", 3_00, "2026-04-27")
    assert debt.loans.posted_unpaid["penalty"] == 1_00


def test_interest_and_penalty_that_a_reversed_payment_had_paid_are_charged_in_full() -> None:
    debt = overdue_loan()
    debt.paid(1_100_00, "2026-04-20")
    debt.undid(debt.version, "2026-04-20")
    debt.charged("penalty", 6_50, "2026-04-23")
    debt.charged("interest", 36_00, "2026-04-23")
    assert debt.loans.posted_unpaid == {"interest": 36_00, "fee": 0, "penalty": 6_50}


def test_a_charge_on_a_line_is_shared_by_what_each_loan_accrued_paid_or_not() -> None:
    debt = Debt()
    debt.drew(3_000_00, "2026-01-01", loan="a")
    debt.drew(1_000_00, "2026-01-01", loan="b")
    debt.paid(18_00, "2026-01-16", loan="a")
    debt.charged("interest", 48_00, "2026-01-31")
    assert [view.posted_unpaid for view in debt.loans.views(on("2026-01-31"))] == [18_00, 12_00]


def test_a_penalty_on_a_line_is_shared_by_what_each_loan_counted_paid_or_not() -> None:
    debt = Debt()
    for loan, amount in (("a", 3_000_00), ("b", 1_000_00)):
        debt.drew(amount, "2026-01-10", loan=loan, method="bullet", due_on="2026-04-10")
    debt.paid(18_00, "2026-04-20", loan="a")
    debt.charged("penalty", 40_00, "2026-04-30")
    assert [view.posted_unpaid for view in debt.loans.views(on("2026-04-30"))] == [12_00, 10_00]


def test_a_penalty_falls_on_what_is_overdue_and_a_fee_on_no_loan() -> None:
    debt = overdue_loan()
    debt.drew(5_000_00, "2026-01-01", loan="calm")
    debt.charged("fee", 20_00, "2026-04-20")
    assert [view.posted_unpaid for view in debt.loans.views(on("2026-04-20"))] == [0, 0]
    debt.charged("penalty", 5_00, "2026-04-20")
    assert [(view.loan, view.posted_unpaid) for view in debt.loans.views(on("2026-04-20"))] == [
        ("calm", 0), ("late", 5_00)
    ]  # fmt: skip


def test_interest_charged_where_nothing_accrued_is_shared_by_principal() -> None:
    debt = Debt(rate=None)
    debt.drew(3_000_00, "2026-01-01", loan="a")
    debt.drew(1_000_00, "2026-01-01", loan="b")
    debt.charged("interest", 40_00, "2026-01-31")
    assert [view.posted_unpaid for view in debt.loans.views(on("2026-01-31"))] == [30_00, 10_00]


def test_a_charge_that_differs_from_what_fell_due_is_what_is_overdue() -> None:
    debt = a_year()
    debt.charged("interest", 140_00, "2026-02-10", loan="car")
    assert debt.overdue("2026-02-12") == 140_00 + 934_84


def test_more_interest_than_was_owed_counts_as_paid_ahead_by_the_lenders_word() -> None:
    debt = Debt()
    debt.drew(1_000_00, "2026-01-01")
    debt.paid(10_00, "2026-01-11", interest=10_00)
    assert [debt.accrued(f"2026-01-{day}") for day in (26, 31)] == [0, 2_00]


def test_interest_stated_while_no_rate_was_known_is_not_set_against_a_rate_that_becomes_known() -> None:
    debt = Debt(rate=None)
    debt.drew(1_000_00, "2026-01-01")
    debt.paid(310_00, "2026-02-01", interest=10_00, principal=300_00)
    debt.loans.set_terms(LoanTerms(daily_rate=RATE), day=on("2026-03-01"))
    assert debt.accrued("2026-03-11") == 2_80


# Thirty-day months


def test_what_happens_inside_a_period_does_not_change_how_many_days_it_has() -> None:
    debt = Debt(day_count="30u_360")
    debt.drew(1_000_00, "2026-01-30")
    debt.charged("fee", 1_00, "2026-02-28")
    assert debt.accrued("2026-03-31") == 24_00


def test_days_of_interest_are_counted_anew_from_each_due_date() -> None:
    debt = Debt(day_count="30u_360")
    debt.drew(1_000_00, "2026-01-30", method="interest_only", periods=3)
    debt.paid(11_20, "2026-02-28")
    assert debt.overdue("2026-03-30") == 12_00


@pytest.mark.parametrize("moved_on", [(), ("2026-03-15",), ("2026-03-15", "2026-03-29")])
def test_days_of_penalty_are_counted_from_the_due_date_however_often_the_line_moves(moved_on: tuple[str, ...]) -> None:
    """By 30U/360, where the end of February is a 30th: 30 days to 28 February, 28 to 28 March, at 4.80 a day.

    So 144.00 fell due, then 134.40. Up to 31 March that is 30 days late on the one and 3 on the other:
    144.00 x 0.0006 x 30 + 134.40 x 0.0006 x 3 = 2.592 + 0.24192 = 2.83.
    """
    debt = Debt(day_count="30u_360")
    debt.drew(12_000_00, "2026-01-28", method="interest_only", periods=12)
    for at in moved_on:
        debt.charged("fee", 1, at)
    assert debt.loans.accrued_penalty(on("2026-03-31")) == 2_83
