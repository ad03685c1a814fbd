"""How one payment is used across what a line owes, stated by the lender or derived. Source: domain.md section 4."""

import pytest

from tests.ledger.debts import Debt, a_year, card, on

CAR = 1_080_84


def overdue_loan() -> Debt:
    """On 23 April 13 days late: 1,000.00, 36.00 of interest, and of penalty 7.80 on the one and 0.28 on the other."""
    debt = Debt()
    debt.drew(1_000_00, "2026-01-10", loan="late", method="bullet", due_on="2026-04-10")
    return debt


# As the lender stated it


def test_a_stated_penalty_pays_the_penalty_on_principal_and_then_that_on_interest() -> None:
    debt = overdue_loan()
    paid = debt.paid(8_00, "2026-04-23", penalty=8_00)
    assert paid.parts == {"penalty_on_principal": 7_80, "penalty_on_interest": 20}
    assert debt.loans.accrued_penalty(on("2026-04-23")) == 8


def test_stated_interest_pays_what_is_overdue_of_it_first() -> None:
    """146.00 fell due on 10 February; 5 days later 24.04 more has accrued on what is not due."""
    debt = a_year()
    paid = debt.paid(146_00, "2026-02-15", interest=146_00)
    assert paid.parts == {"overdue_interest": 146_00}
    assert debt.overdue("2026-02-15") == 934_84


def test_stated_principal_pays_what_is_overdue_of_it_first() -> None:
    debt = a_year()
    paid = debt.paid(1_000_00, "2026-02-15", principal=1_000_00)
    assert paid.parts == {"overdue_principal": 934_84, "current_principal": 65_16}
    assert debt.overdue("2026-02-15") == 146_00


def test_stated_principal_beyond_the_debt_is_overpaid() -> None:
    debt = Debt()
    debt.drew(1_000_00, "2026-01-01")
    paid = debt.paid(1_504_00, "2026-01-11", interest=4_00, principal=1_500_00)
    assert (paid.interest, paid.principal, paid.overpaid) == (4_00, 1_000_00, 500_00)


def test_stated_parts_go_to_the_oldest_draw_first() -> None:
    """10 days at 0.40 a day on each."""
    debt = Debt()
    debt.drew(1_000_00, "2026-01-01", loan="a")
    debt.drew(1_000_00, "2026-01-01", loan="b")
    debt.paid(1_206_00, "2026-01-11", interest=6_00, principal=1_200_00)
    assert [(view.loan, view.principal, view.accrued_interest) for view in debt.loans.views(on("2026-01-11"))] == [
        ("b", 800_00, 2_00)
    ]


def test_on_a_full_balance_what_is_stated_beyond_the_books_pays_what_is_overdue_first() -> None:
    """The instalment is overdue by its principal, 934.84; no interest was charged that the books know of."""
    debt = a_year(limit_basis="full_balance")
    debt.paid(934_84, "2026-02-12", interest=934_84)
    assert (debt.overdue("2026-02-12"), debt.late("2026-02-12")) == (0, 0)


# Derived


def test_every_bucket_of_a_late_line_is_paid_in_the_default_order_over_all_loans() -> None:
    """Late: 8.08 of penalty, 36.00 and 1,000.00 overdue. Calm, from 1 April: 22 days at 2.00. A fee of 20.00.

    500.00 = 20.00 + 7.80 + 0.28 + 36.00 + 44.00 + 391.92 of overdue principal; nothing of what is not due.
    """
    debt = overdue_loan()
    debt.drew(5_000_00, "2026-04-01", loan="calm")
    debt.charged("fee", 20_00, "2026-04-20")
    assert debt.paid(500_00, "2026-04-23").parts == {
        "fee": 20_00, "penalty_on_principal": 7_80, "penalty_on_interest": 28, "overdue_interest": 36_00,
        "current_interest": 44_00, "overdue_principal": 391_92,
    }  # fmt: skip


def test_what_was_paid_before_anything_was_drawn_is_overpaid_and_pays_no_later_draw() -> None:
    debt = Debt()
    paid = debt.paid(100_00, "2026-01-01")
    assert (paid.principal, paid.overpaid) == (0, 100_00)
    debt.drew(300_00, "2026-01-02")
    assert debt.loans.drawn == 300_00


def test_on_a_card_what_was_paid_before_anything_was_drawn_is_a_credit_balance_that_the_draw_uses() -> None:
    debt = card(rate=None)
    paid = debt.paid(100_00, "2026-01-01")
    assert (paid.principal, paid.overpaid, debt.loans.drawn) == (100_00, 0, -100_00)
    debt.drew(300_00, "2026-01-02")
    assert (debt.loans.drawn, debt.loans.principal) == (200_00, 200_00)


@pytest.mark.parametrize(("loan", "left"), [("a", [("b", 200_00)]), ("b", [("a", 100_00), ("b", 100_00)])])
def test_a_payment_with_a_loan_id_does_not_look_at_the_age_of_draws(loan: str, left: list[tuple[str, int]]) -> None:
    debt = Debt(rate=0)
    debt.drew(100_00, "2026-01-01", loan="a")
    debt.drew(200_00, "2026-01-02", loan="b")
    debt.paid(100_00, "2026-01-03", loan=loan)
    assert [(view.loan, view.principal) for view in debt.loans.views(on("2026-01-03"))] == left
