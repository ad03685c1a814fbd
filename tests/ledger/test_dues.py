"""What falls due on a line and when: schedules, bills, overdue amounts, penalty, maturities."""

from datetime import date
from typing import Any

import pytest

from ledger.loan import LoanTerms
from tests.ledger.debts import RATE, Debt, a_year, card, on

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


def test_a_penalty_charged_before_we_counted_any_falls_on_what_is_due_and_on_nothing_else() -> None:
    debt = Debt(grace_days=30)
    debt.drew(9_000_00, "2026-01-01", loan="calm")
    debt.drew(1_000_00, "2026-01-10", loan="late", method="bullet", due_on="2026-04-10")
    debt.charged("penalty", 5_00, "2026-04-13")
    assert [(view.loan, view.posted_unpaid) for view in debt.loans.views(on("2026-04-13"))] == [
        ("calm", 0), ("late", 5_00)
    ]  # fmt: skip


def test_what_is_due_stays_late_from_its_date_while_the_rest_of_it_is_paid_in_parts() -> None:
    debt = a_year()
    for day in (11, 12, 13):
        debt.paid(300_00, f"2026-02-{day}")
    assert (debt.overdue("2026-02-13") > 0, debt.late("2026-02-13")) == (True, 3)
    debt.paid(250_00, "2026-02-14")
    assert (debt.overdue("2026-02-14"), debt.late("2026-02-14")) == (0, 0)


def test_days_past_due_count_from_the_oldest_payment_that_is_missing() -> None:
    debt = a_year()
    assert debt.late("2026-04-15") == 64
    debt.paid(1_600_00, "2026-04-15")
    assert debt.late("2026-04-15") == 36


@pytest.mark.parametrize(("short", "late"), [(1, 0), (99, 0), (1_00, 3)])
def test_less_than_one_yuan_of_an_instalment_that_we_computed_is_rounding_and_no_payment_missing(
    short: int, late: int
) -> None:
    """It is owed and overdue, but not late by days; what a lender's bill asks for is missing to the last fen."""
    debt = a_year()
    debt.paid(1_080_84 - short, "2026-02-10")
    assert (debt.overdue("2026-02-13"), debt.late("2026-02-13")) == (short, late)
    assert debt.loans.outlook(on("2026-02-13")).past_due_since == (on("2026-02-10") if late else None)
    billed = a_year()
    billed.billed(1_080_84, "2026-01-20", due_on="2026-02-10")
    billed.paid(1_080_84 - short, "2026-02-10")
    assert (billed.overdue("2026-02-13"), billed.late("2026-02-13")) == (short, 3)


def test_what_is_short_each_month_is_missing_once_it_comes_to_one_yuan() -> None:
    """With the penalty on it, a fen a month, which is paid before the instalment."""
    debt = a_year()
    late = []
    for month in (2, 3, 4):
        debt.paid(1_080_84 - 40, f"2026-{month:02}-10")
        late.append((debt.overdue(f"2026-{month:02}-15"), debt.late(f"2026-{month:02}-15")))
    assert late == [(40, 0), (81, 0), (1_22, 5)]


def test_an_instalment_that_the_lender_rounds_otherwise_is_recorded_as_its_bill() -> None:
    """Four yuan less than what we compute: the bill stands for its month, and the rest is owed with the last one."""
    debt = a_year()
    for month in (2, 3):
        debt.billed(1_076_84, f"2026-{month:02}-01", due_on=f"2026-{month:02}-10")
        debt.paid(1_076_84, f"2026-{month:02}-10")
        assert (debt.overdue(f"2026-{month:02}-28"), debt.late(f"2026-{month:02}-28")) == (0, 0)


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


@pytest.mark.parametrize(
    ("day_count", "asked_on", "interest"),
    [
        ("act_365f", "2026-01-31", 112_00),
        ("act_365f", "2028-01-31", 116_00),
        ("act_365f", "2028-02-29", 116_00),
        ("act_360", "2026-01-15", 124_00),
        ("30e_360", "2026-01-15", 120_00),
        ("30u_360", "2028-02-29", 116_00),
    ],
)
def test_a_month_of_interest_ends_on_the_same_day_of_next_month_or_its_last(
    day_count: Any, asked_on: str, interest: int
) -> None:
    """At 4.00 a day: 28 days to 28 February 2026, 29 to 29 February 2028, 29 to 29 March 2028 (by 30U/360 29 after the
    30th that February's end stands for), 31 and 30 to 15 February.
    """
    debt = Debt(day_count=day_count)
    debt.drew(10_000_00, "2026-01-01")
    assert debt.due(asked_on, date.fromordinal(on(asked_on) + 100).isoformat()) == interest


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


# Readings that no schedule decides


def test_overdue_is_a_part_of_the_debt_even_where_a_bill_asks_for_more() -> None:
    debt = card(rate=None)
    debt.drew(400_00, "2026-01-01")
    debt.billed(1_000_00, "2026-01-20", due_on="2026-02-10")
    assert (debt.overdue("2026-02-15"), debt.loans.total(on("2026-02-15")), debt.late("2026-02-15")) == (
        400_00, 400_00, 5
    )  # fmt: skip
    told = debt.loans.outlook(on("2026-02-15"))
    assert (told.overdue, told.past_due_since) == (400_00, on("2026-02-10"))


def test_a_bill_of_nothing_stands_for_the_schedule_of_its_month() -> None:
    debt = a_year()
    debt.billed(0, "2026-02-01", due_on="2026-02-10")
    assert debt.due("2026-02-01", "2026-02-28") == 0
    assert (debt.overdue("2026-02-15"), debt.late("2026-02-15")) == (0, 0)
    assert debt.due("2026-02-15", "2026-03-31") == 1_080_84


def test_instalments_of_unknown_number_have_no_dates() -> None:
    debt = Debt()
    debt.drew(1_000_00, "2026-01-10", method="equal_instalment")
    assert debt.loans.views(on("2026-01-10"))[0].next_due_on is None
    assert debt.loans.maturity(on("2026-01-10")).undated == 1_000_00
    assert debt.due("2026-01-10", "2026-02-10") == 12_40


def test_a_card_at_a_rate_owes_a_months_interest_unless_a_bill_speaks_for_the_month() -> None:
    debt = card()
    debt.drew(1_000_00, "2026-01-10")
    assert debt.due("2026-01-10", "2026-02-10") == 12_40
    debt.billed(1_000_00, "2026-01-20", due_on="2026-02-10")
    assert debt.due("2026-01-20", "2026-02-20") == 1_000_00


def test_a_card_paid_in_full_as_principal_leaves_no_fee_owed() -> None:
    debt = card(rate=None)
    debt.drew(1_000_00, "2026-01-01")
    debt.charged("fee", 20_00, "2026-01-31")
    before = debt.picture("2026-02-01")
    debt.paid(1_020_00, "2026-02-01", principal=1_020_00)
    assert (debt.loans.drawn, debt.loans.total(on("2026-02-01"))) == (0, 0)
    debt.undid(debt.version, "2026-02-01")
    assert debt.picture("2026-02-01") == before
