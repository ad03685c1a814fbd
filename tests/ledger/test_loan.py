"""The debt of one line: what draws, charges, payments and their reversals leave owed."""

from ledger.loan import LoanTerms
from ledger.money import rate_units
from ledger.vocabulary import Bucket
from tests.ledger.debts import RATE, Debt, a_year, card, on

# Draws and interest


def test_interest_counts_from_the_draw_and_is_asked_for_without_being_moved() -> None:
    debt = Debt()
    debt.drew(10_000_00, "2025-12-15")
    assert debt.accrued("2026-01-21") == 148_00
    assert debt.accrued("2025-12-15") == 0
    assert debt.accrued("2026-01-21") == 148_00


def test_principal_repaid_bears_no_interest_from_its_day_on() -> None:
    debt = Debt()
    debt.drew(10_000_00, "2025-12-15")
    debt.paid(5_000_00, "2025-12-30", principal=5_000_00)
    assert debt.accrued("2026-01-21") == 104_00
    assert debt.loans.total(on("2026-01-21")) == 5_104_00


def test_a_loan_keeps_its_own_rate_when_the_line_changes_its() -> None:
    debt = Debt()
    debt.drew(1_000_00, "2026-01-01", loan="own", daily_rate=rate_units("0.0005"))
    debt.drew(1_000_00, "2026-01-01", loan="of-line")
    debt.loans.set_terms(LoanTerms(daily_rate=rate_units("0.0002")), day=on("2026-01-11"))
    assert {view.loan: view.accrued_interest for view in debt.loans.views(on("2026-01-21"))} == {
        "own": 10_00,
        "of-line": 4_00 + 2_00,
    }


def test_a_rate_that_becomes_known_counts_only_from_its_day() -> None:
    debt = Debt(rate=None)
    debt.drew(1_000_00, "2026-01-01")
    debt.loans.set_terms(LoanTerms(daily_rate=RATE), day=on("2026-03-01"))
    assert debt.accrued("2026-03-11") == 4_00


def test_order_inside_a_day_does_not_move_interest() -> None:
    pictures = []
    for draw_first in (True, False):
        debt = Debt()
        debt.drew(1_000_00, "2026-01-01", loan="a")
        if draw_first:
            debt.drew(500_00, "2026-01-10", loan="b")
        debt.paid(300_00, "2026-01-10", loan="a", principal=300_00)
        if not draw_first:
            debt.drew(500_00, "2026-01-10", loan="b")
        pictures.append((debt.loans.drawn, debt.accrued("2026-02-01")))
    assert pictures[0] == pictures[1]


def test_a_second_draw_under_a_loans_id_adds_to_that_loan() -> None:
    debt = Debt()
    debt.drew(1_000_00, "2026-01-01", loan="a")
    debt.drew(500_00, "2026-01-11", loan="a")
    (view,) = debt.loans.views(on("2026-01-21"))
    assert (view.loan, view.principal, view.accrued_interest) == ("a", 1_500_00, 4_00 + 6_00)


def test_a_loan_without_an_id_is_shown_by_its_draw() -> None:
    debt = Debt()
    version = debt.drew(1_000_00, "2026-01-01")
    assert [view.loan for view in debt.loans.views(on("2026-01-02"))] == [f"#{version}"]


def test_day_counts_of_thirty_day_months_add_up_over_a_payment() -> None:
    debt = Debt(day_count="30e_360")
    debt.drew(1_000_00, "2026-01-15")
    debt.paid(100_00, "2026-01-31", principal=100_00)
    assert debt.accrued("2026-02-15") == 6_00 + 5_40


# Charges


def test_charged_interest_replaces_our_accrual_from_the_last_charge() -> None:
    debt = Debt()
    debt.drew(10_000_00, "2026-01-01")
    debt.charged("interest", 120_05, "2026-01-31")
    assert debt.accrued("2026-01-31") == 0
    assert debt.accrued("2026-02-10") == 40_00
    assert debt.loans.posted_unpaid == {"interest": 120_05, "fee": 0, "penalty": 0}
    assert debt.loans.drawn == 10_000_00


def test_interest_paid_before_it_is_charged_is_not_owed_twice() -> None:
    debt = Debt()
    debt.drew(10_000_00, "2026-01-01")
    debt.paid(40_00, "2026-01-11")
    debt.charged("interest", 120_00, "2026-01-31")
    assert debt.loans.posted_unpaid["interest"] == 80_00
    assert debt.loans.total(on("2026-01-31")) == 10_080_00


def test_interest_charged_on_a_line_is_shared_by_what_each_loan_accrued() -> None:
    debt = Debt()
    debt.drew(3_000_00, "2026-01-01", loan="a")
    debt.drew(1_000_00, "2026-01-01", loan="b")
    debt.charged("interest", 50_01, "2026-01-31")
    assert [view.posted_unpaid for view in debt.loans.views(on("2026-01-31"))] == [37_51, 12_50]
    assert debt.accrued("2026-01-31") == 0


def test_interest_charged_on_a_line_follows_what_accrued_and_not_what_is_owed() -> None:
    """Equal principal at 0.0004 and 0.0008 a day: a third and two thirds."""
    debt = Debt()
    debt.drew(1_000_00, "2026-01-01", loan="a")
    debt.drew(1_000_00, "2026-01-01", loan="b", daily_rate=rate_units("0.0008"))
    debt.charged("interest", 36_00, "2026-01-31")
    assert [view.posted_unpaid for view in debt.loans.views(on("2026-01-31"))] == [12_00, 24_00]


def test_interest_of_a_line_is_rounded_once_over_its_loans() -> None:
    """0.4 fen on each of two loans is 0.8 fen together: 1 and not 0."""
    debt = Debt()
    debt.drew(10_00, "2026-01-01", loan="a")
    debt.drew(10_00, "2026-01-01", loan="b")
    assert debt.accrued("2026-01-02") == 1


def test_a_fee_on_no_loan_is_paid_first_and_shown_on_none() -> None:
    debt = Debt()
    debt.drew(1_000_00, "2026-01-01")
    debt.charged("fee", 20_00, "2026-01-01")
    paid = debt.paid(100_00, "2026-01-01")
    assert (paid.fee, paid.principal) == (20_00, 80_00)
    assert [view.loan for view in debt.loans.views(on("2026-01-01"))] == ["#1"]


def test_a_charge_on_an_empty_line_is_owed() -> None:
    debt = Debt(day_count="30e_360")
    debt.charged("interest", 5_00, "2026-01-01")
    assert debt.loans.total(on("2026-01-01")) == 5_00
    assert debt.paid(5_00, "2026-01-02").interest == 5_00
    assert debt.loans.total(on("2026-01-02")) == 0


# Payments


def test_oldest_draws_are_repaid_first() -> None:
    debt = Debt(rate=0)
    debt.drew(100_00, "2026-01-01", loan="a")
    debt.drew(200_00, "2026-01-02", loan="b")
    debt.paid(150_00, "2026-01-03")
    assert [(view.loan, view.principal) for view in debt.loans.views(on("2026-01-03"))] == [("b", 150_00)]


def test_a_payment_for_a_loan_stays_with_that_loan() -> None:
    debt = Debt(rate=0)
    debt.drew(100_00, "2026-01-01", loan="a")
    debt.drew(200_00, "2026-01-02", loan="b")
    paid = debt.paid(250_00, "2026-01-03", loan="b")
    assert (paid.principal, paid.overpaid) == (200_00, 50_00)
    assert [view.loan for view in debt.loans.views(on("2026-01-03"))] == ["a"]


def test_more_than_is_owed_is_overpaid_and_drawn_stays_at_zero() -> None:
    debt = Debt()
    debt.drew(1_000_00, "2026-01-01")
    paid = debt.paid(1_500_00, "2026-01-11")
    assert (paid.principal, paid.interest, paid.overpaid) == (1_000_00, 4_00, 496_00)
    assert (debt.loans.drawn, debt.loans.total(on("2026-02-01"))) == (0, 0)


def test_a_stated_allocation_is_taken_as_it_was_stated() -> None:
    debt = Debt()
    debt.drew(1_000_00, "2026-01-01")
    paid = debt.paid(110_00, "2026-01-11", fee=5_00, interest=4_05, principal=100_95)
    assert (paid.fee, paid.interest, paid.principal, paid.derived) == (5_00, 4_05, 100_95, False)
    assert debt.loans.principal == 899_05
    assert debt.accrued("2026-01-11") == 0


def test_a_line_without_a_known_rate_takes_the_lenders_word_for_interest() -> None:
    debt = Debt(rate=None)
    debt.drew(1_000_00, "2026-01-01")
    paid = debt.paid(310_00, "2026-02-01", interest=10_00, principal=300_00)
    assert (paid.interest, paid.principal, debt.loans.principal) == (10_00, 300_00, 700_00)


def test_an_order_of_the_line_may_put_principal_before_interest() -> None:
    order: tuple[Bucket, ...] = (
        "current_principal", "overdue_principal", "current_interest", "overdue_interest", "fee",
        "penalty_on_principal", "penalty_on_interest",
    )  # fmt: skip
    debt = Debt(allocation_order=order)
    debt.drew(1_000_00, "2026-01-01")
    paid = debt.paid(1_001_00, "2026-01-11")
    assert (paid.principal, paid.interest) == (1_000_00, 1_00)
    assert debt.accrued("2026-03-01") == 3_00


def test_a_payment_undone_is_owed_again_to_the_fen_with_its_due_dates() -> None:
    debt = a_year()
    before = debt.picture("2026-02-10")
    debt.paid(1_500_00, "2026-02-10")
    assert debt.undid(debt.version, "2026-02-10") == 1_354_00
    assert debt.picture("2026-02-10") == before


def test_a_payment_is_undone_once() -> None:
    debt = Debt()
    debt.drew(1_000_00, "2026-01-01")
    debt.paid(1_000_00, "2026-01-01")
    assert debt.undid(2, "2026-01-05") == 1_000_00
    assert debt.undid(2, "2026-01-06") == 0
    assert debt.undid(99, "2026-01-06") == 0
    assert debt.accrued("2026-01-15") == 4_00


def test_a_reversed_instalment_is_late_from_its_own_due_date() -> None:
    debt = a_year()
    debt.paid(1_080_84, "2026-02-10")
    debt.undid(debt.version, "2026-02-20")
    assert (debt.overdue("2026-02-20"), debt.late("2026-02-20")) == (1_080_84, 10)


def test_a_loan_repaid_and_reversed_after_its_end_is_due_at_once() -> None:
    debt = Debt()
    debt.drew(1_000_00, "2026-01-10", method="bullet", due_on="2026-04-10")
    debt.paid(1_000_00, "2026-01-10")
    debt.undid(debt.version, "2026-05-01")
    assert (debt.overdue("2026-05-01"), debt.late("2026-05-01")) == (1_000_00, 21)


# Reversed draws and unexplained movements


def test_a_cancelled_draw_bears_no_interest_from_its_reversal_on() -> None:
    debt = Debt()
    version = debt.drew(1_000_00, "2026-01-01")
    assert debt.refunded(1_000_00, "2026-01-11", fact=version) == 1_000_00
    assert debt.loans.drawn == 0
    assert debt.accrued("2026-02-11") == 4_00


def test_a_refund_that_names_no_draw_shrinks_the_newest() -> None:
    debt = Debt(rate=0)
    debt.drew(100_00, "2026-01-01", loan="a")
    debt.drew(200_00, "2026-01-02", loan="b")
    assert debt.refunded(250_00, "2026-01-03") == 250_00
    assert [(view.loan, view.principal) for view in debt.loans.views(on("2026-01-03"))] == [("a", 50_00)]


def test_a_refund_beyond_its_draw_takes_nothing_from_other_loans() -> None:
    debt = Debt(rate=0)
    debt.drew(100_00, "2026-01-01", loan="a")
    debt.drew(200_00, "2026-01-02", loan="b")
    assert debt.refunded(250_00, "2026-01-03", loan="b") == 200_00
    assert debt.loans.drawn == 100_00


def test_a_partly_cancelled_instalment_loan_keeps_its_dates() -> None:
    debt = a_year()
    debt.refunded(6_000_00, "2026-01-10", loan="car")
    assert debt.loans.views(on("2026-01-10"))[0].next_due == 540_42


def test_unexplained_drawings_are_a_loan_of_their_own_at_the_lines_rate() -> None:
    debt = Debt()
    debt.drew(1_000_00, "2026-01-01", loan="a")
    number = debt.adjusted(500_00, "2026-01-01")
    found = {view.loan: (view.principal, view.accrued_interest) for view in debt.loans.views(on("2026-01-11"))}
    assert found == {"a": (1_000_00, 4_00), "unexplained": (500_00, 2_00)}
    debt.adjusted(-500_00, "2026-01-11", version=number)
    assert debt.loans.drawn == 1_000_00


def test_unexplained_repayments_taken_back_restore_the_loans_they_fell_on() -> None:
    debt = a_year()
    debt.drew(300_00, "2026-01-12", loan="b")
    before = debt.loans.views(on("2026-01-15"))
    number = debt.adjusted(-12_100_00, "2026-01-15")
    assert debt.loans.drawn == 200_00
    debt.adjusted(12_100_00, "2026-01-15", version=number)
    after = debt.loans.views(on("2026-01-15"))
    assert [(view.loan, view.principal) for view in after] == [(view.loan, view.principal) for view in before]


def test_principal_never_falls_below_zero() -> None:
    debt = Debt()
    debt.drew(100_00, "2026-01-01")
    debt.adjusted(-500_00, "2026-01-02")
    assert (debt.loans.drawn, debt.loans.principal) == (0, 0)


# Full balance


def test_a_full_balance_rises_by_charges_and_falls_by_whole_payments() -> None:
    debt = card(rate=None)
    debt.drew(1_000_00, "2026-01-01")
    debt.charged("interest", 15_00, "2026-01-31")
    debt.charged("fee", 5_00, "2026-01-31")
    assert debt.loans.drawn == 1_020_00
    paid = debt.paid(300_00, "2026-02-01")
    assert (paid.principal, paid.fee, paid.interest, paid.overpaid) == (300_00, 5_00, 15_00, 0)
    assert debt.loans.drawn == 720_00 == debt.loans.total(on("2026-02-01"))


def test_an_overpaid_card_has_a_credit_balance_and_no_debt() -> None:
    debt = card(rate=None)
    debt.drew(1_000_00, "2026-01-01")
    debt.paid(1_200_00, "2026-01-05")
    assert debt.loans.drawn == -200_00
    assert (debt.loans.principal, debt.loans.total(on("2026-01-05")), debt.loans.credit_balance) == (0, 0, 200_00)
    debt.drew(50_00, "2026-01-06")
    assert (debt.loans.drawn, debt.loans.principal) == (-150_00, 0)
    debt.drew(250_00, "2026-01-07")
    assert (debt.loans.drawn, debt.loans.principal) == (100_00, 100_00)


def test_a_charge_on_a_credit_balance_uses_it_up() -> None:
    debt = card(rate=None)
    debt.paid(30_00, "2026-01-01")
    debt.charged("fee", 20_00, "2026-01-02")
    assert (debt.loans.drawn, debt.loans.posted_unpaid["fee"], debt.loans.credit_balance) == (-10_00, 0, 10_00)


def test_an_overpayment_reversed_after_its_credit_was_spent_is_owed() -> None:
    debt = card(rate=None)
    debt.paid(100_00, "2026-01-01")
    debt.drew(80_00, "2026-01-02")
    assert debt.undid(1, "2026-01-03") == 100_00
    assert debt.loans.drawn == 80_00 == debt.loans.principal


def test_own_accrual_does_not_move_a_full_balance_nor_take_from_a_payment() -> None:
    debt = card()
    debt.drew(1_000_00, "2026-01-01")
    assert debt.loans.drawn == 1_000_00
    assert debt.accrued("2026-01-31") == 12_00
    debt.paid(1_000_00, "2026-01-31")
    assert debt.loans.drawn == 0


def test_a_refund_on_a_card_counts_in_full_even_beyond_its_purchase() -> None:
    debt = card(rate=None)
    version = debt.drew(100_00, "2026-01-01")
    debt.drew(40_00, "2026-01-02")
    debt.paid(120_00, "2026-01-03")
    assert debt.refunded(100_00, "2026-01-04", fact=version) == 100_00
    assert debt.loans.drawn == -80_00
