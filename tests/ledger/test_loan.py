"""The debt of one line: what is owed, what falls due, and how each payment and its reversal move it."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.events import Allocation, DrawnDown, PaymentDue
from ledger.loan import Loans, LoanTerms, Paid
from ledger.money import rate_units
from ledger.vocabulary import Bucket

RATE = rate_units("0.0004")


def on(text: str) -> int:
    return date.fromisoformat(text).toordinal()


class Debt:
    """A line's loans as a test tells of them: days as dates, versions counted by themselves."""

    def __init__(self, *, rate: int | None = RATE, **terms: Any) -> None:
        self.loans = Loans(LoanTerms(daily_rate=rate, **terms))
        self.version = 0

    def _next(self) -> int:
        self.version += 1
        return self.version

    def drew(self, amount: int, at: str, **fields: Any) -> int:
        for name in ("first_due_on", "due_on"):
            if name in fields:
                fields[name] = date.fromisoformat(fields[name])
        fact = DrawnDown(effective=at, line="jiebei", amount=amount, **fields)
        self.loans.draw(fact, version=self._next(), day=on(at))
        return self.version

    def paid(self, amount: int, at: str, *, loan: str | None = None, **stated: int) -> Paid:
        allocation = Allocation(**stated) if stated else None
        return self.loans.pay(amount, loan=loan, allocation=allocation, version=self._next(), day=on(at))

    def undid(self, version: int, at: str) -> int:
        return self.loans.undo(version, version=self._next(), day=on(at))

    def refunded(self, amount: int, at: str, *, loan: str | None = None, fact: int | None = None) -> int:
        return self.loans.reverse_draw(amount, loan=loan, draw_version=fact, version=self._next(), day=on(at))

    def charged(self, kind: Any, amount: int, at: str, *, loan: str | None = None) -> None:
        self.loans.charge(kind, amount, loan=loan, version=self._next(), day=on(at))

    def billed(self, amount: int, at: str, *, due_on: str, minimum: int | None = None) -> None:
        due = date.fromisoformat(due_on)
        fact = PaymentDue(effective=at, line="jiebei", amount=amount, due_on=due, minimum=minimum)
        self.loans.bill(fact, version=self._next(), day=on(at))

    def adjusted(self, amount: int, at: str, *, version: int | None = None) -> int:
        number = version or self._next()
        self.loans.adjust(amount, version=number, day=on(at))
        return number

    def accrued(self, at: str) -> int:
        return self.loans.accrued_interest(on(at))

    def overdue(self, at: str) -> int:
        return self.loans.overdue(on(at))

    def late(self, at: str) -> int:
        return self.loans.days_past_due(on(at))

    def due(self, after: str, until: str) -> int:
        return self.loans.due_between(on(after), on(until))

    def picture(self, at: str) -> tuple[Any, ...]:
        """Everything that can be asked, as of a day."""
        day, loans = on(at), self.loans
        return (
            loans.drawn, loans.principal, loans.credit_balance, loans.posted_unpaid, loans.accrued_interest(day),
            loans.accrued_penalty(day), loans.overdue(day), loans.days_past_due(day), loans.total(day),
            loans.due_between(day, day + 400), loans.maturity(day), loans.views(day),
        )  # fmt: skip


def a_year(**terms: Any) -> Debt:
    """12,000.00 in twelve equal instalments of 1,080.84."""
    debt = Debt(**terms)
    debt.drew(
        12_000_00, "2026-01-10", loan="car", method="equal_instalment", periods=12, period_basis="equal"
    )  # fmt: skip
    return debt


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


# Schedules


def test_instalments_paid_on_their_days_leave_nothing() -> None:
    debt = a_year()
    for month in range(2, 13):
        paid = debt.paid(1_080_84, f"2026-{month:02}-10")
        assert paid.principal + paid.interest == 1_080_84
    assert debt.loans.views(on("2026-12-10"))[0].next_due == 1_080_80
    debt.paid(1_080_80, "2027-01-10")
    assert debt.picture("2027-02-10") == Debt().picture("2027-02-10")


def test_the_first_instalments_split_is_the_schedules() -> None:
    paid = a_year().paid(1_080_84, "2026-02-10")
    assert (paid.interest, paid.principal, paid.derived) == (146_00, 934_84, True)


def test_an_instalment_paid_a_day_early_is_not_asked_for_again() -> None:
    debt = a_year()
    debt.paid(1_080_84, "2026-02-09")
    assert (debt.overdue("2026-02-15"), debt.late("2026-02-15")) == (0, 0)
    (view,) = debt.loans.views(on("2026-02-15"))
    assert (view.next_due_on, view.next_due) == (on("2026-03-10"), 1_080_84)


def test_an_instalments_own_principal_paid_early_covers_it() -> None:
    debt = a_year()
    debt.paid(1_070_00, "2026-02-08", interest=135_16, principal=934_84)
    assert (debt.overdue("2026-02-15"), debt.late("2026-02-15")) == (0, 0)


def test_part_of_an_instalment_leaves_the_rest_of_it_due() -> None:
    debt = a_year()
    debt.paid(500_00, "2026-02-05")
    assert debt.loans.views(on("2026-02-05"))[0].next_due == 580_84
    assert debt.overdue("2026-02-10") == 580_84
    assert debt.late("2026-02-12") == 2


def test_early_principal_keeps_the_dates_and_re_solves_the_payment() -> None:
    debt = a_year()
    debt.paid(5_000_00, "2026-02-10")
    (view,) = debt.loans.views(on("2026-02-10"))
    assert (view.principal, view.next_due_on, view.derived) == (12_000_00 + 146_00 - 5_000_00, on("2026-03-10"), True)
    assert view.next_due == 698_02
    for month in range(3, 13):
        debt.paid(698_02, f"2026-{month:02}-10")
    (last,) = debt.loans.views(on("2026-12-10"))
    assert last.next_due_on == on("2027-01-10")
    assert last.next_due is not None
    assert abs(last.next_due - 698_02) < 20
    debt.paid(last.next_due, "2027-01-10")
    assert debt.loans.total(on("2027-01-10")) == 0


def test_principal_stated_alone_is_early_principal_however_small() -> None:
    debt = a_year()
    debt.paid(300_00, "2026-01-25", principal=300_00)
    (view,) = debt.loans.views(on("2026-01-25"))
    assert view.derived
    assert view.next_due_on == on("2026-02-10")
    assert view.next_due is not None
    assert 1_050_00 < view.next_due < 1_060_00


def test_a_little_more_than_an_instalment_covers_it_and_re_solves_the_rest() -> None:
    debt = a_year()
    debt.paid(1_100_00, "2026-02-08")
    (view,) = debt.loans.views(on("2026-02-08"))
    assert view.next_due_on == on("2026-03-10")
    assert debt.overdue("2026-02-20") == 0


@pytest.mark.parametrize("method", ["equal_principal", "interest_only"])
def test_other_methods_are_paid_off_by_their_schedules(method: Any) -> None:
    debt = Debt()
    debt.drew(20_000_00, "2026-01-10", method=method, periods=6)
    while debt.loans.principal:
        view = debt.loans.views(on("2026-01-10"))[0]
        due_on, amount = view.next_due_on, view.next_due or 0
        assert due_on is not None
        debt.paid(amount, date.fromordinal(due_on).isoformat())
    assert debt.loans.total(on("2026-07-10")) == 0


def test_a_bullet_is_due_with_all_its_interest_at_its_end() -> None:
    debt = Debt()
    debt.drew(10_000_00, "2026-01-10", method="bullet", due_on="2026-04-10")
    assert debt.due("2026-01-10", "2026-04-09") == 0
    assert debt.due("2026-01-10", "2026-04-10") == 10_360_00
    assert debt.overdue("2026-04-10") == 10_360_00
    assert debt.late("2026-04-10") == 0
    assert debt.late("2026-04-11") == 1


def test_a_changed_line_rate_re_solves_the_instalments_that_follow_it() -> None:
    debt = a_year()
    debt.loans.set_terms(LoanTerms(daily_rate=0), day=on("2026-01-10"))
    assert debt.loans.views(on("2026-01-10"))[0].next_due == 1_000_00


# Overdue and penalty


def overdue_loan(**terms: Any) -> Debt:
    """1,000.00 with 36.50 interest, due 10 April, in full."""
    debt = Debt(**terms)
    debt.drew(1_000_00, "2026-01-10", method="bullet", due_on="2026-04-10")
    debt.charged("interest", 36_50, "2026-04-10")
    return debt


def test_penalty_runs_on_overdue_principal_and_interest_from_the_due_date() -> None:
    debt = Debt(rate=RATE)
    debt.drew(1_000_00, "2026-01-10", method="bullet", due_on="2026-04-10", daily_rate=RATE)
    interest = 36_00
    assert debt.overdue("2026-04-23") == 1_036_00
    on_principal, on_interest = 7_80, 28
    assert debt.loans.accrued_penalty(on("2026-04-23")) == on_principal + on_interest
    assert debt.accrued("2026-04-23") == interest + on_principal + on_interest
    paid = debt.paid(1_100_00, "2026-04-23")
    assert paid.parts["penalty_on_principal"] == on_principal
    assert paid.parts["penalty_on_interest"] == on_interest
    assert paid.parts["overdue_interest"] == interest
    assert paid.parts["overdue_principal"] == 1_000_00
    assert paid.overpaid == 1_100_00 - 1_000_00 - interest - on_principal - on_interest


def test_no_penalty_inside_the_grace_period_and_all_of_it_after() -> None:
    debt = Debt(grace_days=3)
    debt.drew(1_000_00, "2026-01-10", method="bullet", due_on="2026-04-10")
    assert debt.loans.accrued_penalty(on("2026-04-13")) == 0
    assert debt.accrued("2026-04-13") == 36_00 + 1_20
    assert debt.loans.accrued_penalty(on("2026-04-14")) == 2_40 + 9
    assert debt.accrued("2026-04-14") == 36_00 + 2_40 + 9


def test_what_is_paid_inside_the_grace_period_bears_no_penalty_later() -> None:
    debt = Debt(grace_days=3)
    debt.drew(1_000_00, "2026-01-10", method="bullet", due_on="2026-04-10")
    debt.paid(836_40, "2026-04-11")
    assert debt.loans.principal == 200_00
    assert debt.loans.accrued_penalty(on("2026-04-20")) == 1_20


def test_a_charged_penalty_replaces_the_one_we_counted() -> None:
    debt = Debt()
    debt.drew(1_000_00, "2026-01-10", method="bullet", due_on="2026-04-10")
    debt.charged("penalty", 9_00, "2026-04-23")
    assert debt.loans.accrued_penalty(on("2026-04-23")) == 0
    assert debt.loans.posted_unpaid["penalty"] == 9_00
    assert debt.loans.accrued_penalty(on("2026-04-24")) == 62


def test_days_past_due_count_from_the_oldest_payment_that_is_missing() -> None:
    debt = a_year()
    assert debt.late("2026-04-15") == 64
    debt.paid(1_600_00, "2026-04-15")
    assert debt.late("2026-04-15") == 36


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


def test_a_fee_on_no_loan_is_paid_first_and_shown_on_none() -> None:
    debt = Debt()
    debt.drew(1_000_00, "2026-01-01")
    debt.charged("fee", 20_00, "2026-01-01")
    paid = debt.paid(100_00, "2026-01-01")
    assert (paid.fee, paid.principal) == (20_00, 80_00)
    assert [view.loan for view in debt.loans.views(on("2026-01-01"))] == ["#1"]


def test_a_charge_on_an_empty_line_is_owed() -> None:
    debt = Debt()
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
    assert debt.undid(debt.version, "2026-02-10") == 1_353_99 + 1
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


def card(**terms: Any) -> Debt:
    return Debt(limit_basis="full_balance", **terms)


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


# Bills


def test_a_bill_is_due_in_place_of_the_schedule_of_its_month() -> None:
    debt = a_year()
    assert debt.due("2026-02-01", "2026-02-28") == 1_080_84
    debt.billed(1_085_00, "2026-02-01", due_on="2026-02-12")
    assert debt.due("2026-02-01", "2026-02-28") == 1_085_00
    assert debt.due("2026-02-01", "2026-03-31") == 1_085_00 + 1_080_84
    (view,) = debt.loans.views(on("2026-02-01"))
    assert (view.next_due_on, view.next_due) == (on("2026-02-12"), 1_085_00)


def test_payments_settle_bills_by_due_date() -> None:
    debt = card(rate=None)
    debt.drew(5_000_00, "2026-01-01")
    debt.billed(1_000_00, "2026-01-20", due_on="2026-02-10")
    debt.billed(700_00, "2026-02-20", due_on="2026-03-10")
    debt.paid(1_200_00, "2026-02-21")
    assert debt.overdue("2026-02-21") == 0
    assert debt.due("2026-02-21", "2026-03-10") == 500_00


def test_an_unpaid_bill_is_overdue_and_counts_its_days() -> None:
    debt = card(rate=None)
    debt.drew(5_000_00, "2026-01-01")
    debt.billed(1_000_00, "2026-01-20", due_on="2026-02-10")
    debt.paid(400_00, "2026-02-01")
    assert debt.late("2026-02-10") == 0
    assert (debt.overdue("2026-02-15"), debt.late("2026-02-15")) == (600_00, 5)
    debt.paid(600_00, "2026-02-16")
    assert (debt.overdue("2026-02-16"), debt.late("2026-02-16")) == (0, 0)


def test_a_bill_whose_minimum_was_paid_is_not_overdue() -> None:
    debt = card(rate=None)
    debt.drew(5_000_00, "2026-01-01")
    debt.billed(1_000_00, "2026-01-20", due_on="2026-02-10", minimum=100_00)
    assert debt.due("2026-01-21", "2026-02-20") == 1_000_00
    debt.paid(100_00, "2026-02-01")
    assert (debt.overdue("2026-02-15"), debt.late("2026-02-15")) == (0, 0)


def test_a_bill_that_comes_after_the_instalment_fell_due_still_stands_for_it() -> None:
    debt = a_year()
    debt.billed(1_090_00, "2026-02-15", due_on="2026-02-20")
    assert (debt.overdue("2026-02-16"), debt.late("2026-02-16")) == (0, 0)
    assert debt.late("2026-02-22") == 2
    assert debt.overdue("2026-02-22") == 1_090_00


def test_penalty_runs_on_what_a_bill_left_unpaid() -> None:
    debt = a_year()
    debt.billed(1_080_84, "2026-02-01", due_on="2026-02-10")
    plain = a_year()
    assert debt.loans.accrued_penalty(on("2026-02-20")) == plain.loans.accrued_penalty(on("2026-02-20")) == 6_49
    assert debt.overdue("2026-02-20") == plain.overdue("2026-02-20") == 1_080_84


def test_a_bill_paid_and_reversed_is_overdue_again() -> None:
    debt = a_year()
    debt.billed(1_080_84, "2026-02-01", due_on="2026-02-10")
    debt.paid(1_080_84, "2026-02-10")
    assert debt.overdue("2026-02-15") == 0
    debt.undid(debt.version, "2026-02-16")
    assert (debt.overdue("2026-02-16"), debt.late("2026-02-16")) == (1_080_84, 6)


def test_a_newer_bill_for_a_month_stands_for_the_older() -> None:
    debt = card(rate=None)
    debt.drew(5_000_00, "2026-01-01")
    debt.billed(1_000_00, "2026-01-20", due_on="2026-02-10")
    debt.paid(300_00, "2026-01-22")
    debt.billed(1_100_00, "2026-01-25", due_on="2026-02-10")
    assert debt.due("2026-01-25", "2026-02-10") == 800_00


# What falls due


def test_at_will_loans_owe_one_months_interest_in_any_window() -> None:
    debt = Debt()
    debt.drew(10_000_00, "2026-01-01")
    assert debt.due("2026-01-15", "2026-02-14") == 124_00
    assert debt.due("2026-01-15", "2027-01-15") == 124_00
    assert debt.due("2026-01-15", "2026-01-15") == 0


def test_an_at_will_loan_with_an_end_is_due_there_with_its_interest() -> None:
    debt = Debt()
    debt.drew(10_000_00, "2026-01-01", due_on="2026-03-02")
    assert debt.due("2026-01-15", "2026-02-15") == 124_00
    assert debt.due("2026-01-15", "2026-03-02") == 10_240_00


def test_a_due_date_belongs_to_the_window_it_ends_and_not_to_the_one_it_begins() -> None:
    debt = a_year()
    assert debt.due("2026-01-10", "2026-02-10") == 1_080_84
    assert debt.due("2026-02-10", "2026-03-09") == 0
    assert debt.overdue("2026-02-10") == 1_080_84


def test_principal_matures_by_its_instalments_and_at_will_principal_has_no_date() -> None:
    debt = a_year()
    debt.drew(700_00, "2026-01-10")
    found = debt.loans.maturity(on("2026-01-10"))
    assert (found.within_1_month, found.within_3_months, found.undated) == (934_84, 946_21 + 957_73, 700_00)
    assert found.within_12_months == 12_000_00 - 934_84 - 946_21 - 957_73
    assert found.over_12_months == 0


# Over any history

amounts = st.integers(1, 5_000_00)
moves = st.lists(
    st.one_of(
        st.tuples(st.just("draw"), amounts, st.sampled_from(["at_will", "equal_instalment", "bullet"])),
        st.tuples(st.just("pay"), amounts, st.booleans()),
        st.tuples(st.just("undo"), st.integers(1, 30), st.just(0)),
        st.tuples(st.just("refund"), amounts, st.just(0)),
        st.tuples(st.just("charge"), st.integers(1, 50_00), st.sampled_from(["interest", "fee", "penalty"])),
        st.tuples(st.just("bill"), amounts, st.integers(1, 40)),
        st.tuples(st.just("adjust"), st.integers(-3_000_00, 3_000_00), st.just(0)),
        st.tuples(st.just("terms"), st.sampled_from([None, 0, RATE, 2 * RATE]), st.integers(0, 5)),
    ),
    max_size=30,
)


def lived(debt: Debt, history: list[tuple[Any, ...]], gaps: list[int]) -> tuple[int, list[tuple[int, Paid]]]:
    """Let a random history happen to a line; returns the last day and each payment with its amount."""
    day, payments = on("2026-01-01"), []
    for (kind, amount, more), gap in zip(history, gaps, strict=False):
        day += gap
        at = date.fromordinal(day).isoformat()
        match kind:
            case "draw":
                debt.drew(amount, at, method=more, periods=3)
            case "pay":
                before = debt.loans.drawn
                stated = {"interest": amount // 3, "principal": amount - amount // 3} if more else {}
                payments.append((amount, debt.paid(amount, at, **stated)))
                assert before - debt.loans.drawn == payments[-1][1].principal
            case "undo":
                before = debt.loans.drawn
                assert debt.undid(amount, at) == debt.loans.drawn - before
            case "refund":
                before = debt.loans.drawn
                assert debt.refunded(amount, at) == before - debt.loans.drawn
            case "charge":
                debt.charged(more, amount, at)
            case "bill":
                debt.billed(amount, at, due_on=date.fromordinal(day + more).isoformat())
            case "adjust":
                debt.adjusted(amount, at)
            case "terms":
                basis = debt.loans._footing.terms.limit_basis
                debt.loans.set_terms(LoanTerms(daily_rate=amount, grace_days=more, limit_basis=basis), day=day)
    return day, payments


@given(history=moves, gaps=st.lists(st.integers(0, 40), min_size=30, max_size=30), basis=st.booleans())
def test_whatever_happens_the_sums_hold(history: list[tuple[Any, ...]], gaps: list[int], basis: bool) -> None:
    debt = card() if basis else Debt()
    day, payments = lived(debt, history, gaps)
    for amount, paid in payments:
        assert all(part >= 0 for part in paid.parts.values())
        if basis:
            assert paid.principal == amount
            assert paid.overpaid == 0
        else:
            assert paid.principal + paid.fee + paid.penalty + paid.interest + paid.overpaid == amount
            assert sum(paid.parts.values()) + paid.overpaid == amount
    at = date.fromordinal(day).isoformat()
    loans, found = debt.loans, debt.loans.maturity(day)
    assert loans.principal == sum(view.principal for view in loans.views(day))
    assert loans.principal == found.within_1_month + found.within_3_months + found.within_12_months + (
        found.over_12_months + found.undated
    )
    assert all(view.principal >= 0 <= view.accrued_interest for view in loans.views(day))
    posted = sum(loans.posted_unpaid.values())
    assert loans.total(day) == loans.principal + posted + loans.accrued_interest(day)
    if basis:
        assert loans.drawn == loans.principal + posted - loans.credit_balance
    else:
        assert loans.drawn == loans.principal >= 0
    assert debt.picture(at) == debt.picture(at)


@given(
    history=moves,
    gaps=st.lists(st.integers(0, 40), min_size=30, max_size=30),
    asked=st.integers(0, 400),
)
def test_questions_leave_no_trace(history: list[tuple[Any, ...]], gaps: list[int], asked: int) -> None:
    quiet, curious = Debt(), Debt()
    half = len(history) // 2
    day, _ = lived(quiet, history[:half], gaps)
    lived(curious, history[:half], gaps)
    curious.picture(date.fromordinal(day + asked).isoformat())
    for debt in (quiet, curious):
        debt.paid(100_00, date.fromordinal(day).isoformat())
    at = date.fromordinal(day + 31).isoformat()
    assert quiet.picture(at) == curious.picture(at)


@given(
    history=moves,
    gaps=st.lists(st.integers(0, 40), min_size=30, max_size=30),
    amount=st.integers(1, 20_000_00),
    basis=st.booleans(),
    stated=st.booleans(),
)
def test_a_payment_undone_at_once_restores_everything(
    history: list[tuple[Any, ...]], gaps: list[int], amount: int, basis: bool, stated: bool
) -> None:
    debt = card() if basis else Debt()
    day, _ = lived(debt, history, gaps)
    at = date.fromordinal(day).isoformat()
    before = debt.picture(at)
    debt.paid(amount, at, **({"interest": amount // 2, "principal": amount - amount // 2} if stated else {}))
    debt.undid(debt.version, at)
    assert debt.picture(at) == before
